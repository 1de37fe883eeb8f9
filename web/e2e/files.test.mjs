/**
 * Files in a real browser: an item asks for one and for an option of a list, which is kept, whoever decides reads the file, a reply
 * to a ticket brings one, and what lies about itself is refused. Each journey goes on from the one before.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { prepare } from './journey.mjs';
import { amelie as administrator, jonas as requester, lena as manager, PHONE } from './people.mjs';
import { choose, go } from './steps.mjs';

/** The smallest there is: a document without a page. */
const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const plan = { name: 'floor plan.pdf', mimeType: 'application/pdf', buffer: PDF };
const liar = { name: 'invoice.pdf', mimeType: 'application/pdf', buffer: PNG };
const picture = { name: 'screen.png', mimeType: 'image/png', buffer: PNG };

let server;
let page;
const theirs = {};
const begin = (started, first) => {
  server = started;
  page = first;
};
const { journey, setUp, call, join } = prepare(begin, { services: 'hub,service-catalog', withLedger: false });

const attached = (at, name) => at.getByRole('list', { name: 'Files to attach' }).getByRole('listitem').filter({ hasText: name });

/** What the browser keeps when this is pressed. */
async function downloaded(at, button) {
  const [download] = await Promise.all([at.waitForEvent('download'), button.click()]);
  return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
}

journey('an administrator builds an item that asks for a file and for an option of a list', async () => {
  await setUp(administrator);
  Object.assign(theirs, { requester: await join(requester), manager: await join(manager, PHONE) });
  await call('PATCH', `/api/v1/hub/users/${theirs.requester.id}`, { manager_id: theirs.manager.id });

  await page.goto(`${server.catalogUrl}/service-catalog/option-lists`);
  await page.getByRole('link', { name: 'Create a list' }).first().click();
  await page.getByLabel('Name', { exact: false }).fill('Sites');
  await page.getByRole('button', { name: 'Paste CSV…' }).click();
  await page.getByRole('dialog').getByLabel('Lines').fill('value,label\nberlin,Berlin\nbern,Bern\nbern,Lisbon');
  await page.getByRole('button', { name: 'Take 3 options' }).click();
  await page.getByText('There is an option of the value “bern” already.').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled());
  await page.getByLabel('Value of option 3').fill('lisbon');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: 'Sites', level: 1 }).waitFor();

  await page.goto(`${server.catalogUrl}/service-catalog/items`);
  await page.getByRole('link', { name: 'Create an item' }).first().click();
  await page.getByRole('heading', { name: 'Create an item' }).waitFor();
  await page.getByLabel('Name').fill('New desk');
  await choose(page.locator('main'), 'Category', 'Hardware');
  await page.getByRole('tab', { name: 'Form' }).click();
  await page.getByRole('button', { name: 'Add a field' }).click();
  await page.getByRole('menuitem', { name: /^One of several/ }).click();
  await page.getByLabel('Question').fill('Site');
  await choose(page.locator('main'), 'Options come from', 'A list that is kept');
  await page.getByRole('switch', { name: 'Has to be answered' }).check();
  await page.getByRole('button', { name: /^Site/ }).click();
  await page.getByLabel('Question').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Add a field' }).click();
  await page.getByRole('menuitem', { name: /^Files/ }).click();
  await page.getByLabel('Question').fill('Plan of the room');
  await page.getByLabel('Types that are taken').fill('application/pdf');
  await page.keyboard.press('Enter');
  await page.getByRole('switch', { name: 'Has to be answered' }).check();
  await page.getByRole('group', { name: 'Preview' }).getByText('One file, PDF, at most 25 MiB.').waitFor();
  await page.getByRole('tab', { name: 'Approval' }).click();
  await page.getByRole('button', { name: 'Add a stage' }).click();
  await page.getByRole('button', { name: 'Save the draft' }).click();
  await page.getByText('The draft is saved.').waitFor();
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
  await page.getByText('Published, version 1').waitFor();

  await page.goto(`${server.catalogUrl}/service-catalog/option-lists`);
  await page.getByRole('link', { name: 'Sites' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('The item New desk takes options from this list: change it first.').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
});

journey('somebody asks for it with a file, and one that lies is refused in words', async () => {
  const at = theirs.requester.page;
  await at.goto(`${server.catalogUrl}/service-catalog/browse`);
  await at.getByRole('link', { name: 'New desk' }).click();
  const form = at.getByRole('form', { name: 'Your request' });
  await form.getByLabel('Site').fill('ber');
  await at.getByRole('option', { name: 'Lisbon' }).waitFor({ state: 'detached' });
  await at.getByRole('option', { name: 'Berlin' }).click();
  const input = form.locator('input[type=file]');
  await input.setInputFiles(liar);
  await attached(form, 'invoice.pdf').getByRole('alert').filter({ hasText: /pdf/i }).waitFor();
  await form.getByRole('button', { name: 'Send the request' }).click();
  await form.getByText('This has to be answered.').waitFor();
  await form.getByRole('button', { name: 'Take invoice.pdf away' }).click();
  // A picture is what it says, and not what is asked for.
  await input.setInputFiles(picture);
  await attached(form, 'screen.png').getByRole('alert').filter({ hasText: 'not of a type that is taken' }).waitFor();
  await form.getByRole('button', { name: 'Take screen.png away' }).click();
  await input.setInputFiles(plan);
  await attached(form, plan.name).getByText(/PDF/).waitFor();
  await form.getByRole('button', { name: 'Send the request' }).click();
  await at.getByRole('heading', { name: /^\d+ · New desk$/ }).waitFor();
  await at.getByText('Berlin', { exact: true }).waitFor();
});

journey('the approver reads the file on a phone, and decides', async () => {
  const at = theirs.manager.page;
  await at.goto(`${server.catalogUrl}/service-catalog/approvals`);
  await at.getByRole('link', { name: /New desk/ }).click();
  const answers = at.getByRole('list', { name: 'Plan of the room' });
  const { name, content } = await downloaded(at, answers.getByRole('button', { name: `Download ${plan.name}` }));
  assert.match(name, /floor plan.*\.pdf$/);
  assert.deepEqual(content, PDF);
  // What was decided on stays.
  assert.equal(await at.getByRole('button', { name: /^Remove/ }).count(), 0);
  await at.getByRole('button', { name: 'Approve' }).click();
  await at.getByText('Approved.', { exact: true }).waitFor();
});

journey('a ticket gets a picture with it and a file with a reply, and one is removed', async () => {
  const at = theirs.requester.page;
  await at.goto(`${server.catalogUrl}/service-catalog/tickets/new`);
  await at.getByLabel('In short').fill('The screen is green');
  await at.locator('main input[type=file]').setInputFiles(picture);
  await attached(at, 'screen.png').getByText(/PNG image/).waitFor();
  await at.getByRole('button', { name: 'Open the ticket' }).click();
  await at.getByRole('heading', { name: /The screen is green$/ }).waitFor();
  const said = at.getByRole('list', { name: 'Conversation' });
  await said.getByRole('button', { name: 'Download screen.png' }).waitFor();

  await go(page, 'Queue');
  await page.getByRole('link', { name: /The screen is green/ }).click();
  await page.getByLabel('Reply', { exact: true }).fill('Please follow this');
  // As somebody drops it there.
  const dropped = await page.evaluateHandle((text) => {
    const data = new globalThis.DataTransfer();
    data.items.add(new globalThis.File([text], 'steps.txt', { type: 'text/plain' }));
    return data;
  }, 'Turn it off, and on.\n');
  for (const type of ['dragover', 'drop']) await page.getByLabel('Reply', { exact: true }).dispatchEvent(type, { dataTransfer: dropped });
  await attached(page, 'steps.txt').getByText(/Text/).waitFor();
  await page.getByRole('button', { name: 'Send reply' }).click();
  await page.getByRole('list', { name: 'Conversation' }).getByRole('button', { name: 'Download steps.txt' }).waitFor();

  // Without a reload.
  const { name, content } = await downloaded(at, said.getByRole('button', { name: 'Download steps.txt' }));
  assert.equal(name, 'steps.txt');
  assert.equal(content.toString(), 'Turn it off, and on.\n');
  // Of others one removes nothing, of one's own what one likes.
  assert.equal(await at.getByRole('button', { name: 'Remove steps.txt' }).count(), 0);
  await at.getByRole('button', { name: 'Remove screen.png' }).click();
  await at.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await said.getByText('1 file was removed.').waitFor();
  assert.equal(await at.getByRole('button', { name: 'Download screen.png' }).count(), 0);
});

journey('what is measured leads to its tickets, and can be had as a file', async () => {
  await page.goto(`${server.catalogUrl}/service-catalog/measures`);
  await page.getByRole('heading', { name: 'Against the targets' }).waitFor();
  await page.getByRole('button', { name: 'Download' }).click();
  const { name, content } = await downloaded(page, page.getByRole('menuitem', { name: /^CSV/ }));
  assert.match(name, /^tickets-.*\.csv$/);
  assert.match(content.toString(), /\d{4}-\d\d-\d\d/);
  await page.getByRole('table', { name: 'Part by part' }).getByRole('row', { name: /^In all/ }).getByRole('link').first().click();
  await page.getByRole('heading', { name: 'Queue' }).waitFor();
  await page.getByRole('link', { name: /The screen is green/ }).waitFor();
  await page.getByText(/^Opened .* – /).waitFor();
});
