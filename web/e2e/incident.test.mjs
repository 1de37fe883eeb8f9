/**
 * A major incident from its ticket to its review, and an article from its draft to the reader whom it helps, in a
 * real browser. Each journey goes on from the one before.
 */
import assert from 'node:assert/strict';
import { prepare } from './journey.mjs';
import { amelie as lead, jonas as requester, noor as engineer } from './people.mjs';
import { dialog, go } from './steps.mjs';

/** In every text that a page shows: it has to be shown as what it is. */
const SCRIPT = '<img src=x onerror="alert(1)">';
const OUTAGE = `No mail goes out ${SCRIPT}`;
const ARTICLE = `Queued mail ${SCRIPT}`;

let server;
let page;
const theirs = {};
const begin = (started, first) => {
  server = started;
  page = first;
};
const { journey, setUp, call, join } = prepare(begin, { services: 'hub,service-catalog', withLedger: false });

const timeline = (at) => at.getByRole('list', { name: 'Timeline' });

journey('a P1 ticket is opened, escalated, and declared a major incident', async () => {
  await setUp(lead);
  Object.assign(theirs, { requester: await join(requester), engineer: await join(engineer) });
  const level = { responders: [{ user: theirs.engineer.id }], answer_minutes: 15 };
  await call('PUT', '/api/v1/service-catalog/escalation-ladders/technical', { is_around_the_clock: true, levels: [level] }, 0);
  await call('PUT', '/api/v1/service-catalog/escalation-ladders/business', { is_around_the_clock: true, levels: [level] }, 0);

  const at = theirs.requester.page;
  await at.goto(`${server.catalogUrl}/service-catalog/tickets/new`);
  await at.getByLabel('In short').fill(OUTAGE);
  await at.getByRole('radio', { name: /^The whole organisation/ }).check();
  await at.getByRole('radio', { name: 'Work has stopped' }).check();
  await at.getByRole('button', { name: 'Open the ticket' }).click();
  await at.getByRole('heading', { name: `#1 · ${OUTAGE}`, level: 1 }).waitFor();

  await page.goto(`${server.catalogUrl}/service-catalog/desk`);
  await page.getByRole('link', { name: /No mail goes out/ }).click();
  await page.getByRole('heading', { name: `#1 · ${OUTAGE}`, level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Escalate…' }).click();
  await dialog(page).getByLabel('Ladder').click();
  await page.getByRole('option', { name: 'Business' }).click();
  await dialog(page).getByLabel('Why').fill('Customers ask');
  await dialog(page).getByRole('button', { name: 'Escalate' }).click();
  await page.getByRole('group', { name: 'Business escalation' }).getByText('Noor Haddad').waitFor();

  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Declare a major incident…' }).click();
  await dialog(page).getByLabel('Why it is one').fill(`Nobody can send ${SCRIPT}`);
  await dialog(page).getByRole('button', { name: 'Declare' }).click();
  await page.getByRole('heading', { name: `#1 · ${OUTAGE}`, level: 1 }).waitFor();
  await timeline(page).getByText('Amélie Dubois declared it a major incident').waitFor();
  await timeline(page).getByText(`Nobody can send ${SCRIPT}`).waitFor();
  await page.getByRole('list', { name: 'Roles' }).getByText('Amélie Dubois').waitFor();
});

journey('a commander and a lead are assigned, and those who are affected read how it stands', async () => {
  const roles = page.getByRole('list', { name: 'Roles' });
  const assign = async (button, label, submit) => {
    await roles.getByRole('button', { name: button }).click();
    await dialog(page).getByLabel(label, { exact: true }).fill('Noor');
    await page.getByRole('option', { name: /^Noor Haddad/ }).click();
    await dialog(page).getByRole('button', { name: submit, exact: true }).click();
    await dialog(page).waitFor({ state: 'detached' });
  };
  await assign('Assign the technical lead', 'Technical lead', 'Assign');
  await roles.getByRole('listitem').filter({ hasText: 'Technical lead' }).getByText('Noor Haddad').waitFor();
  await assign('Hand over the commander', 'Commander', 'Hand over');
  await roles.getByRole('listitem').filter({ hasText: 'Commander' }).getByText('Noor Haddad').waitFor();
  await timeline(page).getByText('Amélie Dubois handed over: Noor Haddad is commander').waitFor();

  await page.getByRole('button', { name: 'Set state' }).click();
  await page.getByRole('menuitem', { name: 'Cause identified' }).click();
  await timeline(page).getByText('Amélie Dubois: Declared → Cause identified').waitFor();
  await page.getByRole('button', { name: 'Timeline entry' }).click();
  await page.getByLabel('What happened').fill(`The relay was full ${SCRIPT}`);
  await page.getByRole('button', { name: 'Add to the timeline' }).click();
  await timeline(page).getByText(`The relay was full ${SCRIPT}`).waitFor();
  await page.getByRole('button', { name: 'Status update' }).click();
  await page.getByLabel('How it stands').fill(`**Nothing is lost** ${SCRIPT}`);
  await page.getByRole('button', { name: 'Send the update' }).click();
  await timeline(page).getByText(`Nothing is lost ${SCRIPT}`).waitFor();

  const told = theirs.requester.page.getByRole('region', { name: 'Major incident' });
  await told.getByText(`Nothing is lost ${SCRIPT}`).waitFor();
  assert.equal(await told.getByText(/The relay was full/).count(), 0, 'the timeline is not for requesters');
});

journey('it is resolved with its ticket', async () => {
  await page.getByRole('button', { name: 'Resolve…' }).click();
  await dialog(page).getByLabel('How it was solved').fill(`More space ${SCRIPT}`);
  assert.ok(await dialog(page).getByLabel(/^Resolve its tickets/).isChecked());
  await dialog(page).getByRole('button', { name: 'Resolve', exact: true }).click();
  await page.getByText('It is resolved. 1 ticket resolved.').waitFor();
  await timeline(page).getByText('Amélie Dubois: Cause identified → Resolved').waitFor();
  await theirs.requester.page.getByRole('list', { name: 'Conversation' }).getByText(`More space ${SCRIPT}`).waitFor();
});

journey('its review is written from the template, published, and its action done by its owner', async () => {
  await page.getByRole('button', { name: 'Begin the review' }).click();
  await page.getByRole('heading', { name: 'Review', level: 1 }).waitFor();
  assert.match(await page.getByLabel('Timeline *').inputValue(), /The relay was full/, 'it begins with the timeline');
  await page.getByText('To be written before it is published: Summary, Impact and Root cause.').waitFor();
  await page.getByLabel('Summary *').fill(`Mail stood still ${SCRIPT}`);
  await page.getByLabel('Impact *').fill('Everybody, for an hour');
  await page.getByLabel('Root cause *').fill('A disk was full');
  await page.getByRole('group', { name: 'Summary: write or preview' }).getByRole('button', { name: 'Preview' }).click();
  await page.getByRole('region', { name: 'Preview of Summary' }).getByText(`Mail stood still ${SCRIPT}`).waitFor();
  await page.getByRole('button', { name: 'Add an action' }).click();
  const action = page.getByRole('group', { name: 'Action 1' });
  await action.getByLabel(/^What is to be done/).fill(`Watch the disk ${SCRIPT}`);
  await action.getByLabel('Owner').fill('Amélie');
  await page.getByRole('option', { name: /^Amélie Dubois/ }).click();
  await action.getByLabel('Due').fill('2031-05-01');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('The review is saved. It is a draft until it is published.').waitFor();
  await page.getByRole('button', { name: 'Publish…' }).click();
  await dialog(page).getByRole('button', { name: 'Publish' }).click();
  await page.getByText('The review is published.').waitFor();
  await page.getByText(`Mail stood still ${SCRIPT}`).waitFor();
  const actions = page.getByRole('list', { name: 'Actions' });
  await actions.getByText(`Watch the disk ${SCRIPT}`).waitFor();
  await actions.getByRole('combobox').click();
  await page.getByRole('option', { name: 'Done' }).click();
  await actions.getByRole('combobox').getByText('Done').waitFor();

  await go(page, 'Major incidents');
  await page.getByText('There is no major incident').waitFor();
  await page.getByRole('table', { name: 'Major incidents that are over' }).getByRole('link', { name: /No mail goes out/ }).click();
  await page.getByRole('button', { name: 'Mark as reviewed' }).click();
  await dialog(page).getByRole('button', { name: 'Mark as reviewed' }).click();
  await page.getByText('It is reviewed, and history.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Send the update' }).count(), 0);
});

journey('an article with code in it is written, looked at, and published', async () => {
  await go(page, 'Knowledge base');
  await page.getByRole('link', { name: 'Write an article' }).first().click();
  await page.getByLabel('Title').fill(ARTICLE);
  await page.getByLabel('Category').fill('E-mail');
  await page.getByLabel('Text *').fill(`## Wait\n\nFive **minutes**.\n\n${SCRIPT}\n\n<script>alert(1)</script>\n\n[here](javascript:alert(1))`);
  await page.getByRole('button', { name: 'Preview' }).click();
  const preview = page.getByRole('region', { name: 'Preview of Text' });
  await preview.getByText('<script>alert(1)</script>').waitFor();
  assert.equal(await preview.locator('img, script, a').count(), 0);
  await page.getByRole('button', { name: 'Save the draft' }).click();
  await page.getByRole('heading', { name: ARTICLE, level: 1 }).waitFor();
  await page.getByText('It is a draft: nobody reads it but those who write articles.').waitFor();
  await page.getByRole('button', { name: 'Publish' }).click();
  await dialog(page).getByRole('button', { name: 'Publish' }).click();
  await page.getByText('The article is published.').waitFor();
  await page.getByRole('list', { name: 'Versions' }).getByText('Version 1').waitFor();
});

journey('somebody finds it while they type a title, reads it, and says that it helped', async () => {
  const at = theirs.requester.page;
  await at.goto(`${server.catalogUrl}/service-catalog/tickets/new`);
  await at.getByLabel('In short').fill('My mail is queu');
  await at.getByRole('list', { name: 'This may help already' }).getByRole('button', { name: /^Queued mail/ }).click();
  const drawer = at.getByRole('dialog', { name: ARTICLE });
  await drawer.getByRole('heading', { name: 'Wait' }).waitFor();
  await drawer.getByText(SCRIPT, { exact: true }).waitFor();
  await drawer.getByText('[here](javascript:alert(1))').waitFor();
  assert.equal(await drawer.locator('img, script').count(), 0);
  await drawer.getByRole('button', { name: 'Yes' }).click();
  await drawer.getByLabel('Anything to add').fill(`Thanks ${SCRIPT}`);
  await drawer.getByRole('button', { name: 'Send' }).click();
  await drawer.getByText(/You said that it helped/).waitFor();
  await drawer.getByRole('button', { name: 'Close' }).click();
  assert.equal(await at.getByLabel('In short').inputValue(), 'My mail is queu', 'what was typed is still there');

  await page.reload();
  await page.getByText('It helped 1 of 1.').waitFor();
  await page.getByRole('list', { name: 'Feedback' }).getByText(`Thanks ${SCRIPT}`).waitFor();
});

journey('an agent answers a second ticket with it, splits it, links the two, and merges them', async () => {
  const at = theirs.requester.page;
  await at.getByLabel('In short').fill('Mail is queued again');
  await at.getByRole('button', { name: 'Open the ticket' }).click();
  await at.getByRole('heading', { name: '#2 · Mail is queued again', level: 1 }).waitFor();
  await at.getByLabel('Reply', { exact: true }).fill('And the scanner is broken');
  await at.getByRole('button', { name: 'Send reply' }).click();

  await call('POST', '/api/v1/service-catalog/canned-answers', { name: 'Received', text: 'Hello {{requester.name}}, we look at it.' });
  await go(page, 'Queue');
  await page.getByRole('link', { name: /Mail is queued again/ }).click();
  await page.getByRole('button', { name: 'Canned answer' }).click();
  await page.getByRole('option', { name: /^Received/ }).click();
  const reply = page.getByLabel('Reply', { exact: true });
  await reply.filter({ hasText: 'Hello Jonas Weber, we look at it' }).waitFor();
  await page.getByRole('button', { name: 'Article', exact: true }).click();
  await page.getByRole('option', { name: ARTICLE }).click();
  await dialog(page).getByRole('button', { name: 'Insert the link' }).click();
  await page.getByRole('button', { name: 'Send reply' }).click();
  await page.getByRole('list', { name: 'Answered with' }).getByText(ARTICLE).waitFor();
  await at.getByRole('list', { name: 'Conversation' }).getByRole('link', { name: ARTICLE }).waitFor();

  await page.getByRole('list', { name: 'Conversation' }).getByRole('button', { name: 'Split off the message of Jonas Weber' }).click();
  await dialog(page).getByLabel('Title of the new ticket').fill('Broken scanner');
  await dialog(page).getByRole('button', { name: 'Split off' }).click();
  await page.getByRole('heading', { name: '#3 · Broken scanner', level: 1 }).waitFor();
  await page.getByRole('list', { name: 'Links' }).getByText('#2 · Mail is queued again').waitFor();
  await page.getByRole('button', { name: 'Remove the link to #2 · Mail is queued again' }).click();
  await page.getByText('It is linked to nothing.').waitFor();
  await page.getByRole('button', { name: 'Add a link…' }).click();
  await dialog(page).getByLabel('#3', { exact: true }).click();
  await page.getByRole('option', { name: 'is caused by' }).click();
  await dialog(page).getByLabel('Ticket', { exact: true }).fill('2');
  await page.getByRole('option', { name: /^#2 · Mail is queued again/ }).click();
  await dialog(page).getByRole('button', { name: 'Link', exact: true }).click();
  await page.getByRole('list', { name: 'Links' }).getByText('Caused by').waitFor();

  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Merge into another…' }).click();
  await dialog(page).getByLabel('Into').fill('queued again');
  await page.getByRole('option', { name: /^#2 · Mail is queued again/ }).click();
  await dialog(page).getByRole('button', { name: 'Merge into #2' }).click();
  await page.getByRole('heading', { name: '#2 · Mail is queued again', level: 1 }).waitFor();
  await page.getByRole('list', { name: 'Links' }).getByText('Causes').waitFor();
  await page.getByRole('list', { name: 'Conversation' }).getByText('Merged into this one: #3').waitFor();
});
