// A real Chromium without a window, spoken to over its DevTools protocol: enough to open a page, press keys in it and hear
// everything it complains about.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const programs = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** The path of the browser on this machine, if it has one. */
export function findBrowser(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((directory) => programs.map((program) => join(directory, program)))
    .find((path) => existsSync(path));
}

/** What any Chromium of the tests is started with: nothing but the page under test, also where a container is small. */
export const browserArguments: readonly string[] = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--no-first-run',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
];

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

export interface Page {
  /** Everything that went wrong on the page: exceptions, console errors, refusals of the content policy, dialogs. */
  readonly complaints: string[];
  /** Every address that the page asked for. */
  readonly requests: string[];
  /** Runs in the page; an exception there rejects. */
  evaluate<T>(expression: string): Promise<T>;
  /** Waits until the expression is true in the page. */
  until(expression: string, seconds?: number): Promise<void>;
  type(text: string): Promise<void>;
  press(key: 'Tab' | 'Enter'): Promise<void>;
  /** How it is shown: CSS pixels, and which colours its owner likes. */
  appear(width: number, height: number, colours: 'light' | 'dark'): Promise<void>;
  /** PNG of the whole page. */
  picture(): Promise<Buffer>;
  /** The names of everything that assistive technology is told of, with their roles. */
  spoken(): Promise<{ role: string; name: string }[]>;
  /** Scripts of the page off; loads it anew. */
  withoutScript(url: string): Promise<void>;
  close(): Promise<void>;
}

export interface RealBrowser extends AsyncDisposable {
  open(url: string): Promise<Page>;
}

export async function startBrowser(program: string): Promise<RealBrowser> {
  const profile = mkdtempSync(join(tmpdir(), 'gatehouse-browser-'));
  const child = spawn(
    program,
    [
      '--headless=new',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      ...browserArguments,
      // The server's local authority is not in the browser's store; what is tested is the page.
      '--ignore-certificate-errors',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const socket = new WebSocket(await debuggerAddress(child));
  await once(socket, 'open');
  const connection = new Connection(socket);
  return {
    open: (url) => openPage(connection, url),
    async [Symbol.asyncDispose]() {
      socket.close();
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

function debuggerAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`the browser did not start: ${said}`)), 60_000);
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`the browser ended: ${said}`));
    });
  });
}

class Connection {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<
    number,
    { resolve: (result: Record<string, unknown>) => void; reject: (error: Error) => void }
  >();
  readonly #listeners = new Map<string, (method: string, params: Record<string, unknown>) => void>();
  #last = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) =>
      this.#receive(JSON.parse(String(data)) as Message & { sessionId?: string }),
    );
  }

  #receive({
    id,
    method,
    params = {},
    result,
    error,
    sessionId = '',
  }: Message & { sessionId?: string }): void {
    if (id === undefined) {
      this.#listeners.get(sessionId)?.(method ?? '', params);
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result ?? {});
  }

  listen(sessionId: string, listener: (method: string, params: Record<string, unknown>) => void): void {
    this.#listeners.set(sessionId, listener);
  }

  send(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(
        JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }),
      );
    });
  }
}

const keys = {
  Tab: { key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9 },
  Enter: { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' },
} as const;

async function openPage(connection: Connection, url: string): Promise<Page> {
  const { targetId } = await connection.send('Target.createTarget', { url: 'about:blank' });
  const attached = await connection.send('Target.attachToTarget', { targetId, flatten: true });
  const session = String(attached['sessionId']);
  const call = (method: string, params: object = {}) => connection.send(method, params, session);
  const complaints: string[] = [];
  const requests: string[] = [];
  connection.listen(session, (method, params) => {
    const said = JSON.stringify(params);
    if (method === 'Runtime.exceptionThrown') complaints.push(`exception: ${said}`);
    if (method === 'Runtime.consoleAPICalled' && params['type'] !== 'log')
      complaints.push(`console: ${said}`);
    if (method === 'Log.entryAdded') complaints.push(`log: ${said}`);
    if (method === 'Network.requestWillBeSent') requests.push((params['request'] as { url: string }).url);
    if (method === 'Page.javascriptDialogOpening') {
      complaints.push(`dialog: ${said}`);
      void call('Page.handleJavaScriptDialog', { accept: true });
    }
  });
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await call(`${domain}.enable`);
  await call('Page.navigate', { url });

  async function evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = (await call('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    })) as { result: { value: T }; exceptionDetails?: { exception?: { description?: string } } };
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'it threw');
    return result.value;
  }

  return {
    complaints,
    requests,
    evaluate,
    async until(expression, seconds = 30) {
      const deadline = Date.now() + seconds * 1_000;
      // While a page is being loaded there may be nothing to ask yet.
      while ((await evaluate<unknown>(expression).catch(() => false)) !== true) {
        if (Date.now() > deadline) {
          const text = await evaluate<string>('document.body.innerText').catch(() => 'no page');
          throw new Error(
            `never true: ${expression}; the page says: ${text}; it complains: ${complaints.join('; ')}`,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    type: async (text) => void (await call('Input.insertText', { text })),
    async press(key) {
      await call('Input.dispatchKeyEvent', { type: 'keyDown', ...keys[key] });
      await call('Input.dispatchKeyEvent', { type: 'keyUp', ...keys[key] });
    },
    async appear(width, height, colours) {
      await call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 2, mobile: true });
      const features = [{ name: 'prefers-color-scheme', value: colours }];
      await call('Emulation.setEmulatedMedia', { features });
    },
    async picture() {
      const { data } = await call('Page.captureScreenshot', { captureBeyondViewport: true });
      return Buffer.from(String(data), 'base64');
    },
    async spoken() {
      await call('Accessibility.enable');
      const { nodes } = (await call('Accessibility.getFullAXTree')) as {
        nodes: { ignored: boolean; role?: { value: string }; name?: { value: string } }[];
      };
      return nodes
        .filter(({ ignored }) => !ignored)
        .map(({ role, name }) => ({ role: role?.value ?? '', name: name?.value ?? '' }));
    },
    async withoutScript(to) {
      await call('Emulation.setScriptExecutionDisabled', { value: true });
      await call('Page.navigate', { url: to });
    },
    close: async () => void (await connection.send('Target.closeTarget', { targetId })),
  };
}
