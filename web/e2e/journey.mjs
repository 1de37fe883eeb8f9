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

  return { journey, newPage, signIn, signOut };
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
