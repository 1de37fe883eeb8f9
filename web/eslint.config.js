import js from '@eslint/js';
import a11y from 'eslint-plugin-jsx-a11y';
import hooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import { readdirSync } from 'node:fs';
import ts from 'typescript-eslint';

const source = 'apps/console/src';
const features = readdirSync(`${source}/features`);

/** Which imports a layer may not make: app → features → shared → packages. */
const layer = (files, group, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] },
});

export default ts.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'packages/api/src/schema/**', 'e2e/shots/**'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // What the server sends is typed, not checked: a word that we do not know must not break a page.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
  {
    files: [`${source}/**/*.tsx`, `${source}/**/*.ts`],
    plugins: { 'react-hooks': hooks },
    rules: hooks.configs.recommended.rules,
  },
  {
    files: [`${source}/**/*.tsx`],
    ...a11y.flatConfigs.recommended,
    rules: {
      ...a11y.flatConfigs.recommended.rules,
      // A dialog that opens takes the focus to its first field, as its user expects.
      'jsx-a11y/no-autofocus': 'off',
    },
  },
  layer(
    [`${source}/shared/**`],
    ['#app/*', '#features/*'],
    'shared knows no page: move what it needs here, or hand it in',
  ),
  ...features.map((feature) =>
    layer(
      [`${source}/features/${feature}/**`],
      ['#app/*', ...features.filter((other) => other !== feature).map((other) => `#features/${other}/*`), '../../*'],
      'a feature imports no other feature and not the app: what two features need goes to shared',
    ),
  ),
  layer(['packages/**'], ['#*', 'react', '@mui/*'], 'packages know no app and no React'),
  {
    files: ['**/*.js', '**/*.mjs'],
    ...ts.configs.disableTypeChecked,
    languageOptions: { ...ts.configs.disableTypeChecked.languageOptions, globals: { ...globals.node, document: 'readonly' } },
  },
);
