/**
 * The public status page in a real browser: it is set up, an incident is declared and told, and somebody who is not
 * signed in sees it go on, end, and stand in the days that were. Each journey goes on from the one before.
 */
import assert from 'node:assert/strict';
import { prepare } from './journey.mjs';
import { amelie as lead, PHONE } from './people.mjs';
import { dialog } from './steps.mjs';

/** In every text that a page shows: it has to be shown as what it is. */
const SCRIPT = '<img src=x onerror="alert(1)">';
const SECRET = `The relay in Room 101 is full ${SCRIPT}`;
const MAIL = `E-mail ${SCRIPT}`;
const TITLE = `Mail is late ${SCRIPT}`;
const UPDATE = `**Nothing is lost** ${SCRIPT}`;

let server;
let page;
let visitor;
const begin = (started, first) => {
  server = started;
  page = first;
};
const { journey, newPage, setUp, call } = prepare(begin, { services: 'hub,service-catalog', withLedger: false });

const publicPage = () => `${server.catalogUrl}/status/example-works`;
const services = () => visitor.getByRole('region', { name: 'Services' });

journey('a status page is set up, and published', async () => {
  await setUp(lead);
  await page.goto(`${server.catalogUrl}/service-catalog/status-page`);
  for (const name of [MAIL, 'Web shop']) {
    await page.getByRole('button', { name: 'Add a component' }).click();
    await dialog(page).getByLabel('Name').fill(name);
    await dialog(page).getByLabel('Group').fill('For customers');
    await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
    await dialog(page).waitFor({ state: 'detached' });
  }
  await page.getByLabel('Address').fill('Example Works');
  await page.getByLabel('Title').fill(`Example Works ${SCRIPT}`);
  await page.getByRole('switch', { name: /^Everybody can read it/ }).check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(/^An address has 3 to 40/).waitFor();
  await page.getByLabel('Address').fill('example-works');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved. Everybody can read the page.').waitFor();

  visitor = await newPage(PHONE);
  await visitor.goto(`${server.catalogUrl}/status/nothing-here`);
  await visitor.getByRole('heading', { name: 'There is no status page here' }).waitFor();
  await visitor.goto(publicPage());
  await visitor.getByRole('heading', { name: `Example Works ${SCRIPT}`, level: 1 }).waitFor();
  await visitor.getByText('Everything works').waitFor();
  await services().getByText(MAIL).waitFor();
  assert.equal(await services().getByRole('img', { name: 'No disruption in 1 day' }).count(), 2);
});

journey('maintenance is planned, and everybody reads of it', async () => {
  await page.getByRole('button', { name: 'Plan maintenance' }).click();
  await dialog(page).getByLabel('Title').fill(`New switches ${SCRIPT}`);
  await dialog(page).getByRole('combobox', { name: 'Components' }).click();
  await page.getByRole('option', { name: 'Web shop' }).click();
  await page.keyboard.press('Escape');
  await dialog(page).getByRole('button', { name: 'Plan', exact: true }).click();
  await page.getByText('It is on the status page.').waitFor();
  await visitor.reload();
  await visitor.getByRole('region', { name: 'Planned maintenance' }).getByText(`New switches ${SCRIPT}`).waitFor();
});

journey('a major incident is declared and told, and a visitor sees it without signing in', async () => {
  const ticket = await call('POST', '/api/v1/service-catalog/tickets', { title: SECRET, impact: 'high', urgency: 'high' });
  await page.goto(`${server.catalogUrl}/service-catalog/desk/${ticket.id}`);
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Declare a major incident…' }).click();
  await dialog(page).getByLabel('Why it is one').fill(SECRET);
  await dialog(page).getByRole('button', { name: 'Declare' }).click();
  await page.getByRole('list', { name: 'Timeline' }).getByText('Amélie Dubois declared it a major incident').waitFor();

  // What everybody reads it called, the first public update says.
  await page.getByLabel('Who reads it').click();
  await page.getByRole('option', { name: 'Public' }).click();
  await page.getByLabel('How it stands').fill(UPDATE);
  assert.ok(await page.getByRole('button', { name: 'Send the update' }).isDisabled());
  await page.getByLabel('Title for everybody').fill(TITLE);
  await page.getByRole('button', { name: 'Send the update' }).click();
  await page.getByRole('list', { name: 'Timeline' }).getByText(`Amélie Dubois called it “${TITLE}” on the status page`).waitFor();
  await page.getByRole('button', { name: 'Title and components…' }).click();
  await dialog(page).getByRole('combobox', { name: MAIL }).click();
  await page.getByRole('option', { name: 'Partial outage' }).click();
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await page.getByRole('list', { name: 'Affected components' }).getByText(MAIL).waitFor();

  await visitor.reload();
  const now = visitor.getByRole('region', { name: 'Going on now' });
  await now.getByRole('heading', { name: TITLE }).waitFor();
  await now.getByText(`Nothing is lost ${SCRIPT}`).waitFor();
  await visitor.getByText('Some services are disrupted').waitFor();
  assert.equal(await visitor.getByText(/Room 101/).count(), 0, 'nothing internal is public');
  assert.equal(await visitor.getByText(/Amélie/).count(), 0, 'nobody is named');
});

journey('it follows by itself: resolved, and part of the days that were', async () => {
  await page.getByRole('button', { name: 'Resolve…' }).click();
  await dialog(page).getByLabel('How it was solved').fill(SECRET);
  await dialog(page).getByRole('button', { name: 'Resolve', exact: true }).click();
  await page.getByText('It is resolved. 1 ticket resolved.').waitFor();

  // The page asks again by itself, twice a minute.
  await visitor.getByText('Everything works').waitFor();
  const past = visitor.getByRole('region', { name: 'The last 90 days' });
  await past.getByRole('heading', { name: TITLE }).waitFor();
  await past.getByText('Resolved').waitFor();
  await services().getByRole('img', { name: 'Disrupted on 1 of 1 day' }).waitFor();
  assert.equal(await visitor.getByText(/Room 101/).count(), 0, 'how it was solved is internal');
  const feed = await (await fetch(`${server.catalogUrl}/api/v1/service-catalog/status/example-works/feed.atom`)).text();
  assert.match(feed, /Mail is late &lt;img/);
  assert.doesNotMatch(feed, /Room 101/);
});

journey('what is not published any more is not there', async () => {
  await page.goto(`${server.catalogUrl}/service-catalog/status-page`);
  await page.getByRole('switch', { name: /^Everybody can read it/ }).uncheck();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved. Nobody can read the page yet.').waitFor();
  await visitor.reload();
  await visitor.getByRole('heading', { name: 'There is no status page here' }).waitFor();
});
