/**
 * A server to develop the console against while there is no real one: Hub's API in memory, and the
 * built console with the content security policy that it ships with. Never shipped.
 *
 *   node dev/mock.mjs [--port 8000] [--state setup|full|empty|broken]
 */
import { createServer } from 'node:http';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const port = Number(option('port', '8000'));
const mode = option('state', 'full');
const dist = fileURLToPath(new URL('../apps/console/dist', import.meta.url));

export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; " +
  "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const ago = (s) => new Date(Date.now() - s * 1000).toISOString();
const id = () => `019a${randomBytes(2).toString('hex')}-${randomUUID().slice(9)}`;
const hex = (n) => randomBytes(n).toString('hex');

const catalogue = [
  ['hub.overview.read', 'See how the services and the ledger are'],
  ['hub.tenant.read', "See the tenant's name and settings"],
  ['hub.tenant.write', "Change the tenant's name and settings"],
  ['hub.users.read', 'See users'],
  ['hub.users.write', 'Invite, change and remove users, and end their sessions'],
  ['hub.groups.read', 'See groups and their members'],
  ['hub.groups.write', 'Make, change and remove groups and their members'],
  ['hub.roles.read', 'See roles and what they allow'],
  ['hub.roles.write', 'Make, change and remove roles, and give them to users and groups'],
  ['hub.api-keys.read', 'See API keys, without their secrets'],
  ['hub.api-keys.write', 'Make, rotate and revoke API keys'],
  ['hub.audit.read', 'Search, export and prove audit records'],
  ['hub.events.read', 'Follow events'],
  ['hub.webhooks.read', 'See webhooks and their deliveries'],
  ['hub.webhooks.write', 'Make, change and remove webhooks'],
  ['hub.flags.read', 'See feature flags'],
  ['hub.flags.write', 'Switch feature flags'],
  ['hub.tenants.read', 'See all tenants', 'platform'],
  ['hub.tenants.write', 'Make, suspend and delete tenants', 'platform'],
  ['hub.services.read', 'See the processes of all services', 'platform'],
].map(([name, allows, reach = 'tenant']) => ({ name, allows, service: 'hub', reach }));
const all = catalogue.map(({ name }) => name);

const tenants = [
  { id: id(), name: 'Example GmbH', slug: 'example', state: 'active', is_platform: true, created_at: ago(9e6), users: 9, version: 1 },
  { id: id(), name: 'Northwind Logistics', slug: 'northwind', state: 'active', is_platform: false, created_at: ago(4e6), users: 41, version: 1 },
  { id: id(), name: 'Fabrikam Research', slug: 'fabrikam', state: 'suspended', is_platform: false, created_at: ago(2e6), users: 12, version: 1 },
  { id: id(), name: 'Contoso Clinics', slug: 'contoso', state: 'deleting', delete_at: ago(-1.2e6), is_platform: false, created_at: ago(7e6), users: 5, version: 1 },
];
const role = (name, description, permissions, built_in = true) => ({ id: id(), name, description, permissions, is_builtin: built_in, created_at: ago(9e6), version: 1 });
const roles = [
  role('Administrator', 'May do everything in this tenant', all),
  role('Auditor', 'May see everything in this tenant, and change nothing', all.filter((n) => n.endsWith('.read'))),
  role('Member', 'May see how the services are', ['hub.overview.read', 'hub.tenant.read']),
  role('Key keeper', 'Makes and rotates the keys of programs', ['hub.overview.read', 'hub.api-keys.read', 'hub.api-keys.write'], false),
];
const named = ({ id, name }) => ({ id, name });
const groups = [
  ['Platform operations', 'Keeps the installation running', [0]],
  ['Internal audit', 'Looks at everything, twice a year', [1]],
  ['Service desk', '', [2, 3]],
].map(([name, description, r]) => ({ id: id(), name, description, roles: r.map((i) => named(roles[i])), created_at: ago(8e6), version: 1 }));
const user = (name, email, state, r, g, totp, last) => ({ id: id(), name, email, state, roles: r.map((i) => named(roles[i])), groups: g.map((i) => named(groups[i])), totp_enabled: totp, last_login_at: last === null ? null : ago(last), created_at: ago(6e6), version: 1 });
const people = [
  user('Amélie Dubois', 'amelie.dubois@example.com', 'active', [0], [0], true, 60),
  user('Jonas Weber', 'jonas.weber@example.com', 'active', [], [0], true, 5400),
  user('Priya Raghunathan', 'priya.raghunathan@example.com', 'active', [1], [1], true, 86400),
  user('Oluwaseun Adeyemi', 'oluwaseun.adeyemi@example.com', 'locked', [2], [2], false, 172800),
  user('Mina Park', 'mina.park@example.com', 'active', [2], [2], false, 7200),
  user('', 'new.colleague@example.com', 'invited', [2], [], false, null),
  user('Tomás Herrera', 'tomas.herrera@example.com', 'disabled', [3], [], true, 4e6),
  user('Katarzyna Wiśniewska-Lewandowska', 'katarzyna.wisniewska-lewandowska@subsidiary.example.com', 'active', [2], [1, 2], true, 9000),
];
const passwords = new Map(people.map((p) => [p.email, 'correct horse battery']));
const keys = [
  ['Backup job', ['hub.overview.read'], 'active', 40, -6e6],
  ['Deployment pipeline', ['hub.services.read', 'hub.overview.read'], 'active', 3600, null],
  ['Old deployment pipeline', ['hub.services.read'], 'active', 7200, -5e6],
  ['Migration 2025', ['hub.users.read', 'hub.users.write'], 'revoked', 5e6, null],
].map(([name, permissions, state, used, expires]) => ({ id: id(), name, prefix: hex(4), permissions, created_at: ago(5e6), created_by: 'Amélie Dubois', expires_at: expires === null ? null : ago(expires), last_used_at: ago(used), revoked_at: state === 'revoked' ? ago(4e6) : null, state }));
const webhooks = [
  { id: id(), url: 'https://hooks.example.com/itechsmart', patterns: ['hub.user.*', 'hub.api-key.*'], enabled: true, created_at: ago(3e6), version: 1 },
  { id: id(), url: 'https://siem.example.com/in/a8f0c2', patterns: ['*'], enabled: false, created_at: ago(1e6), version: 1 },
];
const flags = [
  { name: 'hub.webhooks.batching', enabled: true, description: 'Send several events in one delivery' },
  { name: 'hub.sessions.pinned', enabled: false, description: 'End a session whose address changes' },
];
const me = people[0];
const mine = { totp: false, codes: 0, notifications: [
  { id: id(), at: ago(300), title: 'A new device signed in', body: 'Firefox on Linux, from 192.0.2.14.', link: '/profile', read_at: null },
  { id: id(), at: ago(90000), title: 'The key “Old deployment pipeline” stops soon', body: 'It was replaced; its old secret goes on for another 14 hours.', link: '/hub/api-keys', read_at: ago(80000) },
] };
const sessions = [
  { id: id(), current: true, created_at: ago(3600), last_used_at: ago(2), address: '192.0.2.10', user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36' },
  { id: id(), current: false, created_at: ago(4e5), last_used_at: ago(9000), address: '198.51.100.7', user_agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1' },
];
const actions = ['hub.user.created', 'hub.role.changed', 'hub.api-key.created', 'hub.session.created', 'hub.user.roles-changed', 'hub.webhook.created', 'hub.tenant.changed', 'hub.api-key.revoked'];
let height = 18_204;
const records = [];
const record = (action, actor, subjectKind, subjectId, detail, s) => {
  records.unshift({ id: id(), at: ago(s), actor, address: '192.0.2.10', request_id: hex(8), action, subject: { kind: subjectKind, id: subjectId }, detail, made: Date.now() - s * 1000, position: records.length + 1, hash: hex(32), tx: hex(32) });
};
for (let i = 130; i > 0; i -= 1) {
  const who = people[i % people.length];
  record(actions[i % actions.length], i % 11 === 0 ? { kind: 'system', id: '', name: '' } : { kind: 'user', id: who.id, name: who.name || who.email }, actions[i % actions.length].split('.')[1], id(), { name: who.name, email: who.email }, i * i * 40);
}
const view = (r) => {
  const age = Date.now() - r.made;
  const state = age > 6000 ? 'anchored' : age > 1000 ? 'sealed' : 'recorded';
  return {
    id: r.id, at: r.at, actor: r.actor, address: r.address, request_id: r.request_id, action: r.action, subject: r.subject, detail: r.detail, state,
    ...(state !== 'recorded' && { position: r.position, chain_hash: r.hash }),
    ...(state === 'anchored' && { anchor: { first_position: r.position, last_position: r.position, digest: r.hash, transaction_id: r.tx, height: height - 130 + r.position, block_time: new Date(r.made + 3000).toISOString() } }),
  };
};
const events = [];
const listeners = new Set();
const event = (name, subject, data, s = 0) => {
  const e = { id: id(), name, tenant_id: tenants[0].id, at_ms: Date.now() - s * 1000, subject, data };
  events.unshift(e);
  for (const listener of listeners) listener(e);
};
for (let i = 30; i > 0; i -= 1) event(actions[i % actions.length], id(), { by: me.id }, i * i * 60);
const did = (action, kind, subject, detail = null) => {
  record(action, { kind: 'user', id: me.id, name: me.name }, kind, subject, detail, 0);
  event(action, subject, detail ?? {});
};

let needed = mode === 'setup';
const tokens = new Map([['setup-token', 'setup'], ['reset-token', 'reset'], ['invite-token', 'new.colleague@example.com']]);
const signedIn = new Map();
let cookie;

class Refusal { constructor(status, kind, code, detail, errors) { Object.assign(this, { status, kind, code, detail, errors }); } }
const titles = { invalid: 'The request is not valid', unauthenticated: 'Sign in first', forbidden: 'You may not do this', not_found: 'There is no such thing', conflict: 'This does not go with how things stand', stale: 'It has changed since you read it', internal: 'Something went wrong on our side', unavailable: 'Not available right now' };
const refuse = (...fields) => { throw new Refusal(...fields); };
const invalid = (errors) => refuse(400, 'invalid', 'invalid', 'some fields are not valid', Object.entries(errors).map(([field, detail]) => ({ field: `/${field}`, detail })));
const find = (list, key, what) => list.find((each) => each.id === key) ?? refuse(404, 'not_found', 'not_found', `there is no such ${what}`);
const page = (list, query, map = (x) => x) => {
  const limit = Number(query.get('limit') ?? 50), at = Number(query.get('cursor') ?? 0);
  const items = (mode === 'empty' ? [] : list).slice(at, at + limit).map(map);
  return { items, ...(at + limit < list.length && mode !== 'empty' && { next: String(at + limit) }) };
};
const versioned = (object, headers, what) => {
  if (headers['if-match'] !== `"${object.version}"`) refuse(412, 'stale', 'stale', `this ${what} was changed meanwhile: read it again, then repeat`);
  object.version += 1;
};
const grant = (email, tenant = tenants[0]) => {
  const access_token = hex(16);
  signedIn.set(access_token, { email, tenant });
  cookie = email;
  return { access_token, expires_in_s: 600, tenant: { id: tenant.id, name: tenant.name, slug: tenant.slug, is_platform: tenant.is_platform }, cookie: `itechsmart_refresh=${encodeURIComponent(email)}; Path=/api/v1/hub/session; HttpOnly; SameSite=Strict` };
};
const permissionsOf = (u) => [...new Set([...u.roles, ...u.groups.flatMap((g) => groups.find((x) => x.id === g.id)?.roles ?? [])].flatMap((r) => roles.find((x) => x.id === r.id)?.permissions ?? []))];
const groupView = (g) => ({ ...g, members: people.filter((p) => p.groups.some((x) => x.id === g.id)).length });
const pick = (list, ids) => ids.map((x) => named(find(list, x, 'thing')));

const routes = [
  ['GET', '/setup', () => ({ needed }), true],
  ['POST', '/setup', ({ body }) => {
    if (tokens.get(body.token) !== 'setup') refuse(400, 'invalid', 'token_used', 'this link was used or is too old: the server prints a new one when it starts');
    if (body.password.length < 12) invalid({ password: 'has fewer than 12 characters', ...(body.name === '' && { name: 'is empty' }) });
    tenants[0].name = body.tenant_name; Object.assign(me, { name: body.name, email: body.email }); passwords.set(body.email, body.password); needed = false;
    return { user_id: me.id, tenant_id: tenants[0].id };
  }, true],
  ['POST', '/session', ({ body }) => {
    if (passwords.get(body.email) !== body.password) refuse(401, 'unauthenticated', 'login_refused', 'the e-mail address or the password is wrong');
    const who = people.find((p) => p.email === body.email);
    if (who === me ? mine.totp : false) return { challenge: `c:${body.email}`, methods: ['totp', 'recovery_code'], expires_in_s: 300 };
    return grant(body.email);
  }, true],
  ['POST', '/session/second-factor', ({ body }) => (body.code === '123456' ? grant(body.challenge.slice(2)) : refuse(401, 'unauthenticated', 'code_refused', 'this code is wrong or was used')), true],
  ['POST', '/session/refresh', ({ body, headers }) => {
    const email = /itechsmart_refresh=([^;]+)/.exec(headers.cookie ?? '')?.[1];
    if (!email || cookie === undefined) refuse(401, 'unauthenticated', 'session_ended', 'the session has ended: sign in again');
    return grant(decodeURIComponent(email), tenants.find((t) => t.id === body.tenant_id) ?? tenants[0]);
  }, true],
  ['DELETE', '/session', () => { cookie = undefined; }],
  ['POST', '/password/forgot', () => undefined, true],
  ['POST', '/password/reset', ({ body }) => (body.code === undefined ? refuse(400, 'invalid', 'second_factor_needed', 'give a code of your second factor too') : undefined), true],
  ['POST', '/invitations/look', ({ body }) => (tokens.has(body.token) ? { email: tokens.get(body.token), tenant_name: tenants[0].name, new_person: true } : refuse(400, 'invalid', 'token_used', 'this invitation was accepted, taken back or is too old')), true],
  ['POST', '/invitations/accept', ({ body }) => { const u = people.find((p) => p.email === tokens.get(body.token)); Object.assign(u, { state: 'active', name: body.name }); passwords.set(u.email, body.password); return {}; }, true],
  ['POST', '/email/verify', () => undefined, true],
  ['GET', '/me', ({ who, tenant }) => ({ id: who.id, email: who.email, email_verified: true, name: who.name, tenant, tenants: tenants.slice(0, 2).map(({ id, name, slug, is_platform }) => ({ id, name, slug, is_platform })), permissions: tenant.is_platform ? permissionsOf(who) : permissionsOf(who).filter((p) => !/hub\.(tenants|services)\./.test(p)), totp_enabled: mine.totp, recovery_codes_left: mine.codes, created_at: ago(9e6), password_changed_at: ago(3e6), version: 1 })],
  ['PATCH', '/me', ({ who, body }) => (body.name.trim() === '' ? invalid({ name: 'is empty' }) : Object.assign(who, { name: body.name }))],
  ['POST', '/me/email', () => undefined],
  ['POST', '/me/password', ({ body }) => { if (body.new_password.length < 12) invalid({ new_password: 'has fewer than 12 characters' }); }],
  ['POST', '/me/totp', () => ({ secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', otpauth_uri: 'otpauth://totp/iTechSmart:amelie.dubois%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=iTechSmart' })],
  ['POST', '/me/totp/confirm', ({ body }) => { if (body.code !== '123456') invalid({ code: 'this code is wrong' }); mine.totp = true; mine.codes = 10; return { recovery_codes: Array.from({ length: 10 }, () => `${hex(2)}-${hex(2)}-${hex(2)}`) }; }],
  ['POST', '/me/totp/disable', () => { mine.totp = false; }],
  ['POST', '/me/recovery-codes', () => ({ recovery_codes: Array.from({ length: 10 }, () => `${hex(2)}-${hex(2)}-${hex(2)}`) })],
  ['GET', '/me/sessions', ({ query }) => page(sessions, query)],
  ['DELETE', '/me/sessions/:id', ({ id }) => { sessions.splice(sessions.findIndex((s) => s.id === id), 1); }],
  ['DELETE', '/me/sessions', () => { sessions.length = 1; }],
  ['GET', '/me/notifications', ({ query }) => page(mine.notifications, query)],
  ['POST', '/me/notifications/read', () => { for (const n of mine.notifications) n.read_at = ago(0); }],
  ['GET', '/overview', () => ({
    services: [{ name: 'hub', title: 'Hub', version: '0.1.0', status: 'ok', instances: 2, last_heartbeat_at: ago(3), checks: { database: { status: 'ok' }, redis: { status: 'not_configured' } } },
      { name: 'observatory', title: 'Observatory', version: '0.1.0', status: 'degraded', instances: 1, last_heartbeat_at: ago(8), checks: { database: { status: 'ok' }, redis: { status: 'down', detail: 'connection refused' } } }],
    ledger: mode === 'empty' ? { status: 'not_configured', waiting_records: 0 } : { status: 'ok', height: (height += 1), chain_id: 'kaldrix-local-1', notary: 'kx1q0example', waiting_records: 3, last_anchor_height: height - 2, last_anchor_at: ago(4) },
    counts: { users: people.length, groups: groups.length, api_keys: keys.length, audit_records_today: 48 },
  }), 'hub.overview.read'],
  ['GET', '/tenants', ({ query }) => page(tenants, query), 'hub.tenants.read'],
  ['POST', '/tenants', ({ body }) => { const t = { id: id(), name: body.name, slug: body.name.toLowerCase(), state: 'active', is_platform: false, created_at: ago(0), users: 0, version: 1 }; tenants.push(t); return t; }],
  ['GET', '/tenants/:id', ({ id }) => find(tenants, id, 'tenant')],
  ['PATCH', '/tenants/:id', ({ id, body, headers }) => { const t = find(tenants, id, 'tenant'); versioned(t, headers, 'tenant'); return Object.assign(t, body); }],
  ['POST', '/tenants/:id/:action', ({ id, action }) => { const t = find(tenants, id, 'tenant'); t.version += 1; t.state = { suspend: 'suspended', resume: 'active', delete: 'deleting' }[action]; t.delete_at = action === 'delete' ? ago(-2e6) : null; }],
  ['GET', '/tenant', () => ({ ...tenants[0], settings: { support_contact: 'it-help@example.com' } })],
  ['PATCH', '/tenant', ({ body, headers }) => { versioned(tenants[0], headers, 'tenant'); return Object.assign(tenants[0], body); }],
  ['GET', '/users', ({ query }) => page(people.filter((p) => (!query.get('state') || p.state === query.get('state')) && `${p.name} ${p.email}`.toLowerCase().includes((query.get('search') ?? '').toLowerCase())), query), 'hub.users.read'],
  ['POST', '/users', ({ body }) => {
    if (!body.email.includes('@')) invalid({ email: 'is no e-mail address' });
    if (people.some((p) => p.email === body.email)) refuse(409, 'conflict', 'email_taken', 'somebody with this e-mail address is here already', [{ field: '/email', detail: 'somebody with this e-mail address is here already' }]);
    const u = { ...user(body.name, body.email, 'invited', [], [], false, null), roles: pick(roles, body.role_ids), groups: pick(groups, body.group_ids) };
    people.push(u); const token = `invite-${u.id}`; tokens.set(token, u.email); console.log(`link: /accept#token=${token}`);
    did('hub.user.created', 'user', u.id, { email: u.email }); return u;
  }, 'hub.users.write'],
  ['GET', '/users/:id', ({ id }) => find(people, id, 'user')],
  ['PATCH', '/users/:id', ({ id, body, headers }) => { const u = find(people, id, 'user'); versioned(u, headers, 'user'); did('hub.user.changed', 'user', id, body); return Object.assign(u, body); }],
  ['DELETE', '/users/:id', ({ id }) => { people.splice(people.findIndex((p) => p.id === id), 1); }],
  ['PUT', '/users/:id/roles', ({ id, body, headers }) => { const u = find(people, id, 'user'); versioned(u, headers, 'user'); u.roles = pick(roles, body.role_ids); return u; }],
  ['PUT', '/users/:id/groups', ({ id, body, headers }) => { const u = find(people, id, 'user'); versioned(u, headers, 'user'); u.groups = pick(groups, body.group_ids); return u; }],
  ['DELETE', '/users/:id/sessions', () => undefined],
  ['POST', '/users/:id/:action', ({ id, action }) => { const u = find(people, id, 'user'); if (action === 'unlock') { u.state = 'active'; u.version += 1; } }],
  ['GET', '/groups', ({ query }) => page(groups, query, groupView), 'hub.groups.read'],
  ['POST', '/groups', ({ body }) => { if (body.name === '') invalid({ name: 'is empty' }); const g = { id: id(), ...body, roles: pick(roles, body.role_ids), created_at: ago(0), version: 1 }; groups.push(g); return g; }],
  ['GET', '/groups/:id', ({ id }) => groupView(find(groups, id, 'group'))],
  ['PATCH', '/groups/:id', ({ id, body, headers }) => { const g = find(groups, id, 'group'); versioned(g, headers, 'group'); return Object.assign(g, { name: body.name, description: body.description, roles: pick(roles, body.role_ids) }); }],
  ['DELETE', '/groups/:id', ({ id }) => { groups.splice(groups.findIndex((g) => g.id === id), 1); }],
  ['GET', '/groups/:id/members', ({ id, query }) => page(people.filter((p) => p.groups.some((g) => g.id === id)), query)],
  ['PUT', '/groups/:id/members', ({ id, body, headers }) => { const g = find(groups, id, 'group'); versioned(g, headers, 'group'); for (const p of people) p.groups = [...p.groups.filter((x) => x.id !== id), ...(body.user_ids.includes(p.id) ? [named(g)] : [])]; }],
  ['GET', '/roles', ({ query }) => page(roles, query), 'hub.roles.read'],
  ['POST', '/roles', ({ body }) => { if (body.name === '') invalid({ name: 'is empty' }); const r = role(body.name, body.description, body.permissions, false); roles.push(r); return r; }],
  ['GET', '/roles/:id', ({ id }) => find(roles, id, 'role')],
  ['PATCH', '/roles/:id', ({ id, body, headers }) => { const r = find(roles, id, 'role'); versioned(r, headers, 'role'); return Object.assign(r, body); }],
  ['DELETE', '/roles/:id', ({ id }) => { roles.splice(roles.findIndex((r) => r.id === id), 1); }],
  ['GET', '/permissions', () => catalogue],
  ['GET', '/api-keys', ({ query }) => page(keys, query), 'hub.api-keys.read'],
  ['POST', '/api-keys', ({ body }) => { if (body.name === '') invalid({ name: 'is empty' }); const k = { id: id(), prefix: hex(4), created_at: ago(0), created_by: me.name, state: 'active', last_used_at: null, ...body }; keys.unshift(k); did('hub.api-key.created', 'api-key', k.id, { name: k.name }); return { ...k, key: `itk_${k.prefix}${hex(24)}` }; }],
  ['POST', '/api-keys/:id/rotate', ({ id: old }) => { const k = find(keys, old, 'API key'); k.previous_until = ago(-86000); k.prefix = hex(4); return { ...k, key: `itk_${k.prefix}${hex(24)}` }; }],
  ['DELETE', '/api-keys/:id', ({ id }) => { const k = find(keys, id, 'API key'); k.state = 'revoked'; did('hub.api-key.revoked', 'api-key', id, { name: k.name }); }],
  ['GET', '/events', ({ query }) => page(events.filter((e) => !query.get('name') || e.name.startsWith(query.get('name').replace('*', ''))), query), 'hub.events.read'],
  ['GET', '/webhooks', ({ query }) => page(webhooks, query), 'hub.webhooks.read'],
  ['POST', '/webhooks', ({ body }) => { if (!body.url.startsWith('https://')) invalid({ url: 'must begin with https://' }); const w = { id: id(), ...body, created_at: ago(0), version: 1 }; webhooks.push(w); return { ...w, secret: `whsec_${hex(24)}` }; }],
  ['GET', '/webhooks/:id', ({ id }) => find(webhooks, id, 'webhook')],
  ['PATCH', '/webhooks/:id', ({ id, body, headers }) => { const w = find(webhooks, id, 'webhook'); versioned(w, headers, 'webhook'); return Object.assign(w, body); }],
  ['DELETE', '/webhooks/:id', ({ id }) => { webhooks.splice(webhooks.findIndex((w) => w.id === id), 1); }],
  ['POST', '/webhooks/:id/test', () => undefined],
  ['POST', '/webhooks/:id/secret', () => ({ secret: `whsec_${hex(24)}` })],
  ['GET', '/webhooks/:id/deliveries', ({ query }) => page([
    { id: id(), event_id: id(), event_name: 'hub.user.created', state: 'waiting', attempts: 3, status: 503, error: 'Service Unavailable', created_at: ago(300), next_attempt_at: ago(-120) },
    { id: id(), event_id: id(), event_name: 'hub.api-key.created', state: 'delivered', attempts: 1, status: 204, error: null, created_at: ago(5000), delivered_at: ago(4999) },
    { id: id(), event_id: id(), event_name: 'hub.user.removed', state: 'failed', attempts: 12, status: null, error: 'the name could not be resolved', created_at: ago(400000) },
  ], query)],
  ['GET', '/flags', () => (mode === 'empty' ? [] : flags), 'hub.flags.read'],
  ['PUT', '/flags/:id', ({ id, body }) => Object.assign(flags.find((f) => f.name === id), body)],
  ['GET', '/audit/status', () => ({ recorded: records.length, sealed: records.length, anchored: records.filter((r) => view(r).state === 'anchored').length, anchored_height: height, anchored_at: ago(3), ledger: { state: 'ok', notary: 'kx1q0example' } })],
  ['GET', '/audit/records', ({ query }) => page(records.filter((r) => JSON.stringify(r).toLowerCase().includes((query.get('text') ?? '').toLowerCase()) && r.action.startsWith(query.get('action') ?? '') && (!query.get('from') || r.at >= query.get('from'))), query, view), 'hub.audit.read'],
  ['GET', '/audit/records/:id', ({ id }) => view(find(records, id, 'audit record'))],
  ['GET', '/audit/records/:id/proof', ({ id }) => ({ format: 'itechsmart-audit-proof/1', service: 'hub', record: find(records, id, 'audit record') })],
  ['GET', '/audit/export', () => records.map(view)],
];

const compiled = routes.map(([method, path, handle, needs]) => ({ method, handle, needs, names: [...path.matchAll(/:(\w+)/g)].map((m) => m[1]), pattern: new RegExp(`^/api/v1/hub${path.replace(/:\w+/g, '([^/]+)')}$`) }));

async function api(request, response, url) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : {};
  const { headers } = request;
  const caller = signedIn.get((headers.authorization ?? '').replace('Bearer ', ''));
  try {
    if (mode === 'broken' && !/setup|session|\/me$/.test(url.pathname)) refuse(500, 'internal', 'internal', 'we have logged the cause under this request id');
    if (url.pathname.endsWith('/events/stream')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': here\n\n');
      const listener = (e) => response.write(`id: ${e.id}\nevent: ${e.name}\ndata: ${JSON.stringify(e)}\n\n`);
      listeners.add(listener);
      request.on('close', () => listeners.delete(listener));
      response.on('close', () => listeners.delete(listener));
      return;
    }
    const route = compiled.find(({ method, pattern }) => method === request.method && pattern.test(url.pathname)) ?? refuse(404, 'not_found', 'not_found', 'there is no such path');
    if (route.needs !== true && caller === undefined) refuse(401, 'unauthenticated', 'token', 'sign in first');
    const who = caller && people.find((p) => p.email === caller.email);
    if (typeof route.needs === 'string' && !permissionsOf(who).includes(route.needs)) refuse(403, 'forbidden', 'forbidden', `this needs the permission ${route.needs}`);
    const values = route.pattern.exec(url.pathname).slice(1).map(decodeURIComponent);
    const parameters = Object.fromEntries(route.names.map((name, i) => [name, values[i]]));
    const answer = route.handle({ body, headers, query: url.searchParams, who, tenant: caller?.tenant, ...parameters });
    if (answer === undefined) return response.writeHead(204).end();
    const { cookie: set, ...content } = Array.isArray(answer) ? { ...answer } : answer;
    response.writeHead(request.method === 'POST' ? 201 : 200, { 'content-type': 'application/json', ...(answer.version && { etag: `"${answer.version}"` }), ...(set && { 'set-cookie': set }) });
    response.end(JSON.stringify(Array.isArray(answer) ? answer : content));
  } catch (error) {
    if (!(error instanceof Refusal)) console.error(error);
    const r = error instanceof Refusal ? error : new Refusal(500, 'internal', 'internal', String(error));
    response.writeHead(r.status, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ type: `urn:itechsmart:problem:${r.code}`, title: titles[r.kind], status: r.status, kind: r.kind, code: r.code, detail: r.detail, request_id: hex(8), errors: r.errors ?? [] }));
  }
}

const types = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.html': 'text/html; charset=utf-8' };
createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname.startsWith('/api/')) return void api(request, response, url);
  const file = join(dist, url.pathname);
  const found = url.pathname !== '/' && file.startsWith(dist) && existsSync(file) ? file : join(dist, 'index.html');
  response.writeHead(200, { 'content-type': types[extname(found)] ?? 'application/octet-stream', 'content-security-policy': CSP });
  response.end(readFileSync(found));
}).listen(port, () => console.log(`listening on ${port}`));
