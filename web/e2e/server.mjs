/** The server under test: the real one, with a ledger, a data folder, ports and a mailbox of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Mailbox } from './mailbox.mjs';

const HUB_CONSOLE_PORT = 3000;
const CATALOG_CONSOLE_PORT = 3001;
/** Where a local network has its first node's API. */
const LEDGER_URL = 'http://127.0.0.1:18080';
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 30_000;

/** Services of the suite, and a ledger for them unless none is asked for. */
export async function start({ services = 'hub', withLedger = true } = {}) {
  const binary = process.env.ITECHSMART_BIN;
  if (!binary) throw new Error('ITECHSMART_BIN: set it to the binary `itechsmart`, as `cargo xtask` does');
  const mailbox = await new Mailbox().open();
  const data = mkdtempSync(join(tmpdir(), 'itechsmart-journeys-'));
  // Far from the ports of an installation and from those of a second run beside this one, and below
  // those that a system gives to its clients.
  const offset = 13_000 + 50 * (process.pid % 200);
  const ledger = withLedger ? await startLedger(binary, join(data, 'ledger')) : { environment: {} };
  const child = spawn(binary, ['run', '--services', services, '--data-dir', data, '--config', data], {
    env: { ...process.env, PORT_OFFSET: String(offset), SMTP_URL: mailbox.url, ENVIRONMENT: 'development', ...ledger.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = [];
  createInterface(child.stderr).on('line', (line) => log.push(line));
  const stop = async () => {
    await end(child);
    if (ledger.child) await end(ledger.child);
    mailbox.close();
    rmSync(data, { recursive: true, force: true });
  };
  try {
    const setupLink = await firstLink(child, log);
    const url = `http://localhost:${HUB_CONSOLE_PORT + offset}`;
    const catalogUrl = `http://localhost:${CATALOG_CONSOLE_PORT + offset}`;
    const latestLink = (address, page) => mailbox.latestLink(address, page);
    return { url, catalogUrl, setupLink, latestLink, binary, genesis: ledger.environment.LEDGER_GENESIS, log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A ledger of one validator, from the program that is built beside the server. */
async function startLedger(binary, folder) {
  const node = process.env.KALDRIX_NODE_BIN ?? join(dirname(binary), 'kaldrix-node');
  if (!existsSync(node)) throw new Error(`${node}: build it, or set KALDRIX_NODE_BIN`);
  const child = spawn(node, ['localnet', '--validators', '1', '--data-dir', folder], { stdio: 'ignore' });
  const environment = {
    LEDGER_URL,
    LEDGER_GENESIS: join(folder, 'genesis.json'),
    LEDGER_KEY: join(folder, 'faucet.json'),
  };
  const deadline = Date.now() + START_MS_MAX;
  while (!(await answers(`${LEDGER_URL}/health`))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await end(child);
      throw new Error(`the ledger did not start: does something else use ${LEDGER_URL}?`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { child, environment };
}

const answers = (url) => fetch(url).then((answer) => answer.ok, () => false);

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await ended;
  clearTimeout(timer);
}

/** The one-time link that the first start prints. */
function firstLink(child, log) {
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${why}\n${log.slice(-30).join('\n')}`));
    const timer = setTimeout(() => fail('the server printed no link'), START_MS_MAX);
    child.once('exit', (code) => fail(`the server ended with ${code}`));
    child.once('error', (error) => fail(String(error)));
    createInterface(child.stdout).on('line', (line) => {
      log.push(line);
      const link = /https?:\/\/\S+\/setup#token=\S+/.exec(line)?.[0];
      if (link === undefined) return;
      clearTimeout(timer);
      resolve(link);
    });
  });
}
