/**
 * The Service Catalog in a real browser: an administrator builds an item, people ask for it, and those
 * whom it names decide. Each journey goes on from the one before.
 */
import assert from 'node:assert/strict';
import { prepare, until } from './journey.mjs';
import { amelie as administrator, jonas as requester, lena as manager, omar as buyer, PHONE } from './people.mjs';
import { choose, go, places } from './steps.mjs';

/** In every text that a page shows: it has to be shown as what it is. */
const SCRIPT = '<img src=x onerror="alert(1)">';

let server;
let page;
const theirs = {};
const begin = (started, first) => {
  server = started;
  page = first;
};
const { journey, newPage, setUp, call, join, signIn } = prepare(begin, { services: 'hub,service-catalog', withLedger: false });

journey('the console of the catalog opens at the catalog', async () => {
  await setUp(administrator);
  await page.getByRole('button', { name: /switch product/ }).click();
  await page.getByRole('menuitem', { name: /Service Catalog/ }).click();
  await page.getByRole('heading', { name: 'Catalog', level: 1 }).waitFor();

  Object.assign(theirs, { requester: await join(requester), manager: await join(manager, PHONE), buyer: await join(buyer) });
  await call('PATCH', `/api/v1/hub/users/${theirs.requester.id}`, { manager_id: theirs.manager.id });
  const { id } = await call('POST', '/api/v1/hub/groups', { name: 'Buyers' });
  await call('PUT', `/api/v1/hub/groups/${id}/members`, { user_ids: [theirs.buyer.id] });
  // What members may not do is not offered to them.
  assert.equal(await places(theirs.requester.page).getByRole('link', { name: 'Items' }).count(), 0);
});

journey('an administrator builds an item with a form and two stages', async () => {
  await page.goto(server.catalogUrl);
  await go(page, 'Items');
  await page.getByRole('link', { name: 'Create an item' }).first().click();
  await page.getByRole('heading', { name: 'Create an item' }).waitFor();
  await page.getByLabel('Name').fill('Test rack');
  await page.getByLabel('Summary').fill(`A rack for experiments ${SCRIPT}`);
  await page.getByLabel('Description').fill(`Twelve units.\n${SCRIPT}`);
  await choose(page.locator('main'), 'Category', 'Hardware');
  await page.getByLabel('Price').fill('2500');

  await page.getByRole('tab', { name: 'Form' }).click();
  await page.getByRole('button', { name: 'Add a field' }).click();
  await page.getByRole('menuitem', { name: /^One of several/ }).click();
  await page.getByLabel('Question').fill('Where it runs');
  await page.getByLabel('Option 1', { exact: true }).fill('Laboratory');
  await page.getByLabel('Option 2', { exact: true }).fill('Production');
  await page.getByRole('switch', { name: 'Has to be answered' }).check();
  await page.getByRole('button', { name: /^Where it runs/ }).click();
  await page.getByLabel('Question').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Add a field' }).click();
  await page.getByRole('menuitem', { name: /^Text/ }).click();
  await page.getByLabel('Question').fill('Why production');
  await page.getByRole('switch', { name: 'Has to be answered' }).check();
  const condition = page.getByRole('group', { name: 'Ask it only if' });
  await condition.getByRole('button', { name: 'Add a condition' }).click();
  await condition.getByRole('combobox').last().click();
  await page.getByRole('option', { name: 'Production' }).click();
  // What is built is tried out beside it.
  const preview = page.getByRole('group', { name: 'Preview' });
  assert.equal(await preview.getByLabel('Why production').count(), 0);
  await preview.getByLabel('Production', { exact: true }).check();
  await preview.getByLabel('Why production').waitFor();

  await page.getByRole('tab', { name: 'Approval' }).click();
  await page.getByRole('button', { name: 'Add a stage' }).click();
  await page.getByText('A request of somebody without a manager ends here').waitFor();
  await page.getByRole('button', { name: 'Add a stage' }).click();
  await page.getByLabel('Stage name').last().fill('Purchase');
  const asked = page.getByRole('group', { name: 'Who is asked' }).last();
  await choose(asked, 'Groups', 'Buyers');
  await page.keyboard.press('Escape');
  const needed = page.getByRole('group', { name: 'Only needed if' }).last();
  await needed.getByRole('button', { name: 'Add a condition' }).click();
  await needed.getByLabel('Value').fill('1000');

  await page.getByRole('tab', { name: 'Tasks' }).click();
  await page.getByRole('button', { name: 'Add a task' }).click();
  await page.getByLabel('What is to be done').fill('Put it up');
  await choose(page.locator('main'), /^Group/, 'Buyers');
  await page.getByRole('button', { name: 'Save the draft' }).click();
  await page.getByText('The draft is saved.').waitFor();
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
  await page.getByText('Published, version 1').waitFor();
});

/** Asks for the rack; gives the number of the request. */
async function ask(at, why) {
  await at.goto(`${server.catalogUrl}/service-catalog/browse`);
  await at.getByLabel('Search the catalog').fill('rack');
  await at.getByRole('list', { name: 'Items' }).getByRole('link', { name: 'Test rack' }).click();
  await at.getByRole('heading', { name: 'Test rack' }).waitFor();
  const form = at.getByRole('form', { name: 'Your request' });
  await form.getByLabel('Production').check();
  await form.getByLabel('Why production').fill(why);
  await form.getByRole('button', { name: 'Send the request' }).click();
  const heading = at.getByRole('heading', { name: /^\d+ · Test rack$/ });
  return (await heading.innerText()).split(' ')[0];
}

/** Opens a request that waits for whoever is at this page. */
async function open(at, number) {
  await at.goto(`${server.catalogUrl}/service-catalog/approvals`);
  await at.getByRole('link', { name: `${number} · Test rack` }).click();
  await at.getByRole('heading', { name: 'Your decision' }).waitFor();
}

journey('somebody asks for it, both approvers decide, and the requester sees it', async () => {
  const [at, boss, purchase] = [theirs.requester.page, theirs.manager.page, theirs.buyer.page];
  await at.goto(`${server.catalogUrl}/service-catalog/browse`);
  await at.getByRole('link', { name: 'Test rack' }).click();
  await at.getByText(`A rack for experiments ${SCRIPT}`).waitFor();
  // What is missing is said at the field, and nothing is sent.
  await at.getByRole('button', { name: 'Send the request' }).click();
  await at.getByText('This has to be answered.').waitFor();
  const number = await ask(at, SCRIPT);
  await at.getByText('Waiting for approval').waitFor();

  await open(boss, number);
  await boss.getByText(SCRIPT, { exact: true }).waitFor();
  await boss.getByText('2,500').waitFor();
  await boss.getByRole('button', { name: 'Approve' }).click();
  await boss.getByText('Approved.', { exact: true }).waitFor();
  await boss.getByRole('button', { name: 'Approve' }).waitFor({ state: 'detached' });

  await open(purchase, number);
  await purchase.getByLabel('Reason').fill(`Within the budget ${SCRIPT}`);
  await purchase.getByRole('button', { name: 'Approve' }).click();
  await purchase.getByText('Approved.', { exact: true }).waitFor();

  // Without a reload.
  await at.getByText('Being done').waitFor();
  const stages = at.getByRole('list', { name: 'Stages' });
  await stages.getByText(`Within the budget ${SCRIPT}`).waitFor();
  await stages.getByText(/Lena Fischer · approved/).waitFor();
  await stages.getByText(/Omar Farouk · approved/).waitFor();
  // Whoever asked does not do it.
  assert.equal(await at.getByRole('list', { name: 'Tasks' }).getByRole('button').count(), 0);
});

journey('the task is taken and done, and whoever asked says how content they are', async () => {
  const [at, doer] = [theirs.requester.page, theirs.buyer.page];
  await go(doer, 'My tasks');
  await doer.getByRole('link', { name: 'Put it up' }).click();
  const tasks = doer.getByRole('list', { name: 'Tasks' });
  await tasks.getByRole('button', { name: 'Take' }).click();
  await tasks.getByText('Omar Farouk · Buyers').waitFor();
  await doer.getByLabel('Note', { exact: true }).fill(`Room 4 is too warm ${SCRIPT}`);
  await doer.getByLabel('Internal: not for whoever asked').check();
  await doer.getByRole('button', { name: 'Add note' }).click();
  await doer.getByRole('list', { name: 'Notes' }).getByText(`Room 4 is too warm ${SCRIPT}`).waitFor();
  await doer.getByLabel('Internal: not for whoever asked').uncheck();
  await doer.getByLabel('Note', { exact: true }).fill('It stands in room 5');
  await doer.getByRole('button', { name: 'Add note' }).click();
  await tasks.getByRole('button', { name: 'Done' }).click();
  await tasks.getByRole('button').first().waitFor({ state: 'detached' });

  // Without a reload, and without what is internal.
  await at.getByText('All is done').waitFor();
  await at.getByRole('list', { name: 'Notes' }).getByText('It stands in room 5').waitFor();
  assert.equal(await at.getByText(/Room 4 is too warm/).count(), 0);
  await at.locator('label', { hasText: '4 of 5' }).click();
  await at.getByLabel('Comment', { exact: true }).fill('Quick');
  await at.getByRole('button', { name: 'Send' }).click();
  await at.getByText('Rated 4 of 5').waitFor();
  assert.equal(await at.getByRole('button', { name: 'Send' }).count(), 0);
  await go(at, 'My requests');
  await at.getByRole('row', { name: /Test rack.*Done/ }).waitFor();
});

journey('a rejection says why', async () => {
  const [at, boss] = [theirs.requester.page, theirs.manager.page];
  const number = await ask(at, 'The old one is full');
  await open(boss, number);
  await boss.getByRole('button', { name: 'Reject' }).click();
  await boss.getByText('Say why: whoever asked reads it.').waitFor();
  await boss.getByLabel('Reason').fill('Use the one in room 4');
  await boss.getByRole('button', { name: 'Reject' }).click();
  await boss.getByText('Rejected.', { exact: true }).waitFor();
  await at.getByText('The request was rejected').waitFor();
  await at.getByRole('list', { name: 'Stages' }).getByText('Use the one in room 4').waitFor();
  await boss.goto(`${server.catalogUrl}/service-catalog/approvals?view=decided`);
  await boss.getByRole('list', { name: 'Decided by you' }).getByText('Rejected').waitFor();
  await boss.getByRole('list', { name: 'Decided by you' }).getByText('Done').waitFor();
});

journey('somebody decides for who is away, and a request is taken back', async () => {
  const [at, boss, purchase] = [theirs.requester.page, theirs.manager.page, theirs.buyer.page];
  await boss.goto(`${server.catalogUrl}/service-catalog/approvals?view=delegation`);
  await boss.getByRole('button', { name: 'Delegate' }).click();
  const dialog = boss.getByRole('dialog', { name: 'Delegate your approvals' });
  await dialog.getByLabel('Who decides for you').fill('Omar');
  await boss.getByRole('option', { name: /Omar Farouk/ }).click();
  await dialog.getByRole('button', { name: 'Delegate' }).click();
  await boss.getByText('Omar Farouk decides for you.').waitFor();

  const number = await ask(at, 'A second one');
  await open(purchase, number);
  await purchase.getByRole('button', { name: 'Approve' }).click();
  await at.getByText('Decided by Omar Farouk as a delegate').waitFor();
  await at.getByRole('button', { name: 'Take back' }).click();
  await at.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click();
  await at.getByText('The request was taken back', { exact: true }).waitFor();

  await boss.goto(`${server.catalogUrl}/service-catalog/approvals?view=delegation`);
  await boss.getByRole('button', { name: 'End', exact: true }).click();
  await boss.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
  await boss.getByText('Nobody decides for you').waitFor();
});

journey('a task that failed is tried again among all tasks, and its request is found by its number', async () => {
  const [at, boss, doer] = [theirs.requester.page, theirs.manager.page, theirs.buyer.page];
  const number = await ask(at, 'A third one');
  for (const approver of [boss, doer]) {
    await open(approver, number);
    await approver.getByRole('button', { name: 'Approve' }).click();
    await approver.getByText('Approved.', { exact: true }).waitFor();
  }
  await doer.getByRole('list', { name: 'Tasks' }).getByRole('button', { name: 'Failed…' }).click();
  const dialog = doer.getByRole('dialog');
  await dialog.getByLabel('Reason').fill(`The floor gives way ${SCRIPT}`);
  await dialog.getByRole('button', { name: 'It failed' }).click();
  await doer.getByText('Noted as failed.').waitFor();

  const desk = await newPage();
  await signIn(administrator, desk, server.catalogUrl);
  await desk.getByRole('heading', { name: 'Overview' }).waitFor();
  await desk.goto(server.catalogUrl);
  await go(desk, 'My tasks');
  await desk.getByRole('tab', { name: 'All tasks' }).click();
  const tasks = desk.getByRole('table', { name: 'All tasks' });
  await tasks.getByRole('row', { name: /Put it up.*Failed/ }).getByText(`The floor gives way ${SCRIPT}`).waitFor();
  await tasks.getByRole('button', { name: `Try Put it up of request ${number} again` }).click();
  await desk.getByText('Tried again.').waitFor();
  await tasks.getByRole('row', { name: /Put it up.*To do/ }).waitFor();

  await go(desk, 'All requests');
  const requests = desk.getByRole('table', { name: 'All requests' }).getByRole('link');
  await requests.nth(1).waitFor();
  await desk.getByLabel('Search requests').fill(`#${number}`);
  await until(async () => (await requests.count()) === 1, 'one request is left');
  assert.equal(await requests.innerText(), `${number} · Test rack`);
  await desk.getByLabel('By or for').fill('Lena');
  await desk.getByRole('option', { name: /Lena Fischer/ }).click();
  await desk.getByText('No request matches').waitFor();
  await desk.context().close();
});

journey('the next version says what changed, and a withdrawn item is not offered', async () => {
  await page.getByRole('tab', { name: 'Details' }).click();
  await page.getByLabel('Price').fill('900');
  await page.getByRole('button', { name: 'Publish' }).click();
  const dialog = page.getByRole('dialog', { name: 'Publish Test rack?' });
  await dialog.getByText('Price: 2,500 → 900').waitFor();
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await page.getByText('Published, version 2').waitFor();
  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.getByRole('list', { name: 'Versions' }).getByText('Price: 2,500 → 900').waitFor();

  // What is not saved is not lost without a question.
  await page.getByRole('tab', { name: 'Details' }).click();
  await page.getByLabel('Summary').fill('Something else');
  await go(page, 'Categories');
  await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('heading', { name: 'Categories' }).waitFor();
  await page.getByRole('button', { name: 'Move Support up' }).click();
  await page.getByRole('listitem').nth(-2).getByText('Support').waitFor();

  await go(page, 'Items');
  await page.getByRole('link', { name: 'Test rack' }).click();
  await page.getByRole('button', { name: 'Withdraw' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
  await page.getByText('Withdrawn, version 2').waitFor();
  const at = theirs.requester.page;
  await at.goto(`${server.catalogUrl}/service-catalog/browse?search=rack`);
  await at.getByText('Nothing matches').waitFor();
});

journey('signing in on the port of the catalog leads to the catalog', async () => {
  const fresh = await newPage();
  await fresh.goto(server.catalogUrl);
  await fresh.getByRole('heading', { name: 'Sign in' }).waitFor();
  await signIn(requester, fresh, server.catalogUrl);
  await fresh.getByRole('heading', { name: 'Catalog', level: 1 }).waitFor();
  await fresh.context().close();
});
