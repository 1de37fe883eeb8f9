/**
 * Whoever may write something may write this into it: markup and links that would run if a page took them for more
 * than text. It is put into all that the catalog and its desk keep, over the API, and then every page is visited that
 * shows some of it. Nothing runs, nothing is loaded, and what was written is there to be read.
 */
import assert from 'node:assert/strict';
import { prepare, until } from './journey.mjs';
import { amelie as administrator } from './people.mjs';

const MARKUP = '"><img src=x onerror=alert(1)><svg/onload=alert(2)>';
const LINE = `Hello ${MARKUP}`;
const TEXT = [
  LINE,
  '<script>alert(3)</script> <a href="javascript:alert(4)" onclick="alert(5)">here</a> <iframe srcdoc="<script>alert(6)</script>"></iframe>',
  '[here](javascript:alert(7)) ![x](javascript:alert(8)) <javascript:alert(9)> [a]: javascript:alert(10)',
  '![x](x" onerror="alert(11)) `<img src=x onerror=alert(12)>`',
  '| <img src=x onerror=alert(13)> | b |\n| --- | --- |\n| <svg onload=alert(14)> | {{7*7}} |',
].join('\n\n');
const requester = { name: `Eve ${MARKUP}`, email: 'eve@example.com', password: 'seven copper rivers sleep' };
const BASE = '/api/v1/service-catalog';
const HOUR = { weekday: 'monday', from: '09:00', to: '17:00' };
const DAY_MS = 86_400_000;

let server;
let page;
let eve;
let me;
let group;
/** A ticket that stays open, an item whose only field has a pattern, and an article of two versions, by their ids. */
const kept = {};
/** Where what was written is shown, with a part of it that the page has to show. */
const shown = [];
const begin = (started, first) => {
  server = started;
  page = first;
};
const { journey, newPage, setUp, tokenOf, call, join } = prepare(begin, { services: 'hub,service-catalog', withLedger: false });

const make = (path, body) => call('POST', `${BASE}${path}`, body);
const versionOf = async (path) => (await call('GET', `${BASE}${path}`)).version;
/** Does something to an object at the version that it has now. */
const act = async (path, what, body) => call('POST', `${BASE}${path}/${what}`, body, await versionOf(path));

/** Signs in as somebody else, and calls as they. */
async function as(person) {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${await tokenOf(person)}` };
  const send = async (path, body, more = {}) => {
    const answer = await fetch(`${server.url}${BASE}${path}`, { method: 'POST', headers: { ...headers, ...more }, body });
    assert.ok(answer.ok, `${path}: ${await answer.clone().text()}`);
    return answer.status === 204 ? undefined : answer.json();
  };
  const upload = (name, content) => send(`/files?name=${encodeURIComponent(name)}`, content, { 'Content-Type': 'application/octet-stream' });
  return { call: (path, body) => send(path, JSON.stringify(body)), upload };
}

journey('it is written into people, groups, lists and an item with all that a form has', async () => {
  await setUp(administrator);
  const joined = await join(requester);
  eve = { id: joined.id, page: joined.page, ...(await as(requester)) };
  me = (await call('GET', '/api/v1/hub/me')).id;
  group = (await call('POST', '/api/v1/hub/groups', { name: LINE })).id;
  await call('PUT', `/api/v1/hub/groups/${group}/members`, { user_ids: [me, eve.id] });
  const { id: category } = await make('/categories', { name: LINE, description: LINE });
  const { id: centre } = await make('/cost-centres', { code: MARKUP.slice(0, 20), name: LINE, owner_id: me });
  const options = [
    { value: MARKUP, label: LINE },
    { value: LINE, label: MARKUP, of: MARKUP },
  ];
  const { id: list } = await make('/option-lists', { name: LINE, options });
  const field = (key, kind, more = {}) => ({ key, label: `${key} ${LINE}`, help: LINE, kind, required: true, ...more });
  const choice = { type: 'choice', options: [{ value: MARKUP, label: LINE }] };
  const fields = [
    field('text', { type: 'text', chars_max: 5_000, is_long: true }, { prefill: { value: { text: LINE } } }),
    field('choice', choice),
    field('listed', { type: 'choice', options: [], query: { source: 'list', list_id: list } }),
    field('person', { type: 'user', group_id: group }),
    field('table', { type: 'table', rows_max: 5, columns: [{ key: 'cell', label: LINE, help: LINE, kind: choice, required: true }] }),
  ];
  const item = await make('/items', {
    category_id: category,
    cost_centre_id: centre,
    name: LINE,
    summary: LINE,
    description: TEXT,
    price: '10',
    form: { fields },
    approval: { stages: [{ name: LINE, rule: 'any', approvers: [{ user: me }, { group }] }] },
    tasks: { tasks: [{ key: 'one', name: LINE, work: { people: { group_id: group, assignment: 'group' } } }] },
  });
  await act(`/items/${item.id}`, 'publish');
  const answers = { text: { text: TEXT }, choice: { choice: MARKUP }, listed: { choice: MARKUP }, person: { user: eve.id }, table: { table: [{ cell: { choice: MARKUP } }] } };
  const request = await eve.call('/requests', { item_id: item.id, item_version: 1, answers });
  await make(`/requests/${request.id}/notes`, { text: TEXT });
  await eve.call(`/requests/${request.id}/notes`, { text: TEXT });
  await make(`/requests/${request.id}/decisions`, { stage: 0, verdict: 'approve', reason: LINE });
  await make(`/requests/${request.id}/tasks/one/fail`, { reason: LINE });
  const skipped = await eve.call('/requests', { item_id: item.id, item_version: 1, answers });
  await make(`/requests/${skipped.id}/decisions`, { stage: 0, verdict: 'approve', reason: LINE });
  await make(`/requests/${skipped.id}/tasks/one/skip`, { reason: TEXT.slice(0, 900) });
  const { id: nobody } = await call('POST', '/api/v1/hub/groups', { name: `Nobody ${LINE}` });
  const unasked = await make('/items', { category_id: category, name: LINE, approval: { stages: [{ name: LINE, rule: 'any', approvers: [{ group: nobody }] }] } });
  await act(`/items/${unasked.id}`, 'publish');
  const restarted = await eve.call('/requests', { item_id: unasked.id, item_version: 1, answers: {} });
  await call('PUT', `/api/v1/hub/groups/${nobody}/members`, { user_ids: [me] });
  await act(`/requests/${restarted.id}`, 'restart', { reason: TEXT.slice(0, 900) });
  const patterned = await make('/items', {
    category_id: category,
    name: LINE,
    form: { fields: [field('number', { type: 'text', chars_max: 100, pattern: { source: '[0-9]{2}', hint: `Two digits: ${LINE}` } })] },
  });
  await act(`/items/${patterned.id}`, 'publish');
  kept.patterned = patterned.id;
  const presets = { text: { answer: { text: TEXT } }, choice: { answer: { choice: MARKUP }, is_fixed: true } };
  const parts = [
    { item_id: item.id, is_required: true, presets },
    { item_id: patterned.id, is_required: false },
  ];
  const bundle = await make('/items', { category_id: category, name: LINE, summary: LINE, description: TEXT, parts });
  await act(`/items/${bundle.id}`, 'publish');
  // What is fixed is not answered.
  const left = { ...answers };
  delete left.choice;
  const together = await eve.call(`/items/${bundle.id}/requests`, {
    bundle_version: 1,
    parts: [
      { place: 0, item_version: 1, answers: left },
      { place: 1, item_version: 1, answers: { number: { text: '12' } } },
    ],
  });
  // The last of all: the latest letter to who decides is about it.
  const waiting = await eve.call('/requests', { item_id: item.id, item_version: 1, answers });
  shown.push(
    ['/browse', LINE],
    [`/browse/${item.id}`, LINE],
    ['/requests', undefined],
    [`/requests/${request.id}`, LINE],
    ...[waiting, skipped, restarted, ...together.requests].map(({ id }) => [`/requests/${id}`, LINE]),
    ...[patterned, bundle].map(({ id }) => [`/browse/${id}`, LINE]),
    [`/items/${patterned.id}?tab=form`, undefined],
    [`/items/${bundle.id}?tab=parts`, LINE],
    ['/all-requests', LINE],
    ['/tasks', undefined],
    ['/tasks?view=all', LINE],
    ['/approvals', LINE],
    ['/approvals?view=decided', LINE],
    ['/items', LINE],
    ...['', '?tab=form', '?tab=approval', '?tab=tasks', '?tab=versions'].map((tab) => [`/items/${item.id}${tab}`, undefined]),
    ['/categories', LINE],
    ['/cost-centres', LINE],
    ['/option-lists', LINE],
    [`/option-lists/${list}`, undefined],
  );
});

journey('it is written into tickets, incidents, problems and articles', async () => {
  const ticket = await eve.call('/tickets', { title: LINE, description: TEXT, impact: 'high', urgency: 'high' });
  const path = `/tickets/${ticket.id}`;
  await call('PATCH', `${BASE}${path}`, { tags: [MARKUP.slice(2, 32)] });
  await eve.call(`${path}/notes`, { text: TEXT });
  await make(`${path}/notes`, { text: TEXT });
  await make(`${path}/notes`, { text: TEXT, is_internal: true });
  const file = await eve.upload(`${MARKUP}.txt`, TEXT);
  await eve.call(`${path}/files`, { file_ids: [file.id] });
  const incident = await make(`${path}/major-incident`, { reason: TEXT, title: LINE });
  const at = `/major-incidents/${incident.id}`;
  await make(`${at}/timeline`, { text: TEXT });
  for (const audience of ['internal', 'requesters']) await make(`${at}/updates`, { text: TEXT, audience });
  await make(`${at}/updates`, { text: TEXT, audience: 'public', public_title: LINE });
  await call('PUT', `${BASE}/status-page`, { slug: 'example', title: LINE, introduction: TEXT, is_published: true }, 0);
  await make('/status-page/components', { name: LINE, description: LINE });
  const component = await make('/status-page/components', { name: `Other ${LINE}`, description: LINE, group: `Group ${LINE}` });
  await call('PUT', `${BASE}/status-page/components/${component.id}/state`, { state: 'degraded', note: `Note ${LINE}` }, component.version);
  const [begins_at, ends_at] = [DAY_MS, 2 * DAY_MS].map((ahead_ms) => new Date(Date.now() + ahead_ms).toISOString());
  await make('/status-page/maintenance', { title: `Switches ${LINE}`, text: TEXT, begins_at, ends_at, component_ids: [component.id] });
  await act(at, 'state', { to: 'resolved', solution: TEXT });
  const review = await make(`${at}/review`);
  const sections = review.sections.map(({ key }) => ({ key, text: TEXT }));
  await call('PUT', `${BASE}${at}/review`, { sections, actions: [{ text: LINE, owner_id: eve.id, due_on: '2031-01-01' }] });
  await visit(page, `${at}/review`);
  await act(`${at}/review`, 'publish');
  const problem = await make('/problems', { title: LINE, description: TEXT, owner_id: eve.id });
  await call('PATCH', `${BASE}/problems/${problem.id}`, { root_cause: TEXT, workaround: TEXT });
  await make(`${path}/links`, { kind: 'problem', problem_id: problem.id });
  const article = await make('/articles', { title: LINE, body: TEXT, category: LINE });
  await act(`/articles/${article.id}`, 'publish');
  await call('PUT', `${BASE}/articles/${article.id}/draft`, { title: LINE, body: `${TEXT}\n\nMore`, category: LINE }, await versionOf(`/articles/${article.id}`));
  await act(`/articles/${article.id}`, 'publish');
  kept.article = article.id;
  await eve.call(`/articles/${article.id}/feedback`, { number: 2, is_helpful: false, comment: TEXT });
  await make(`${path}/articles`, { article_id: article.id });
  await act(path, 'state', { to: 'resolved', solution: TEXT });
  await eve.call(`${path}/rating`, { score: 1, comment: TEXT.slice(0, 900) });
  shown.push(
    ['/tickets', undefined],
    ['/desk?state=any', LINE],
    [`/tickets/${ticket.id}`, LINE],
    [`/desk/${ticket.id}`, LINE],
    ['/major-incidents', LINE],
    [at, LINE],
    [`${at}/review`, LINE],
    ['/status-page', LINE],
    ['/problems', LINE],
    [`/problems/${problem.id}`, LINE],
    ['/knowledge', LINE],
    [`/knowledge/${article.id}`, LINE],
    [`/knowledge/${article.id}/edit`, undefined],
  );
});

journey('it is written into what tiers and ladders say to each other', async () => {
  const { id: second } = await call('POST', '/api/v1/hub/groups', { name: `Second ${LINE}` });
  const { levels, version } = await call('GET', `${BASE}/service-levels`);
  const groups = [group, second].map((group_id, at) => ({ group_id, tier: at + 1 }));
  await call('PUT', `${BASE}/service-levels`, { ...levels, groups }, version);
  const ladder = { is_around_the_clock: true, levels: [{ responders: [{ user: me }], answer_minutes: 600 }] };
  await call('PUT', `${BASE}/escalation-ladders/security`, ladder, 0);
  const ticket = await eve.call('/tickets', { title: LINE, description: TEXT, impact: 'medium', urgency: 'medium' });
  const path = `/tickets/${ticket.id}`;
  await call('PATCH', `${BASE}${path}`, { group_id: group, description: `Later ${LINE}` });
  await make(`${path}/escalations`, { track: 'security', reason: TEXT.slice(0, 900) });
  await act(path, 'hand-over', { tier: 2, group_id: second, findings: TEXT });
  kept.ticket = ticket.id;
  shown.push(
    [path, LINE],
    [`/desk/${ticket.id}`, LINE],
  );
});

journey('it is written into what the desk is set up with, and comes by e-mail', async () => {
  await make('/canned-answers', { name: LINE, text: `{{requester.name}} ${TEXT.replace('{{7*7}}', '')}` });
  await make('/ticket-views', { name: LINE, is_shared: true, filter: {} });
  const content = { zone: 'Europe/Berlin', hours: [HOUR], holidays: [{ name: LINE, from: '2031-05-01', to: '2031-05-01' }] };
  const calendar = await make('/calendars', { name: LINE, content });
  const { sections } = await call('GET', `${BASE}/review-template`);
  const written = sections.map((section) => ({ ...section, title: LINE, help: TEXT.slice(0, 900) }));
  await call('PUT', `${BASE}/review-template`, { sections: written });
  await call('PUT', `${BASE}/mail/settings`, { address: 'it@example.com', unknown_senders: 'hold' }, 0);
  const { key } = await call('POST', '/api/v1/hub/api-keys', { name: 'Mail server', permissions: ['catalog.mail.write'] });
  const parts = ['From: eve@example.com', `Subject: ${LINE}`, 'Content-Type: multipart/mixed; boundary=x', '', '--x', '', TEXT, '--x', `Content-Type: text/plain; name="<img src=x onerror=alert(1)>.txt"`, 'Content-Disposition: attachment', '', 'a file', '--x--', ''];
  const held = await fetch(`${server.url}${BASE}/mail/messages`, { method: 'POST', headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'message/rfc822' }, body: parts.join('\r\n') });
  assert.equal(held.status, 200);
  const { id } = await held.json();
  shown.push(
    ['/canned-answers', LINE],
    ['/calendars', LINE],
    [`/calendars/${calendar.id}`, LINE],
    ['/review-template', undefined],
    ['/service-levels', undefined],
    ['/escalation', undefined],
    ['/mail', LINE],
    [`/mail/${id}`, LINE],
    ['/mail-settings', undefined],
    ['/measures', undefined],
    ['/measures?by=group', LINE],
    ['/measures?view=requests', undefined],
    ['/measures?view=requests&by=item', undefined],
    ['/measures?view=requests&by=cost_centre', undefined],
    ['/measures?view=backlog', undefined],
  );
});

/** What a page must not have made of a text. */
const made = (at) =>
  at.evaluate(() => {
    const all = [...document.querySelectorAll('img[src="x"], iframe, svg[onload], [onerror], [onclick], [onload], a[href^="javascript:" i]')];
    return all.map(({ outerHTML }) => outerHTML.slice(0, 200));
  });

const allIsThere = (at) => until(async () => (await at.getByRole('status', { name: 'Loading' }).count()) === 0, `${at.url()} is loaded`);

async function visit(at, path, part) {
  await at.goto(`${server.catalogUrl}/service-catalog${path}`);
  await at.getByRole('heading', { level: 1 }).first().waitFor();
  if (part !== undefined) await at.locator('main').getByText(MARKUP).first().waitFor();
  await allIsThere(at);
  assert.deepEqual(await made(at), [], path);
}

journey('every page shows it as text to who administers all', async () => {
  for (const [path, part] of shown) await visit(page, path, part);
  await page.goto(`${server.url}/hub/audit`);
  await page.getByRole('heading', { name: 'Audit log', level: 1 }).waitFor();
  await allIsThere(page);
  assert.deepEqual(await made(page), []);
});

journey('so does what is opened there', async () => {
  await visit(page, `/knowledge/${kept.article}`, LINE);
  await page.getByRole('button', { name: 'Read version 1' }).click();
  await page.getByRole('dialog', { name: 'Version 1' }).getByText(MARKUP).first().waitFor();
  assert.deepEqual(await made(page), [], 'an article’s version');

  await visit(page, `/desk/${kept.ticket}`, LINE);
  await page.getByRole('button', { name: /^What it was before/ }).click();
  await page.getByRole('list', { name: 'Earlier descriptions' }).getByText(MARKUP).first().waitFor();
  assert.deepEqual(await made(page), [], 'an earlier description');
  await page.getByRole('button', { name: 'Canned answer' }).click();
  await page.getByRole('option').first().click();
  const reply = page.getByLabel('Reply', { exact: true });
  await until(async () => (await reply.inputValue()).includes(MARKUP), 'the canned answer is filled in');
  await page.getByRole('button', { name: 'Send reply' }).click();
  await until(async () => (await reply.inputValue()) === '', 'the reply is sent');
  await page.getByRole('list', { name: 'Conversation' }).getByText(/Eve/).last().waitFor();
  assert.deepEqual(await made(page), [], 'a canned answer');

  for (const action of ['service-catalog.approval.restarted', 'service-catalog.task.skipped']) {
    const { items } = await call('GET', `${BASE}/audit/records?action=${action}`);
    await page.goto(`${server.catalogUrl}/service-catalog/audit/${items[0].id}`);
    await page.getByRole('dialog').getByText(MARKUP).first().waitFor();
    assert.deepEqual(await made(page), [], action);
  }
});

journey('and to who asked', async () => {
  const own = shown.filter(([path]) => /^\/(browse|requests|tasks|tickets|knowledge)/.test(path) && !path.endsWith('/edit'));
  for (const [path] of own) await visit(eve.page, path, MARKUP);

  // What is told whose answer has another pattern.
  await visit(eve.page, `/browse/${kept.patterned}`, LINE);
  await eve.page.getByLabel(/^number/).fill('none');
  await eve.page.getByRole('button', { name: 'Send the request' }).click();
  await eve.page.getByText(`Two digits: ${LINE}`).waitFor();
  assert.deepEqual(await made(eve.page), [], 'a pattern’s hint');
});

journey('and to who decides by a letter’s link, without signing in', async () => {
  const visitor = await newPage();
  await visitor.goto(await server.latestLink(administrator.email, 'decide'));
  await visitor.getByRole('heading', { name: /^(Approve|Reject) request/, level: 1 }).waitFor();
  await visitor.getByText(MARKUP).first().waitFor();
  assert.deepEqual(await made(visitor), [], '/decide');
});

journey('and to everybody', async () => {
  await eve.page.goto(`${server.catalogUrl}/status/example`);
  await eve.page.getByText(MARKUP).nth(2).waitFor();
  for (const part of ['Other', 'Group', 'Note', 'Switches']) await eve.page.getByText(`${part} ${LINE}`).first().waitFor();
  assert.deepEqual(await made(eve.page), []);
});
