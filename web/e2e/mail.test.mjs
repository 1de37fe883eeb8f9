/**
 * E-mail in a real browser: the desk gets an address, a message that nobody vouches for is held, an agent reads it as
 * text and takes it as somebody's, and another is thrown away. Each journey goes on from the one before.
 */
import assert from 'node:assert/strict';
import { prepare } from './journey.mjs';
import { amelie as administrator, jonas as requester, noor as agent, PHONE } from './people.mjs';
import { dialog, go } from './steps.mjs';

const AGENT_MAY = ['catalog.all-tickets.read', 'catalog.all-tickets.write', 'hub.people.read'];
const SCRIPT = '<script>alert(1)</script><img src=x onerror="alert(1)">';

let server;
let page;
let key;
const theirs = {};
const begin = (started, first) => {
  server = started;
  page = first;
};
const { journey, setUp, call, join } = prepare(begin, { services: 'hub,service-catalog', withLedger: false });

const said = (at) => at.getByRole('region', { name: 'Text of the message' });

/** Passes a message on, as a mail server does. */
async function bring(lines, text) {
  const answer = await fetch(`${server.catalogUrl}/api/v1/service-catalog/mail/messages`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'message/rfc822' },
    body: [...lines, 'To: it@example.com', '', text].join('\r\n'),
  });
  assert.ok(answer.ok, await answer.clone().text());
  return answer.json();
}

journey('an administrator gives the desk an address, and sees how messages are brought', async () => {
  await setUp(administrator);
  const { id: role } = await call('POST', '/api/v1/hub/roles', { name: 'Agent', description: '', permissions: AGENT_MAY });
  Object.assign(theirs, { requester: await join(requester), agent: await join(agent, { roles: [role], ...PHONE }) });
  ({ key } = await call('POST', '/api/v1/hub/api-keys', { name: 'Mail server', permissions: ['catalog.mail.write'] }));

  await page.goto(server.catalogUrl);
  await go(page, 'E-mail');
  await page.getByText('The desk takes no e-mail yet', { exact: true }).waitFor();
  await page.getByLabel('Address', { exact: false }).fill('no address');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('This is no e-mail address, such as it@example.com.').waitFor();
  await page.getByLabel('Address', { exact: false }).fill('it@example.com');
  await page.getByLabel('Its name in Authentication-Results').fill('mx.example.com');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('The desk takes e-mail from now on.').waitFor();
  await page.getByText('The desk takes e-mail', { exact: true }).waitFor();
  await page.getByText(`${server.catalogUrl}/api/v1/service-catalog/mail/messages`).waitFor();
});

journey('a message that nobody vouches for is held, read as text, and becomes a ticket', async () => {
  const subject = `The scanner smokes ${SCRIPT}`;
  const held = await bring([`From: ${requester.name} <${requester.email}>`, 'Message-ID: <1@example.com>', `Subject: ${subject}`], `It smells. ${SCRIPT}\r\n\r\n[here](javascript:alert(1))`);
  assert.deepEqual([held.state, held.reason], ['held', 'unauthenticated']);

  const at = theirs.agent.page;
  await at.goto(`${server.catalogUrl}/service-catalog/mail`);
  const list = at.getByRole('list', { name: 'Held messages' });
  await list.getByText('Nobody vouches for its sender').waitFor();
  await list.getByRole('link', { name: subject }).click();
  await at.getByRole('heading', { name: subject, level: 1 }).waitFor();
  await said(at).getByText(`It smells. ${SCRIPT}`).waitFor();
  await said(at).getByText('[here](javascript:alert(1))').waitFor();
  assert.equal(await said(at).locator('*').count(), 0, 'what it says is text and nothing else');

  await at.getByRole('button', { name: 'Accept…' }).click();
  await dialog(at).getByText(/^Anybody can write this address into a message/).waitFor();
  assert.equal(await dialog(at).getByLabel('Whose it is').inputValue(), requester.name, 'whoever it says it is from');
  await dialog(at).getByRole('button', { name: 'Accept', exact: true }).click();
  await at.getByRole('heading', { name: `#1 · ${subject}`, level: 1 }).waitFor();
  await at.getByText(`It smells. ${SCRIPT}`).first().waitFor();

  const own = theirs.requester.page;
  await own.goto(`${server.catalogUrl}/service-catalog/tickets`);
  await own.getByRole('link', { name: /The scanner smokes/ }).click();
  await own.getByRole('heading', { name: `#1 · ${subject}`, level: 1 }).waitFor();
});

journey('what HTML says is read as text, and taken as a reply to the ticket', async () => {
  const html = '<style>p { color: red }</style><p>It is <b>still</b> smoking</p><script>alert(1)</script><img src="x" onerror="alert(1)">';
  await bring(['From: jonas@example.org', 'Message-ID: <2@example.org>', 'Subject: Again', 'Content-Type: text/html'], html);
  const at = theirs.agent.page;
  await at.goto(`${server.catalogUrl}/service-catalog/mail`);
  await at.getByRole('list', { name: 'Held messages' }).getByText('No member has this address').waitFor();
  await at.getByRole('link', { name: 'Again' }).click();
  await said(at).getByText('It is still smoking').waitFor();
  await at.getByRole('button', { name: 'Accept…' }).click();
  const accept = dialog(at).getByRole('button', { name: 'Accept', exact: true });
  assert.ok(await accept.isDisabled(), 'whose it is, an agent has to say');
  await dialog(at).getByLabel('Whose it is').fill('Jonas');
  await at.getByRole('option', { name: /^Jonas Weber/ }).click();
  await dialog(at).getByRole('radio', { name: /^As a reply to a ticket/ }).check();
  await dialog(at).getByLabel('Ticket', { exact: true }).fill('1');
  await at.getByRole('option', { name: /The scanner smokes/ }).click();
  await accept.click();
  await at.getByRole('heading', { name: /^#1 · / }).waitFor();
  await at.getByRole('list', { name: 'Conversation' }).getByText('It is still smoking').waitFor();
});

journey('what is discarded leaves a record, and nothing else', async () => {
  await bring(['From: offers@example.net', 'Message-ID: <3@example.net>', 'Subject: Cheap toner'], 'Buy now');
  const at = theirs.agent.page;
  await at.goto(`${server.catalogUrl}/service-catalog/mail`);
  await at.getByRole('link', { name: 'Cheap toner' }).click();
  await said(at).getByText('Buy now').waitFor();
  await at.getByRole('button', { name: 'Discard', exact: true }).click();
  await dialog(at).getByRole('button', { name: 'Discard', exact: true }).click();
  await at.getByText('The message is discarded.').waitFor();
  await at.getByText('Nothing is held').waitFor();
  await at.getByRole('tab', { name: 'Discarded' }).click();
  await at.getByRole('link', { name: 'Cheap toner' }).click();
  await at.getByText('What it said is not kept.').waitFor();
  await at.goto(`${server.catalogUrl}/service-catalog/mail?state=taken`);
  await at.getByRole('list', { name: 'Taken messages' }).getByText(requester.name).first().waitFor();
});
