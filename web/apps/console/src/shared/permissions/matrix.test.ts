import { expect, it } from 'vitest';
import { matrix } from './matrix';

const permission = (name: string, service = 'hub') => ({ name, service, allows: '', reach: 'tenant' as const });

it('has a block a service, a row a resource, and reading first', () => {
  const blocks = matrix([
    permission('hub.users.write'),
    permission('hub.users.read'),
    permission('hub.introspect'),
    permission('catalog.items.read', 'service-catalog'),
  ]);
  expect(blocks.map(({ service }) => service)).toEqual(['hub', 'service-catalog']);
  expect(blocks[0]?.rows.map(({ resource }) => resource)).toEqual(['users', 'introspect']);
  expect(blocks[0]?.rows[0]?.cells.map(({ verb }) => verb)).toEqual(['read', 'write']);
});
