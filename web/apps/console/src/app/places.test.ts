import type { Overview, ServiceHealth } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { can } from '#shared/session/permissions';
import { reachable } from './places';
import { presence, productAt, products, type Product } from './products';

it('hides the places that the caller may not open, and groups without places', () => {
  const groups = reachable('hub', can(['hub.users.read', 'hub.audit.read', 'catalog.items.read']));
  expect(groups.flatMap(({ places }) => places.map(({ to }) => to))).toEqual(['/hub/users', '/hub/audit']);
});

it('shows a member the portal, and who administers it the rest', () => {
  const paths = (permissions: string[]) =>
    reachable('service-catalog', can(permissions)).flatMap(({ places }) => places.map(({ title }) => title));
  const member = ['catalog.items.read', 'catalog.requests.read', 'catalog.cost-centres.read'];
  expect(paths(member)).toEqual(['Catalog', 'My requests', 'Approvals']);
  expect(paths([...member, 'catalog.items.write'])).toEqual(['Catalog', 'My requests', 'Approvals', 'Items', 'Categories', 'Option lists']);
});

it('shows who reports problems their tickets, and the desk its queue', () => {
  const groups = (permissions: string[]) => reachable('service-catalog', can(permissions)).map(({ title, places }) => [title, ...places.map((place) => place.title)]);
  expect(groups(['catalog.tickets.read'])).toEqual([[undefined, 'My tickets']]);
  expect(groups(['catalog.all-tickets.read'])).toEqual([['Desk', 'Queue', 'Held e-mail']]);
  expect(groups(['catalog.articles.read'])).toEqual([[undefined, 'Knowledge base']]);
  expect(groups(['catalog.major-incidents.read', 'catalog.problems.read'])).toEqual([['Desk', 'Major incidents', 'Problems']]);
  // Agents use canned answers where they reply; the page is for whoever keeps them.
  expect(groups(['catalog.canned-answers.write'])).toEqual([['Desk', 'Canned answers']]);
  expect(groups(['catalog.service-levels.read', 'catalog.calendars.read'])).toEqual([['Desk', 'Service levels', 'Calendars']]);
  expect(groups(['catalog.mail-settings.write'])).toEqual([['Desk', 'E-mail']]);
  expect(groups(['catalog.audit.read'])).toEqual([['Trail', 'Audit log']]);
});

it('shows tasks once, also to who only oversees them', () => {
  const titles = (permissions: string[]) => reachable('service-catalog', can(permissions)).flatMap(({ places }) => places.map(({ title }) => title));
  expect(titles(['catalog.all-tasks.write'])).toEqual(['All tasks']);
  expect(titles(['catalog.all-tasks.write', 'catalog.tasks.write'])).toEqual(['My tasks']);
});

it('knows the product by the path', () => {
  expect(productAt('/hub/users')).toBe('hub');
  expect(productAt('/service-catalog')).toBe('service-catalog');
  expect(productAt('/service-catalogue/items')).toBeUndefined();
  expect(productAt('/observatory')).toBeUndefined();
  expect(productAt('/profile')).toBeUndefined();
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
  expect(presence(of('service-catalog'), overview)).toBe('here');
  expect(presence(of('ai'), undefined)).toBe('unknown');
  expect(presence(of('ai'), overview)).toBe('running');
  expect(presence(of('automation'), overview)).toBe('not_installed');
});
