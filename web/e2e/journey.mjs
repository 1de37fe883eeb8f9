/** What all journeys need: the server, a browser, people who sign in, and what is said when one fails. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { browserOptions } from './browser.mjs';
import { start } from './server.mjs';

/** Long enough for a machine that does much else; nothing waits longer than it has to. */
const STEP_MS_MAX = 60_000;

/** Starts all before the first journey, and hands over the server and the first person's page. */
export function prepare(ready, options = {}) {
  let server;
  let page;
  const complaints = [];
  let browser;
  let interrupted = false;
  let administrator;
  let token;

  before(async () => {
    server = await start(options);
    browser = await chromium.launch(browserOptions);
    page = await newPage();
    ready(server, page);
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** A browser of somebody else, with no cookie of anybody. */
  async function newPage(settings = {}) {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...settings });
    const opened = await context.newPage();
    opened.setDefaultTimeout(STEP_MS_MAX);
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('dialog', (dialog) => (complaints.push(`a dialog: ${dialog.message()}`), dialog.dismiss()));
    opened.on('console', (message) => {
      if (message.type() === 'error' && /Content Security Policy/.test(message.text())) complaints.push(message.text());
    });
    return opened;
  }

  /** A journey, which shows what it stood before when it fails. */
  function journey(name, steps) {
    test(name, async () => {
      assert.ok(!interrupted, 'the journey before went wrong, and this one goes on from there');
      interrupted = true;
      try {
        await steps();
      } catch (error) {
        const shown = await Promise.all(browser.contexts().flatMap((context) => context.pages()).map(standing));
        throw new Error(`${error.message}\n\n${shown.join('\n\n')}\n\nthe server says:\n${server.log.slice(-15).join('\n')}`);
      }
      assert.deepEqual(complaints, [], 'the browser complains about nothing');
      interrupted = false;
    });
  }

  /** Makes the first administrator, as whom `call` calls from then on. */
  async function setUp(who) {
    await page.goto(server.setupLink);
    await page.getByLabel('Organisation').fill('Example GmbH');
    await page.getByLabel('Your name').fill(who.name);
    await page.getByLabel('E-mail').fill(who.email);
    await page.getByLabel('Password', { exact: true }).fill(who.password);
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    administrator = who;
  }

  /** What somebody calls an API with. */
  async function tokenOf({ email, password }) {
    const headers = { 'Content-Type': 'application/json' };
    const session = await fetch(`${server.url}/api/v1/hub/session`, { method: 'POST', headers, body: JSON.stringify({ email, password }) });
    return (await session.json()).access_token;
  }

  /**
   * Calls an API as the administrator, for what is no part of a journey here. What is changed is so at this version, or
   * at the one that is there now.
   */
  async function call(method, path, body, version) {
    const headers = { 'Content-Type': 'application/json' };
    token ??= await tokenOf(administrator);
    headers.Authorization = `Bearer ${token}`;
    if (version !== undefined) headers['If-Match'] = `"${version}"`;
    else if (['PUT', 'PATCH'].includes(method)) headers['If-Match'] = (await fetch(`${server.url}${path.replace(/\/members$/, '')}`, { headers })).headers.get('etag');
    const answer = await fetch(`${server.url}${path}`, { method, headers, body: body && JSON.stringify(body) });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
    return answer.status === 204 ? undefined : answer.json();
  }

  /** Joins the administrator's tenant as a member, with these roles too, and opens the catalog's console. */
  async function join(person, { roles = [], ...settings } = {}) {
    const { items } = await call('GET', '/api/v1/hub/roles');
    const member = items.find(({ name }) => name === 'Member').id;
    const { id } = await call('POST', '/api/v1/hub/users', { email: person.email, name: person.name, role_ids: [member, ...roles] });
    const opened = await newPage(settings);
    await opened.goto(await server.latestLink(person.email, 'accept'));
    await opened.getByLabel('Your name').fill(person.name);
    await opened.getByLabel('Password', { exact: true }).fill(person.password);
    await opened.getByRole('button', { name: 'Accept the invitation' }).click();
    await opened.getByRole('heading', { level: 1 }).filter({ hasNotText: 'Join' }).waitFor();
    await opened.goto(server.catalogUrl);
    await opened.getByRole('heading', { name: 'Catalog', level: 1 }).waitFor();
    return { id, page: opened };
  }

  async function signIn(who, at = page, url = server.url) {
    await at.goto(`${url}/login`);
    await at.getByLabel('E-mail').fill(who.email);
    await at.getByLabel('Password', { exact: true }).fill(who.password);
    await at.getByRole('button', { name: 'Sign in' }).click();
  }

  async function signOut(at = page) {
    await at.getByRole('button', { name: /^Account/ }).click();
    await at.getByRole('menuitem', { name: 'Sign out' }).click();
    await at.getByRole('heading', { name: 'Sign in' }).waitFor();
  }

  return { journey, newPage, setUp, tokenOf, call, join, signIn, signOut };
}

async function standing(page) {
  const text = await page.locator('main').innerText({ timeout: 5_000 }).catch(() => 'nothing');
  return `the page at ${page.url()} shows:\n${text}`;
}

export async function until(holds, what) {
  const end = Date.now() + STEP_MS_MAX;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${STEP_MS_MAX} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
