/** What a template's sections have to be. */
import type { TemplateSection } from '@itechsmart/api';

/** What is wrong with the key of each section; undefined where nothing is. */
export function faults(sections: readonly Pick<TemplateSection, 'key'>[]): (string | undefined)[] {
  return sections.map(({ key }, at) => {
    if (!/^[a-z0-9_]{1,50}$/.test(key)) return 'Small letters, digits and _ alone, and at least one.';
    return sections.findIndex((other) => other.key === key) < at ? 'Another section has this key.' : undefined;
  });
}

/** A key that no section has. */
export function freshKey(sections: readonly Pick<TemplateSection, 'key'>[]): string {
  let number = sections.length + 1;
  while (sections.some(({ key }) => key === `section_${number}`)) number += 1;
  return `section_${number}`;
}
