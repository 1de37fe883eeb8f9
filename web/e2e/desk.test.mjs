/**
 * The service desk in a real browser: somebody reports a problem, an agent finds it in the queue by the keyboard
 * and solves it, and an administrator sets what the desk promises. Each journey goes on from the one before.
 */
import assert from 'node:assert/strict';
import { prepare } from './journey.mjs';
import { amelie as administrator, jonas as requester, lena as owner, noor as agent, PHONE } from './people.mjs';
import { choose, dialog, go } from './steps.mjs';

/** In every text that a page shows: it has to be shown as what it is. */
const SCRIPT = '<img src=x onerror="alert(1)">';
const TITLE = `Printer jams ${SCRIPT}`;
const AGENT_MAY = ['catalog.all-tickets.read', 'catalog.all-tickets.write', 'catalog.service-levels.read'];

let server;
let page;
const theirs = {};
const begin = (started, first) => {
  server = started;
  page = first;
};
const { journey, setUp, call, join } = prepare(begin, { services: 'hub,service-catalog', withLedger: false });

const conversation = (at) => at.getByRole('list', { name: 'Conversation' });

journey('an administrator makes a calendar, and sets what the desk promises', async () => {
  await setUp(administrator);

  const { id: role } = await call('POST', '/api/v1/hub/roles', { name: 'Agent', description: '', permissions: AGENT_MAY });
  Object.assign(theirs, { requester: await join(requester, PHONE), agent: await join(agent, { roles: [role] }), owner: await join(owner) });
  const { id: group } = await call('POST', '/api/v1/hub/groups', { name: 'Network' });
  await call('PUT', `/api/v1/hub/groups/${group}/members`, { user_ids: [theirs.agent.id] });

  await page.goto(server.catalogUrl);
  await go(page, 'Calendars');
  await page.getByRole('link', { name: 'Create a calendar' }).first().click();
  await page.getByLabel('Name').fill(`Mondays ${SCRIPT}`);
  await page.getByLabel('Time zone').fill('Kolkata');
  await page.getByRole('option', { name: 'Asia/Kolkata' }).click();
  for (const day of ['Tuesday', 'Wednesday', 'Thursday', 'Friday']) await page.getByRole('group', { name: day }).getByRole('button', { name: /^Remove/ }).click();
  // What ends before it begins ends on the next day.
  await page.getByRole('group', { name: 'Monday' }).getByLabel('Monday, until').fill('08:00');
  await page.getByText('Until 08:00 of the next day').waitFor();
  await page.getByText('Open 23 hours a week.').waitFor();
  await page.getByRole('group', { name: 'Monday' }).getByLabel('Monday, until').fill('10:00');
  await page.getByText('Open 1 hour a week.').waitFor();
  await page.getByRole('switch', { name: /^The default/ }).uncheck();
  await page.getByRole('button', { name: 'Create the calendar' }).click();
  await page.getByRole('heading', { name: `Mondays ${SCRIPT}`, level: 1 }).waitFor();

  await page.getByRole('button', { name: 'Add a holiday' }).click();
  await dialog(page).getByLabel('Name').fill(`Fair ${SCRIPT}`);
  await dialog(page).getByLabel('First day').fill('2031-05-01');
  await dialog(page).getByRole('button', { name: 'Add' }).click();
  await page.getByRole('list', { name: 'Holidays of 2031' }).getByText(`Fair ${SCRIPT}`).waitFor();
  await page.getByRole('button', { name: 'Import a file' }).click();
  await dialog(page).getByLabel('iCalendar file').setInputFiles({
    name: 'holidays.ics',
    mimeType: 'text/calendar',
    buffer: Buffer.from('BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:May Day\r\nDTSTART;VALUE=DATE:20310502\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'),
  });
  await dialog(page).getByLabel('From').fill('2031-01-01');
  await dialog(page).getByLabel('Until').fill('2031-12-31');
  await dialog(page).getByRole('button', { name: 'Import' }).click();
  await page.getByText('1 holiday added.').waitFor();
  await page.getByRole('list', { name: 'Holidays of 2031' }).getByText('May Day').waitFor();
  await page.getByRole('list', { name: 'Versions' }).getByText('Version 3, 2 holidays').waitFor();
  await page.getByRole('button', { name: 'Make it the default' }).click();
  await dialog(page).getByRole('button', { name: 'Make it the default' }).click();
  await page.getByText('Default: what is opened counts by it').waitFor();

  await go(page, 'Service levels');
  const third = page.getByRole('group', { name: 'P3' }).first();
  await third.getByLabel('Solution within', { exact: true }).fill('36');
  await page.getByLabel('Add a group').click();
  await page.getByRole('option', { name: 'Network' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved. It counts for tickets that are opened from now on.').waitFor();

  await go(page, 'Escalation');
  const ladder = page.getByRole('group', { name: 'Technical ladder' });
  await ladder.getByRole('button', { name: 'Add a level' }).click();
  await ladder.getByLabel('Calls').fill('Noor');
  await page.getByRole('option', { name: 'Noor Haddad' }).click();
  await ladder.getByRole('switch', { name: 'Minutes count at night, too' }).check();
  await ladder.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved. What is escalated already goes on as it began.').waitFor();
  const level = { responders: [{ user: theirs.owner.id }], answer_minutes: 15 };
  await call('PUT', '/api/v1/service-catalog/escalation-ladders/business', { is_around_the_clock: true, levels: [level] }, 0);
});

journey('somebody reports a problem from a phone', async () => {
  const at = theirs.requester.page;
  await at.goto(`${server.catalogUrl}/service-catalog/tickets`);
  await at.getByRole('link', { name: 'Report a problem' }).first().click();
  const form = at.getByRole('form', { name: 'Ticket' });
  await form.getByLabel('In short').fill(TITLE);
  await form.getByLabel('What happened').fill(`It began **today**.\n\n${SCRIPT}\n\n[here](javascript:alert(1))`);
  await form.getByRole('radio', { name: 'My team, or several people' }).check();
  await form.getByRole('button', { name: 'Open the ticket' }).click();
  await at.getByRole('heading', { name: `#1 · ${TITLE}`, level: 1 }).waitFor();
  await at.getByText(SCRIPT, { exact: true }).waitFor();
  await at.getByText('[here](javascript:alert(1))').waitFor();
  assert.equal(await at.locator('strong', { hasText: 'today' }).count(), 1);
  const clocks = at.getByRole('list', { name: 'Clocks' });
  await clocks.getByText('First reply').waitFor();
  await clocks.getByRole('button', { name: 'Why does Solution show this?' }).click();
  await at.getByRole('dialog', { name: 'Why? Solution' }).getByRole('button', { name: 'Close' }).click();
  await dialog(at).waitFor({ state: 'detached' });
  // What is the desk's is not shown, and not offered.
  assert.equal(await clocks.getByText(/tier|Time with/i).count(), 0);
  assert.equal(await at.getByRole('button', { name: 'Internal note' }).count(), 0);
});

journey('an agent finds it by the keyboard, takes it, replies, and resolves it', async () => {
  const at = theirs.agent.page;
  await at.goto(`${server.catalogUrl}/service-catalog/desk`);
  const queue = at.getByRole('table', { name: 'Queue' });
  await queue.getByRole('link', { name: /Printer jams/ }).waitFor();
  await at.keyboard.press('?');
  await at.getByRole('dialog', { name: 'Keys of the queue' }).getByRole('button', { name: 'Close' }).click();
  await dialog(at).waitFor({ state: 'detached' });
  // In a field a letter is a letter.
  await at.keyboard.press('/');
  await at.keyboard.type('jax');
  await at.getByText('No ticket matches').waitFor();
  assert.equal(await at.getByLabel('Search tickets').inputValue(), 'jax');
  await at.getByLabel('Search tickets').fill('jam');
  await queue.getByRole('link', { name: /Printer jams/ }).waitFor();
  await at.getByLabel('Search tickets').press('Enter');
  await at.keyboard.press('j');
  await at.keyboard.press('x');
  await at.getByText('1 ticket selected').waitFor();
  await at.keyboard.press('a');
  await at.getByText('1 ticket changed.').waitFor();
  await queue.getByRole('row', { name: /Printer jams.*Open.*Noor Haddad/ }).waitFor();
  await at.keyboard.press('k');
  await at.keyboard.press('Enter');
  await at.getByRole('heading', { name: `#1 · ${TITLE}`, level: 1 }).waitFor();

  await at.getByRole('button', { name: 'Internal note' }).click();
  await at.getByText('Only the desk reads it.').waitFor();
  await at.getByLabel('Internal note', { exact: true }).fill(`They pull at the paper ${SCRIPT}`);
  await at.getByRole('button', { name: 'Add internal note' }).click();
  await conversation(at).getByText(`They pull at the paper ${SCRIPT}`).waitFor();
  await at.getByRole('button', { name: 'Public reply' }).click();
  await at.getByLabel('Reply', { exact: true }).fill(`Which tray? ${SCRIPT}`);
  await at.getByLabel('Then wait for the requester').check();
  await at.getByRole('button', { name: 'Send reply' }).click();
  await at.getByText('Waits for the requester').first().waitFor();

  await at.getByRole('button', { name: 'Escalate…' }).click();
  await dialog(at).getByLabel('Why').fill('It spreads');
  await dialog(at).getByRole('button', { name: 'Escalate' }).click();
  const climb = at.getByRole('group', { name: 'Technical escalation' });
  await climb.getByText('Noor Haddad').waitFor();
  await climb.getByRole('button', { name: 'I take care of it' }).click();
  await climb.getByText('Noor Haddad takes care of it.').waitFor();
});

journey('the requester sees the reply and not the note, and answers', async () => {
  const at = theirs.requester.page;
  // Without a reload.
  await conversation(at).getByText(`Which tray? ${SCRIPT}`).waitFor();
  await at.getByText('The desk waits for your answer: reply below.').waitFor();
  assert.equal(await at.getByText(/They pull at the paper/).count(), 0);
  await at.getByLabel('Reply', { exact: true }).fill('The lower one');
  await at.getByRole('button', { name: 'Send reply' }).click();
  await conversation(at).getByText('The lower one').waitFor();

  const desk = theirs.agent.page;
  await conversation(desk).getByText('The lower one').waitFor();
  await desk.getByRole('button', { name: 'Resolve…' }).click();
  await dialog(desk).getByLabel('Solution').fill(`A new roller ${SCRIPT}`);
  await dialog(desk).getByRole('button', { name: 'Resolve' }).click();
  await desk.getByText('Resolved', { exact: true }).first().waitFor();
});

journey('the requester reopens it, it is resolved again, and rated', async () => {
  const [at, desk] = [theirs.requester.page, theirs.agent.page];
  await conversation(at).getByText(`A new roller ${SCRIPT}`).waitFor();
  await at.getByRole('button', { name: 'It is not solved' }).click();
  await dialog(at).getByRole('button', { name: 'It is not solved' }).click();
  await at.getByText('It is open again.').waitFor();

  // Somebody else was faster: what was typed stays.
  await desk.getByRole('button', { name: 'Resolve…' }).waitFor();
  await desk.getByRole('button', { name: 'Edit' }).click();
  await dialog(desk).getByLabel('Title').fill(`${TITLE} again`);
  await change(theirs.agent, { tags: ['paper'] });
  await dialog(desk).getByRole('button', { name: 'Save' }).click();
  await desk.getByText(/Somebody else changed this meanwhile/).first().waitFor();
  assert.equal(await dialog(desk).getByLabel('Title').inputValue(), `${TITLE} again`);
  await dialog(desk).getByRole('button', { name: 'Save' }).click();
  await desk.getByRole('heading', { name: `#1 · ${TITLE} again`, level: 1 }).waitFor();
  await desk.getByRole('list', { name: 'Tags' }).getByText('paper').waitFor();

  await desk.getByRole('button', { name: 'Resolve…' }).click();
  await dialog(desk).getByLabel('Solution').fill('A new printer');
  await dialog(desk).getByRole('button', { name: 'Resolve' }).click();
  await conversation(at).getByText('A new printer').waitFor();
  await at.locator('label', { hasText: '5 of 5' }).click();
  await at.getByLabel('Comment', { exact: true }).fill(`Quick ${SCRIPT}`);
  await at.getByRole('button', { name: 'Send', exact: true }).click();
  await conversation(at).getByText(`Quick ${SCRIPT}`).waitFor();
  await at.getByRole('button', { name: 'Close the ticket' }).click();
  await dialog(at).getByRole('button', { name: 'Close the ticket' }).click();
  await at.getByText('Closed', { exact: true }).first().waitFor();
  await at.goto(`${server.catalogUrl}/service-catalog/tickets`);
  await at.getByRole('list', { name: 'My tickets' }).getByText('Closed').waitFor();
  await conversation(desk).getByText(`Quick ${SCRIPT}`).waitFor();
});

/** Changes the ticket that somebody looks at, from somewhere else. */
const change = (who, body) => call('PATCH', `/api/v1/service-catalog/tickets/${new URL(who.page.url()).pathname.split('/').at(-1)}`, body);

journey('a clock says why it shows what it shows', async () => {
  const at = theirs.agent.page;
  const clocks = at.getByRole('list', { name: 'Clocks' });
  await clocks.getByText(/of 36 h/).waitFor();
  await clocks.getByRole('button', { name: 'Why does Solution show this?' }).click();
  const why = at.getByRole('dialog', { name: 'Why? Solution' });
  const intervals = why.getByRole('table', { name: 'Intervals' });
  await intervals.getByRole('row', { name: /Paused: it waited for the requester|Outside the hours of the calendar|Counts/ }).first().waitFor();
  await why.getByText(/of 36 h counted/).waitFor();
  await why.getByRole('button', { name: 'Close' }).click();
  await at.getByRole('list', { name: 'Timeline' }).getByText('Technical escalation: Noor Haddad takes care of it').waitFor();
});

journey('a view is kept, and what is not open is not in the queue', async () => {
  const at = theirs.agent.page;
  await go(at, 'Queue');
  await at.getByText('No ticket is open').waitFor();
  await at.getByRole('combobox', { name: 'State' }).click();
  await at.getByRole('option', { name: 'Closed' }).click();
  await at.getByRole('link', { name: /Printer jams/ }).waitFor();
  await at.getByRole('button', { name: 'Save view' }).click();
  await dialog(at).getByLabel('Name').fill(`History ${SCRIPT}`);
  await dialog(at).getByRole('button', { name: 'Save' }).click();
  await at.getByRole('tab', { name: `History ${SCRIPT}` }).waitFor();
  await at.getByRole('tab', { name: 'All open' }).click();
  await at.getByText('No ticket is open').waitFor();
  await at.getByRole('tab', { name: `History ${SCRIPT}` }).click();
  await at.getByRole('link', { name: /Printer jams/ }).waitFor();
  // A new one comes in without a reload.
  await at.getByRole('tab', { name: 'All open' }).click();
  await at.getByText('No ticket is open').waitFor();
  const from = theirs.requester.page;
  await from.getByRole('link', { name: 'Report a problem' }).first().click();
  await from.getByLabel('In short').fill('No network');
  await from.getByRole('button', { name: 'Open the ticket' }).click();
  await at.getByRole('link', { name: /No network/ }).waitFor();
});

journey('somebody who is no agent is called, and answers from their notice', async () => {
  const [at, desk] = [theirs.owner.page, theirs.agent.page];
  await desk.getByRole('link', { name: /No network/ }).click();
  await desk.getByRole('button', { name: 'Escalate…' }).click();
  await choose(dialog(desk), 'Ladder', 'Business');
  await dialog(desk).getByLabel('Why').fill('The whole site waits');
  await dialog(desk).getByRole('button', { name: 'Escalate' }).click();
  const climb = (where) => where.getByRole('group', { name: 'Business escalation' });
  await climb(desk).getByText('Lena Fischer').waitFor();

  // Without a reload; it leads to the ticket as its requester sees it.
  await at.getByRole('button', { name: /^Notifications: \d+ unread/ }).click();
  await at.getByRole('dialog', { name: 'Notifications' }).getByRole('link', { name: 'Ticket 2 is escalated to you: No network' }).click();
  await at.waitForURL(/\/service-catalog\/tickets\/[^/]+$/);
  await at.getByRole('heading', { name: '#2 · No network', level: 1 }).waitFor();
  await climb(at).getByRole('button', { name: 'I take care of it' }).click();
  await climb(at).getByText('Lena Fischer takes care of it.').waitFor();
  await climb(desk).getByText('Lena Fischer takes care of it.').waitFor();
  assert.equal(await at.getByRole('button', { name: 'Escalate…' }).count(), 0);
  assert.equal(await at.getByLabel('Reply', { exact: true }).count(), 0);

  // It is theirs to see for as long as it calls somebody.
  await climb(at).getByRole('button', { name: 'End it' }).click();
  await at.getByText(/^Its escalation is over/).waitFor();
});
