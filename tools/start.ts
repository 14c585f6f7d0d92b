// `npm start`: the server, and with --demo the simulated company beside it. The server itself starts no other programs than
// its database, so the demo is started here.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const server = fileURLToPath(new URL('../packages/server/src/main.ts', import.meta.url));
const demo = fileURLToPath(new URL('../packages/simulators/src/demo/main.ts', import.meta.url));
const args = process.argv.slice(2);

const children: ChildProcess[] = [];
function start(program: string, programArguments: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [...process.execArgv, program, ...programArguments], {
    stdio: 'inherit',
  });
  children.push(child);
  return child;
}

const main = start(server, ['serve', ...args]);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // from a terminal Ctrl-C reaches the children too, and two of them would mean "now"
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    for (const child of children) child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  });
}

async function ready(): Promise<boolean> {
  const [host, port] = (process.env['GATEHOUSE_OPERATIONS_LISTEN'] || '127.0.0.1:9443').split(/:(?=\d+$)/);
  return new Promise((answer) => {
    get({ host, port, path: '/readyz', timeout: 1_000 }, (response) => {
      response.resume();
      answer(response.statusCode === 200);
    }).on('error', () => answer(false));
  });
}

if (args.includes('--demo')) {
  while (main.exitCode === null && !(await ready())) await new Promise((next) => setTimeout(next, 200));
  if (main.exitCode === null) {
    const company = start(demo, ['--data-dir', resolve(process.env['GATEHOUSE_DATA_DIR'] || './data')]);
    company.on('exit', (status) => {
      if (main.exitCode === null && status !== 0)
        process.stderr.write(`The demo ended (${status}); the server goes on.\n`);
    });
  }
}

if (main.exitCode === null && main.signalCode === null) await once(main, 'exit');
for (const child of children) if (child !== main) child.kill('SIGTERM');
process.exitCode = main.exitCode ?? 1;
