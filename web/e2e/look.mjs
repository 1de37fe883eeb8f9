/**
 * Takes a picture of each page, wide and narrow, light and dark, to be looked at.
 *
 *   node e2e/look.mjs [--only users,audit] [--sizes 1440,390] [--modes light,dark] [--url http://localhost:8000]
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { browserOptions } from './browser.mjs';

const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const url = option('url', 'http://localhost:8000');
const only = option('only', '').split(',').filter(Boolean);
const sizes = option('sizes', '1440,390').split(',').map(Number);
const modes = option('modes', 'light,dark').split(',');
const prefix = option('prefix', '');
const email = option('email', 'amelie.dubois@example.com');
const folder = fileURLToPath(new URL('./shots', import.meta.url));
mkdirSync(folder, { recursive: true });

/** Of these all is shown, however long, though something was done before. */
const full = ['item', 'bundle', 'bundlewrong', 'bundleparts', 'together', 'wrong', 'request', 'decide', 'details', 'form', 'table', 'approval', 'stage', 'tasks', 'versions', 'myticket', 'ticket', 'calendar', 'incident', 'review', 'problem', 'article', 'editarticle', 'suggested', 'optionlist', 'message'];
const click = (name) => (page) => page.getByRole('button', { name }).first().click();
const row = (page) => page.locator('main table a, main ul a').first().click();
/** A part of the first item's editor, with something of it opened. */
const part = (tab, name) => async (page) => {
  await row(page);
  await page.getByRole('tab', { name: tab }).click();
  if (name) await click(name)(page);
};
const wrong = async (page) => {
  await page.getByRole('list', { name: 'Items' }).getByRole('link').first().click();
  await click('Send the request')(page);
};
/** The most important ticket of the queue, with something of it opened. */
const ticket = (act) => async (page) => {
  await page.locator('main [data-ticket] a').first().click();
  await page.getByRole('list', { name: 'Clocks' }).waitFor();
  await act?.(page);
};
const named = (title, act) => async (page) => {
  await page.getByRole('link', { name: title }).first().click();
  await page.waitForTimeout(900);
  await act?.(page);
};
const fromMenu = (menu, item) => async (page) => {
  await page.getByRole('button', { name: menu, exact: true }).click();
  await page.getByRole('menuitem', { name: item }).click();
};
const shots = {
  login: ['/login', undefined, true],
  setup: ['/setup#token=setup-token', undefined, true],
  forgot: ['/forgot', undefined, true],
  reset: ['/reset#token=reset-token', undefined, true],
  accept: ['/accept#token=invite-token', undefined, true],
  broken: ['/setup', undefined, true],
  overview: ['/hub/overview'],
  users: ['/hub/users'],
  invite: ['/hub/users?new'],
  user: ['/hub/users', row],
  groups: ['/hub/groups'],
  group: ['/hub/groups', row],
  roles: ['/hub/roles'],
  role: ['/hub/roles', row],
  newrole: ['/hub/roles/new'],
  tenants: ['/hub/tenants'],
  tenant: ['/hub/tenants', (page) => page.getByRole('link', { name: 'Contoso' }).click()],
  keys: ['/hub/api-keys'],
  makekey: ['/hub/api-keys?new'],
  audit: ['/hub/audit'],
  record: ['/hub/audit', row],
  events: ['/hub/events'],
  webhooks: ['/hub/webhooks'],
  webhook: ['/hub/webhooks', row],
  settings: ['/hub/settings'],
  profile: ['/profile'],
  catalog: ['/service-catalog/browse'],
  favourites: ['/service-catalog/browse?favourites=yes'],
  nothing: ['/service-catalog/browse?search=teapot'],
  item: ['/service-catalog/browse?search=database', (page) => page.getByRole('list', { name: 'Items' }).getByRole('link').first().click()],
  wrong: ['/service-catalog/browse?search=database', wrong],
  bundle: ['/service-catalog/browse?search=colleague', named('New colleague')],
  bundlewrong: ['/service-catalog/browse?search=colleague', named('New colleague', click(/^Send/))],
  bundleparts: ['/service-catalog/items?search=colleague', named('New colleague', async (page) => { await page.getByRole('tab', { name: 'Items' }).click(); await click(/^Account in a system/)(page); })],
  newbundle: ['/service-catalog/items/new?kind=bundle&tab=parts'],
  together: ['/service-catalog/all-requests?state=approving', named(/New colleague/)],
  requests: ['/service-catalog/requests'],
  request: ['/service-catalog/requests', row],
  allrequests: ['/service-catalog/all-requests'],
  alltasks: ['/service-catalog/tasks?view=all'],
  approvals: ['/service-catalog/approvals'],
  decide: ['/service-catalog/approvals', row],
  decided: ['/service-catalog/approvals?view=decided'],
  delegation: ['/service-catalog/approvals?view=delegation'],
  delegate: ['/service-catalog/approvals?view=delegation&new'],
  items: ['/service-catalog/items'],
  currency: ['/service-catalog/items', click(/^(Prices in|Set the currency)/)],
  newitem: ['/service-catalog/items/new'],
  details: ['/service-catalog/items?search=database', row],
  form: ['/service-catalog/items?search=database', part('Form', /^Where it runs/)],
  table: ['/service-catalog/items?search=database', part('Form', /^Databases/)],
  approval: ['/service-catalog/items?search=database', part('Approval', /^Architecture/)],
  stage: ['/service-catalog/items?search=database', part('Approval', /^Manager/)],
  tasks: ['/service-catalog/items?search=database', part('Tasks', /^Set up monitoring/)],
  versions: ['/service-catalog/items?search=database', part('Versions')],
  publish: ['/service-catalog/items?search=database', part('Details', /^Publish/)],
  categories: ['/service-catalog/categories'],
  costcentres: ['/service-catalog/cost-centres'],
  newcentre: ['/service-catalog/cost-centres?new'],
  optionlists: ['/service-catalog/option-lists'],
  optionlist: ['/service-catalog/option-lists', row],
  newlist: ['/service-catalog/option-lists/new'],
  pasteoptions: ['/service-catalog/option-lists', async (page) => { await row(page); await click('Paste CSV…')(page); await page.getByLabel('Lines').fill('a,b,c,d\nberlin,Berlin'); }],
  mytickets: ['/service-catalog/tickets'],
  report: ['/service-catalog/tickets/new'],
  myticket: ['/service-catalog/tickets', row],
  queue: ['/service-catalog/desk'],
  queuebulk: ['/service-catalog/desk', async (page) => { for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key); }],
  queuekeys: ['/service-catalog/desk', (page) => page.keyboard.press('?')],
  queueempty: ['/service-catalog/desk?text=teapot'],
  ticket: ['/service-catalog/desk?state=any&sort=priority', ticket()],
  why: ['/service-catalog/desk?state=any&sort=priority', ticket((page) => page.getByRole('button', { name: /^Why/ }).nth(1).click())],
  handover: ['/service-catalog/desk?state=any&sort=priority', ticket(fromMenu('More', /^Hand over/))],
  editticket: ['/service-catalog/desk?state=any&sort=priority', ticket(click('Edit'))],
  merge: ['/service-catalog/desk?state=any&sort=priority', ticket(fromMenu('More', /^Merge/))],
  split: ['/service-catalog/desk?state=any&sort=priority', ticket(click(/^Split off the/))],
  link: ['/service-catalog/desk?state=any&sort=priority', ticket(click('Add a link…'))],
  canned: ['/service-catalog/desk?state=any&sort=priority', ticket(click('Canned answer'))],
  answer: ['/service-catalog/desk?state=any&sort=priority', ticket(click('Article'))],
  cannedanswers: ['/service-catalog/canned-answers'],
  newanswer: ['/service-catalog/canned-answers?new', (page) => page.getByLabel('Text', { exact: false }).first().fill('Hello {{requester.name}}, we look at **#{{ticket.number}}**.')],
  mail: ['/service-catalog/mail'],
  mailtaken: ['/service-catalog/mail?state=taken'],
  message: ['/service-catalog/mail', row],
  acceptmail: ['/service-catalog/mail', async (page) => { await row(page); await click('Accept…')(page); await page.getByRole('radio', { name: /^As a reply/ }).check(); }],
  mailsettings: ['/service-catalog/mail-settings'],
  incidents: ['/service-catalog/major-incidents'],
  incident: ['/service-catalog/major-incidents', row],
  handrole: ['/service-catalog/major-incidents', named(/^#/, click(/^Hand over the commander/))],
  resolveincident: ['/service-catalog/major-incidents', named(/^#/, click('Resolve…'))],
  review: ['/service-catalog/major-incidents', named(/^#/, (page) => page.getByRole('link', { name: 'Write the review' }).click())],
  template: ['/service-catalog/review-template'],
  status: ['/status/example-logistics', undefined, true],
  nostatus: ['/status/nothing-here', undefined, true],
  statuspage: ['/service-catalog/status-page'],
  planmaintenance: ['/service-catalog/status-page', click('Plan maintenance')],
  componentstate: ['/service-catalog/status-page', click(/^Set state of/)],
  publicincident: ['/service-catalog/major-incidents', named(/^#/, click('Title and components…'))],
  problems: ['/service-catalog/problems'],
  problem: ['/service-catalog/problems', row],
  editproblem: ['/service-catalog/problems', named(/^\d+ ·/, click('Edit'))],
  workaround: ['/service-catalog/problems?state=known_error', named(/^\d+ ·/, click(/^Put the workaround/))],
  knowledge: ['/service-catalog/knowledge?drafts=yes'],
  article: ['/service-catalog/knowledge?category=E-mail', named(/queued/)],
  newarticle: ['/service-catalog/knowledge/new'],
  editarticle: ['/service-catalog/knowledge?category=E-mail', named(/queued/, async (page) => { await page.getByRole('link', { name: 'Edit' }).click(); await page.getByRole('button', { name: 'Preview' }).click(); })],
  suggested: ['/service-catalog/tickets/new', (page) => page.getByLabel('In short').fill('Mail is queued')],
  measures: ['/service-catalog/measures?period=90'],
  measuresby: ['/service-catalog/measures?by=group&chart=response'],
  measuresempty: ['/service-catalog/measures?period=own&from=2020-01-01&until=2020-01-31'],
  requestmeasures: ['/service-catalog/measures?view=requests'],
  backlog: ['/service-catalog/measures?view=backlog'],
  queuemeasured: ['/service-catalog/desk?state=any&measured=resolved&from=2026-11-01T00:00:00Z&until=2026-12-01T00:00:00Z'],
  catalogaudit: ['/service-catalog/audit'],
  catalogrecord: ['/service-catalog/audit', row],
  levels: ['/service-catalog/service-levels'],
  escalation: ['/service-catalog/escalation'],
  calendars: ['/service-catalog/calendars'],
  calendar: ['/service-catalog/calendars', (page) => page.getByRole('link', { name: 'Berlin office' }).click()],
  newcalendar: ['/service-catalog/calendars/new'],
  missing: ['/hub/nothing'],
  absent: ['/observatory'],
  palette: ['/hub/overview', (page) => page.keyboard.press('Control+k')],
  products: ['/hub/overview', click(/switch product/)],
  account: ['/hub/overview', click(/^Account/)],
  bell: ['/hub/overview', click(/^Notifications/)],
};

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What breaks WCAG 2.2 AA, as far as a program can tell. */
async function faults(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }),
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 140)).join(' | ')}`);
}

const browser = await chromium.launch(browserOptions);
for (const width of sizes) {
  for (const mode of modes) {
    const context = await browser.newContext({ viewport: { width, height: width < 600 ? 844 : 900 }, colorScheme: mode, reducedMotion: 'reduce' });
    const page = await context.newPage();
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && console.log(`${width} ${mode}: ${message.text()}`));
    page.on('pageerror', (error) => console.log(`${width} ${mode}: ${error.message}`));
    let signedIn = false;
    for (const [name, [path, act, open = false]] of Object.entries(shots)) {
      if (only.length > 0 && !only.includes(name)) continue;
      if (!open && !signedIn) {
        await page.goto(`${url}/login`);
        await page.getByLabel('E-mail').fill(email);
        await page.getByLabel('Password', { exact: true }).fill(option('password', 'correct horse battery'));
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.locator('main').waitFor();
        await page.waitForURL((at) => !at.pathname.endsWith('/login'));
        signedIn = true;
      }
      // A fragment alone would not open the page anew.
      await page.goto('about:blank');
      await page.goto(`${url}${path}`);
      await page.waitForLoadState('domcontentloaded');
      await page.waitForTimeout(700);
      if (act) await act(page).then(() => page.waitForTimeout(700)).catch((error) => console.log(`${name}: ${error.message.split('\n')[0]}`));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) console.log(`${name} at ${width}: ${wide} px too wide`);
      for (const fault of await faults(page)) console.log(`${name} ${width} ${mode}: ${fault}`);
      await page.screenshot({ path: `${folder}/${prefix}${name}-${width}-${mode}.png`, fullPage: name === 'status' || (!open && (!act || full.includes(name))) });
    }
    await context.close();
  }
}
await browser.close();
