// `npm start`: the server, and with --demo the simulated company beside it. The server itself starts no other programs than
// its database, so the demo is started here; first, because the server is told at its start which push service to trust.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { serverNodeOptions } from '@gatehouse/core/product.ts';
import { buildWeb } from './web-build.ts';

const server = fileURLToPath(new URL('../packages/server/src/main.ts', import.meta.url));
const demo = fileURLToPath(new URL('../packages/simulators/src/demo/main.ts', import.meta.url));
const args = process.argv.slice(2);

const children: ChildProcess[] = [];
function start(
  program: string,
  programArguments: readonly string[],
  nodeOptions: readonly string[] = [],
): ChildProcess {
  const child = spawn(process.execPath, [...process.execArgv, ...nodeOptions, program, ...programArguments], {
    stdio: 'inherit',
  });
  children.push(child);
  return child;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // from a terminal Ctrl-C reaches the children too, and two of them would mean "now"
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    for (const child of children) child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  });
}

buildWeb();
if (args.includes('--demo')) await startDemo();
const main = start(server, ['serve', ...args], serverNodeOptions);
if (main.exitCode === null && main.signalCode === null) await once(main, 'exit');
for (const child of children) if (child !== main) child.kill('SIGTERM');
process.exitCode = main.exitCode ?? 1;

/** It waits for the server by itself. Whoever has a push service of their own plays without phones. */
async function startDemo(): Promise<void> {
  const dataDirectory = resolve(process.env['GATEHOUSE_DATA_DIR'] || './data');
  // The company's mail server is on this machine.
  const allowed = process.env['GATEHOUSE_OUTBOUND_ALLOW'];
  process.env['GATEHOUSE_OUTBOUND_ALLOW'] = allowed ? `${allowed},127.0.0.1` : '127.0.0.1';
  if (process.env['GATEHOUSE_APNS_URL']) {
    watch(start(demo, ['--data-dir', dataDirectory]));
    return;
  }
  if (!existsSync(dataDirectory)) {
    mkdirSync(dataDirectory, { recursive: true });
    // As the server makes it: the database's unprivileged user has to pass through.
    chmodSync(dataDirectory, process.getuid?.() === 0 ? 0o711 : 0o700);
  }
  const { trustFileIn } = await import('@gatehouse/simulators/demo/apple-side.ts');
  const trust = trustFileIn(dataDirectory);
  rmSync(trust, { force: true });
  const port = await freePort();
  const company = start(demo, ['--data-dir', dataDirectory, '--apns-port', String(port)]);
  watch(company);
  while (company.exitCode === null && !existsSync(trust)) await sleep(50);
  process.env['GATEHOUSE_APNS_URL'] = `https://localhost:${port}`;
  process.env['GATEHOUSE_APNS_CA'] = trust;
}

function watch(company: ChildProcess): void {
  company.on('exit', (status) => {
    if (
      status !== null &&
      status !== 0 &&
      children.some((child) => child !== company && child.exitCode === null)
    )
      process.stderr.write(`The demo ended (${status}); the server goes on.\n`);
  });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await once(probe.listen(0, '127.0.0.1'), 'listening');
  const { port } = probe.address() as AddressInfo;
  await once(probe.close(), 'close');
  return port;
}
