/**
 * Bundles in a real browser: an administrator puts two items into one, somebody asks for it and leaves one
 * out, and what they asked for goes its own ways. Each journey goes on from the one before.
 */
import assert from 'node:assert/strict';
import { prepare } from './journey.mjs';
import { amelie as administrator, jonas as requester, omar as buyer, PHONE } from './people.mjs';
import { choose } from './steps.mjs';

const BASE = '/api/v1/service-catalog';

let server;
let page;
const theirs = {};
const begin = (started, first) => {
  server = started;
  page = first;
};
const { journey, setUp, call, join } = prepare(begin, { services: 'hub,service-catalog', withLedger: false });

const group = {};

/** A published item with a question, and a stage of these approvers if there are any. */
async function item(category_id, name, price, label, approvers) {
  const form = { fields: [{ key: 'answer', label, required: true, kind: { type: 'text', chars_max: 100 } }] };
  const stages = approvers === undefined ? [] : [{ name: 'Purchase', rule: 'any', approvers }];
  const { id } = await call('POST', `${BASE}/items`, { category_id, name, price, summary: '', form, approval: { stages } });
  await call('POST', `${BASE}/items/${id}/publish`, {}, 1);
}

/** Gives what is shown of it; that of the one before is still closing. */
async function add(name) {
  await page.getByLabel('Add an item').fill(name);
  await page.getByRole('option', { name }).click();
  const part = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: new RegExp(`^${name}`) }) });
  await part.waitFor();
  return part;
}

journey('an administrator builds a bundle', async () => {
  await setUp(administrator);
  Object.assign(theirs, { requester: await join(requester, PHONE), buyer: await join(buyer) });
  group.id = (await call('POST', '/api/v1/hub/groups', { name: 'Buyers' })).id;
  const { items } = await call('GET', `${BASE}/categories`);
  const hardware = items.find(({ name }) => name === 'Hardware').id;
  await item(hardware, 'Work station', '1250.50', 'What it is for', [{ group: group.id }]);
  await item(hardware, 'Mail account', '0', 'Name in the address');
  await item(hardware, 'Head set', '89', 'Which side');

  await page.goto(`${server.catalogUrl}/service-catalog/items`);
  await page.getByRole('link', { name: 'Create a bundle' }).first().click();
  await page.getByRole('heading', { name: 'Create a bundle' }).waitFor();
  await page.getByLabel('Name').fill('First day');
  await page.getByLabel('Summary').fill('What somebody new needs');
  await choose(page.locator('main'), 'Category', 'Hardware');
  // Without an item it would be no bundle.
  assert.equal(await page.getByRole('button', { name: 'Save the draft' }).isDisabled(), true);
  await page.getByRole('tab', { name: 'Items' }).click();
  await add('Work station');
  const account = await add('Mail account');
  await choose(account, 'Name in the address', 'Always this answer');
  await account.getByLabel('Answer', { exact: true }).fill('By first and last name');
  const headset = await add('Head set');
  await headset.getByLabel('Belongs to the bundle, and cannot be left out').uncheck();
  await choose(headset, 'Which side', 'Begins with an answer');
  await headset.getByLabel('Answer', { exact: true }).fill('Left');
  await page.getByRole('button', { name: 'Save the draft' }).click();
  await page.getByText('The draft is saved.').waitFor();
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
  await page.getByText('Published, version 1').waitFor();
});

journey('somebody asks for it on a phone, and leaves one out', async () => {
  const { page: at } = theirs.requester;
  await at.goto(`${server.catalogUrl}/service-catalog/browse?search=first`);
  const card = at.getByRole('listitem').filter({ hasText: 'First day' });
  await card.getByText('Bundle ·').waitFor();
  await card.getByText('1,250.50').waitFor();
  await card.getByRole('link', { name: 'First day' }).click();
  const together = at.getByRole('list', { name: 'What you ask for' });
  await together.getByRole('listitem').nth(2).waitFor();
  // What is given beforehand is there, and what is fixed cannot be changed.
  assert.equal(await at.getByLabel('Which side').inputValue(), 'Left');
  await at.getByText('By first and last name').waitFor();
  assert.equal(await at.getByLabel('Name in the address').count(), 0);
  // What is missing is said at its field, and nothing is sent.
  await at.getByRole('button', { name: 'Send 3 requests' }).click();
  await at.getByText('This has to be answered.').waitFor();
  await at.getByLabel('What it is for').fill('Planning');
  await at.getByRole('checkbox', { name: 'Head set' }).uncheck();
  await at.getByRole('button', { name: 'Send 2 requests' }).waitFor();
  assert.deepEqual(await together.getByRole('listitem').allInnerTexts().then((all) => all.map((text) => text.split('\n')[0])), ['Work station', 'Mail account']);
  await at.getByRole('button', { name: 'Send 2 requests' }).click();
  await at.getByText('2 requests are sent.').waitFor();
  await at.getByRole('heading', { name: /· Work station$/ }).waitFor();
  await at.getByRole('heading', { name: 'Part of “First day”' }).waitFor();
  const others = at.getByRole('list', { name: 'Asked for together' });
  assert.equal(await others.getByRole('listitem').count(), 1);
  await others.getByText('Done').waitFor();
  // The other one needed nobody, and knows of the first.
  await others.getByRole('link', { name: /Mail account$/ }).click();
  await at.getByRole('heading', { name: /· Mail account$/ }).waitFor();
  await at.getByText('By first and last name').waitFor();
});

journey('nobody was there to approve it, until somebody is', async () => {
  const { items } = await call('GET', `${BASE}/requests?state=failed`);
  assert.deepEqual(items.map(({ item_name }) => item_name), ['Work station']);
  await page.goto(`${server.catalogUrl}/service-catalog/requests/${items[0].id}`);
  await page.getByText('There was nobody to ask', { exact: true }).waitFor();
  const again = async (reason) => {
    await page.getByRole('button', { name: 'Start anew' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill(reason);
    await dialog.getByRole('button', { name: 'Start anew' }).click();
    return dialog;
  };
  const dialog = await again('Try it');
  await dialog.getByText(/there still are too few people to ask in stage Purchase/i).waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await call('PUT', `/api/v1/hub/groups/${group.id}/members`, { user_ids: [theirs.buyer.id] });
  await again('Omar buys now');
  await page.getByText('The approval is started anew.').waitFor();
  await page.getByText('Waiting for approval').first().waitFor();

  const { page: at } = theirs.buyer;
  await at.goto(`${server.catalogUrl}/service-catalog/approvals`);
  await at.getByRole('link', { name: /Work station/ }).click();
  await at.getByRole('heading', { name: 'Part of “First day”' }).waitFor();
  // What else was asked for is not theirs to look at.
  assert.equal(await at.getByRole('list', { name: 'Asked for together' }).getByRole('link').count(), 0);
  await at.getByRole('button', { name: 'Approve' }).click();
  await at.getByText('Approved.', { exact: true }).waitFor();

  const { page: theirPage } = theirs.requester;
  await theirPage.goto(`${server.catalogUrl}/service-catalog/requests`);
  await theirPage.getByText('Part of “First day”').first().waitFor();
  await theirPage.getByText('Done', { exact: true }).nth(1).waitFor();
});

journey('from what was spent to the requests that it was spent on', async () => {
  await page.goto(`${server.catalogUrl}/service-catalog/measures?view=requests&by=item`);
  const row = page.getByRole('row').filter({ hasText: 'Work station' });
  await row.getByRole('link', { name: '1,250.50' }).click();
  await page.getByRole('heading', { name: 'All requests' }).waitFor();
  await page.getByText(/^Sent /).waitFor();
  const links = page.getByRole('table', { name: 'All requests' }).getByRole('link');
  await links.first().waitFor();
  assert.equal(await links.count(), 1);
});
