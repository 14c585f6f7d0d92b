// A mail server of another make (python3-aiosmtpd), for tests of what is sent.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePorts } from './free-ports.ts';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly html: string;
  readonly png: string;
}

export class MailPeer {
  readonly received: ReceivedMail[] = [];
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, url: string) {
    this.#process = process;
    this.url = url;
  }

  /** @param maildirs where recipients have their mailboxes: DIRECTORY/LOCAL-PART/Maildir */
  static async start(host: string, maildirs?: string): Promise<MailPeer> {
    const [port = 0] = await freePorts(1);
    const program = fileURLToPath(new URL('./smtp-peer.py', import.meta.url));
    const child = spawn(
      'setpriv',
      [
        '--pdeathsig',
        'TERM',
        '--',
        '/usr/bin/python3',
        program,
        host,
        String(port),
        ...(maildirs === undefined ? [] : [maildirs]),
      ],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const peer = new MailPeer(child, `smtp://${host}:${port}`);
    const lines = createInterface({ input: child.stdout });
    const ready = once(lines, 'line');
    await ready;
    lines.on('line', (line) => peer.received.push(JSON.parse(line) as ReceivedMail));
    return peer;
  }

  /** Waits for a mail to that address. */
  async mailTo(address: string, number = 1): Promise<ReceivedMail> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const found = this.received.filter(({ to }) => to.includes(address));
      const mail = found[number - 1];
      if (mail) return mail;
      if (Date.now() > deadline) throw new Error(`no mail to ${address}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop(): Promise<void> {
    this.#process.kill();
    await once(this.#process, 'exit');
  }
}
