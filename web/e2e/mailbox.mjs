/** A mail server that keeps what it gets: one-time links reach people by e-mail alone. */
import { createServer } from 'node:net';

const DEADLINE_MS = 60_000;

export class Mailbox {
  #letters = [];
  #waiting = new Set();
  #server = createServer((socket) => this.#receive(socket));

  async open() {
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url() {
    return `smtp://127.0.0.1:${this.#server.address().port}`;
  }

  /** The latest link to `page` that was sent to `address`, waiting for it if need be. */
  async latestLink(address, page) {
    const end = Date.now() + DEADLINE_MS;
    for (;;) {
      const letter = this.#letters.findLast(({ to, text }) => to.includes(address) && text.includes(`/${page}#token=`));
      const link = letter && new RegExp(`https?://\\S+/${page}#token=\\S+`).exec(letter.text)?.[0];
      if (link) return link;
      const left = end - Date.now();
      if (left <= 0) throw new Error(`no letter with a link to /${page} came to ${address}`);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#waiting.add(() => (clearTimeout(timer), resolve()));
      });
    }
  }

  close() {
    this.#server.close();
  }

  #receive(socket) {
    let letter = { to: [], text: '' };
    let inData = false;
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.write('220 mailbox\r\n');
    socket.on('data', (chunk) => {
      const lines = (rest + chunk).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (inData) {
          if (line !== '.') {
            letter.text += `${line}\n`;
            continue;
          }
          inData = false;
          this.#keep(letter);
          letter = { to: [], text: '' };
          socket.write('250 kept\r\n');
        } else if (/^RCPT TO:/i.test(line)) {
          letter.to.push(line.slice(8).toLowerCase());
          socket.write('250 ok\r\n');
        } else if (/^DATA/i.test(line)) {
          inData = true;
          socket.write('354 go on\r\n');
        } else if (/^QUIT/i.test(line)) {
          socket.end('221 bye\r\n');
        } else {
          socket.write('250 ok\r\n');
        }
      }
    });
  }

  #keep({ to, text }) {
    this.#letters.push({ to: to.join(' '), text: decoded(text) });
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

/** Quoted-printable or base64, as mailers send what is not plain ASCII or has long lines. */
function decoded(text) {
  const [head, ...body] = text.split(/\n\n/);
  const content = body.join('\n\n');
  if (/content-transfer-encoding:\s*base64/i.test(head)) return Buffer.from(content, 'base64').toString();
  if (/content-transfer-encoding:\s*quoted-printable/i.test(head)) {
    return content.replace(/=\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  }
  return content;
}
