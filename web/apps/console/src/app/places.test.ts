import type { Overview, ServiceHealth } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { can } from '#shared/session/permissions';
import { reachable } from './places';
import { presence, products, type Product } from './products';

it('hides the places that the caller may not open, and groups without places', () => {
  const groups = reachable(can(['hub.users.read', 'hub.audit.read']));
  expect(groups.flatMap(({ places }) => places.map(({ to }) => to))).toEqual(['/hub/users', '/hub/audit']);
});

it('says of a product only what is known', () => {
  const of = (service: Product['service']) => {
    const product = products.find((each) => each.service === service);
    if (product === undefined) throw new Error(service);
    return product;
  };
  const running: ServiceHealth = { name: 'ai', title: '', version: '', status: 'ok', instances: 1, checks: {} };
  const overview: Overview = {
    services: [running, { ...running, name: 'automation', instances: 0 }],
    ledger: { status: 'ok', waiting_records: 0 },
    counts: { users: 0, groups: 0, api_keys: 0, audit_records_today: 0 },
  };
  expect(presence(of('hub'), undefined)).toBe('here');
  expect(presence(of('ai'), undefined)).toBe('unknown');
  expect(presence(of('ai'), overview)).toBe('running');
  expect(presence(of('automation'), overview)).toBe('not_installed');
});
