/**
 * What people do with the console, in a real browser against the real server, in order: each journey
 * goes on from the one before, as an installation does.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { prepare, until } from './journey.mjs';
import { nextTotp, totp } from './totp.mjs';
import { amelie as administrator, jonas as colleague } from './people.mjs';

const run = promisify(execFile);

let server;
let page;
const { journey, newPage, signIn, signOut } = prepare((started, first) => {
  server = started;
  page = first;
});

const go = (place) => page.getByRole('navigation', { name: 'Hub' }).getByRole('link', { name: place }).click();

journey('first start', async () => {
  await page.goto(server.setupLink);
  await page.getByLabel('Organisation').fill('Example GmbH');
  await page.getByLabel('Your name').fill(administrator.name);
  await page.getByLabel('E-mail').fill(administrator.email);
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Set up' }).click();
  await page.locator('[aria-invalid="true"]').waitFor();
  assert.ok(!page.url().includes('token'), 'the token is out of the address bar');
  await page.getByLabel('Password', { exact: true }).fill(administrator.password);
  await page.getByRole('button', { name: 'Set up' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.getByText('Example GmbH').first().waitFor();
});

journey('a reload keeps the session, and a wrong password opens none', async () => {
  await page.reload();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await signOut();
  await signIn({ ...administrator, password: 'not the password at all' });
  await page.getByRole('alert').waitFor();
  await signIn(administrator);
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
});

journey('login with a second factor', async () => {
  await page.goto(`${server.url}/profile`);
  await page.getByRole('button', { name: 'Set up' }).click();
  await page.getByLabel('Password', { exact: true }).fill(administrator.password);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  const secret = await page.getByRole('dialog').locator('code').innerText();
  const used = totp(secret);
  await page.getByLabel('Six-digit code').fill(used);
  await page.getByRole('button', { name: 'Turn on' }).click();
  const codes = page.getByRole('dialog', { name: 'Your recovery codes' });
  await codes.getByRole('listitem').first().waitFor();
  const recovery = await codes.getByRole('listitem').allInnerTexts();
  assert.equal(recovery.length, 10);
  await codes.getByRole('button', { name: 'I have kept them' }).click();
  await signOut();

  await signIn(administrator);
  await page.getByRole('heading', { name: 'Second factor' }).waitFor();
  await page.getByLabel('Six-digit code').fill(await nextTotp(secret, used));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await signOut();

  await signIn(administrator);
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  await page.getByLabel('Recovery code').fill(recovery[0]);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.goto(`${server.url}/profile`);
  await page.getByText('9 codes left').waitFor();
});

journey('create a user and sign in as them', async () => {
  await go('Users');
  await page.getByRole('button', { name: 'Invite a user' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite a user' });
  await dialog.getByLabel('E-mail').fill(colleague.email);
  await dialog.getByLabel('Name').fill(colleague.name);
  await dialog.getByLabel('Roles').click();
  await page.getByRole('option', { name: 'Member' }).click();
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Send the invitation' }).click();
  await page.getByRole('row', { name: /Jonas Weber.*Invited/ }).waitFor();

  const theirs = await newPage();
  await theirs.goto(await server.latestLink(colleague.email, 'accept'));
  await theirs.getByRole('heading', { name: 'Join Example GmbH' }).waitFor();
  await theirs.getByLabel('Your name').fill(colleague.name);
  await theirs.getByLabel('Password', { exact: true }).fill(colleague.password);
  await theirs.getByRole('button', { name: 'Accept the invitation' }).click();
  await theirs.getByRole('heading', { name: 'Overview' }).waitFor();
  await signOut(theirs);
  await signIn(colleague, theirs);
  await theirs.getByRole('heading', { name: 'Overview' }).waitFor();
  await theirs.context().close();
});

journey('be refused', async () => {
  const theirs = await newPage();
  await signIn(colleague, theirs);
  await theirs.getByRole('heading', { name: 'Overview' }).waitFor();
  const places = theirs.getByRole('navigation', { name: 'Hub' });
  assert.equal(await places.getByRole('link', { name: 'Users' }).count(), 0, 'what they may not do is not offered');
  await theirs.goto(`${server.url}/hub/users`);
  await theirs.getByRole('heading', { name: 'You may not open this page' }).waitFor();
  await theirs.getByText('hub.users.read').waitFor();
  await theirs.context().close();
});

journey('be told of a group, and read it', async () => {
  const theirs = await newPage();
  await signIn(colleague, theirs);
  await theirs.getByRole('button', { name: 'Notifications', exact: true }).waitFor();

  await go('Groups');
  await page.getByRole('button', { name: 'Create a group' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill('Night shift');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('link', { name: 'Night shift' }).click();
  await page.getByRole('button', { name: 'Choose members' }).click();
  await page.getByRole('dialog').getByLabel('Members').click();
  await page.getByRole('option', { name: /Jonas Weber/ }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: /Jonas Weber/ }).waitFor();

  // Without a reload, and from the keyboard.
  const bell = theirs.getByRole('button', { name: 'Notifications: 1 unread' });
  await bell.waitFor();
  await bell.focus();
  await theirs.keyboard.press('Enter');
  const panel = theirs.getByRole('dialog', { name: 'Notifications' });
  await panel.getByText('You are in the group Night shift now').waitFor();
  await panel.getByText(`By ${administrator.name}.`).waitFor();
  await panel.getByRole('button', { name: 'Mark all as read' }).click();
  await panel.getByRole('button', { name: 'Mark all as read' }).waitFor({ state: 'detached' });
  await panel.getByRole('link', { name: 'You are in the group Night shift now' }).click();
  await theirs.waitForURL(/\/profile$/);
  await theirs.reload();
  await theirs.getByRole('button', { name: 'Notifications', exact: true }).waitFor();
  await theirs.context().close();
});

journey('make and revoke a key', async () => {
  await go('API keys');
  await page.getByRole('button', { name: 'Make an API key' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill('Backup job');
  await page.getByRole('checkbox', { name: 'hub.users.read' }).check();
  await page.getByRole('button', { name: 'Make the key' }).click();
  const shown = page.getByRole('dialog', { name: 'Your new API key' });
  const key = await shown.locator('code').innerText();
  assert.match(key, /^itk_/);
  await shown.getByRole('button', { name: 'I have copied it' }).click();
  await page.getByText(key).waitFor({ state: 'detached' });
  const ask = () => fetch(`${server.url}/api/v1/hub/users`, { headers: { Authorization: `Bearer ${key}` } });
  assert.equal((await ask()).status, 200);

  await page.getByRole('row', { name: /Backup job/ }).getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('row', { name: /Backup job.*Revoked/ }).waitFor();
  await until(async () => (await ask()).status === 401, 'the key is refused');
});

journey('verify an audit record', async () => {
  await go('Audit log');
  await page.getByLabel('Search the records').fill('hub.user');
  await page.waitForURL(/text=hub\.user/);
  await page.getByRole('row', { name: /^User/ }).first().getByRole('link').click();
  const record = page.getByRole('dialog', { name: 'Audit record' });
  await record.getByText('Recorded', { exact: true }).waitFor();
  await record.getByText(/^Sealed as number \d/).waitFor();
  await record.getByText(/^Anchored at height \d/).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    record.getByRole('button', { name: 'Download proof' }).click(),
  ]);
  const command = await record.locator('code').filter({ hasText: 'itechsmart verify' }).innerText();
  const [, verb, file, ...rest] = command.split(/\s+/);
  assert.equal(file, download.suggestedFilename());
  // As the page says it, with the files where they are.
  const options = rest.map((word) => (word === 'genesis.json' ? server.genesis : word));
  const proof = await download.path();
  const { stdout } = await run(server.binary, [verb, proof, ...options, '--json']);
  const verified = JSON.parse(stdout);
  assert.equal(verified.verified, true);
  assert.ok(page.url().endsWith(verified.record_id) || page.url().includes(`${verified.record_id}?`));

  const forged = `${proof}.forged`;
  writeFileSync(forged, readFileSync(proof, 'utf8').replace(/"actor_name":\s*"[^"]*"/, '"actor_name":"Somebody else"'));
  await assert.rejects(run(server.binary, [verb, forged, ...options]), 'a changed record has no proof');

  await page.goto(`${server.url}/hub/overview`);
  const height = page.locator('dl > div').filter({ hasText: 'Final height' });
  await height.getByText(/^[1-9][\d,]*, /).waitFor();
});
