// The real server as a process of its own, on a data directory of its own, and what its processes have cost so far.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { serverNodeOptions } from '@gatehouse/core/product.ts';
import { type DatabaseAddress, socketAddress } from '@gatehouse/server/kernel/db/address.ts';

const program = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url));

export interface ServerUnderLoad {
  readonly dataDirectory: string;
  readonly mainPort: number;
  readonly devicePort: number;
  readonly address: DatabaseAddress;
  /** Microseconds of CPU that the server and its database have used. */
  cpu(): number;
  /** The same of the database alone. */
  databaseCpu(): number;
  /** MiB that the server's process holds in memory now. */
  memory(): number;
  stop(): Promise<void>;
}

/** @param env what the server is to be told beside its addresses. */
export async function startServerUnderLoad(
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerUnderLoad> {
  const root = mkdtempSync(join(tmpdir(), `gatehouse-bench-${name}-`));
  // so that the database's unprivileged user can pass when we are root
  chmodSync(root, 0o711);
  const dataDirectory = join(root, 'data');
  const [mainPort, devicePort, operationsPort] = await freePorts();
  const child = spawn(process.execPath, [...serverNodeOptions, program, 'serve'], {
    env: {
      ...process.env,
      GATEHOUSE_DATA_DIR: dataDirectory,
      GATEHOUSE_LISTEN: `127.0.0.1:${mainPort}`,
      GATEHOUSE_DEVICE_LISTEN: `127.0.0.1:${devicePort}`,
      GATEHOUSE_OPERATIONS_LISTEN: `127.0.0.1:${operationsPort}`,
      GATEHOUSE_PUBLIC_URL: `https://localhost:${mainPort}`,
      GATEHOUSE_LOG_LEVEL: 'error',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await untilReady(child);
  const postmaster = postmasterFile(dataDirectory);
  const databaseCpu = () => microseconds([postmaster.pid, ...childrenOf(postmaster.pid)]);
  return {
    dataDirectory,
    mainPort,
    devicePort,
    address: socketAddress({ host: postmaster.socket, port: 5432, database: 'gatehouse' }),
    databaseCpu,
    cpu: () => microseconds([child.pid ?? 0]) + databaseCpu(),
    memory: () => residentMebibytes(child.pid ?? 0),
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function untilReady(child: ChildProcess): Promise<void> {
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  while (!said.includes('is ready')) {
    if (child.exitCode !== null) throw new Error(`the server ended: ${said}`);
    await wait(50);
  }
}

async function freePorts(): Promise<[number, number, number]> {
  const servers = [createServer(), createServer(), createServer()] as const;
  await Promise.all(servers.map((server) => once(server.listen(0, '127.0.0.1'), 'listening')));
  const port = (server: (typeof servers)[number]) => (server.address() as AddressInfo).port;
  const ports: [number, number, number] = [port(servers[0]), port(servers[1]), port(servers[2])];
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** First and fifth line: process and directory of the socket. */
function postmasterFile(dataDirectory: string): { pid: number; socket: string } {
  let cluster = join(dataDirectory, 'postgres', 'cluster');
  try {
    const note = readFileSync(join(dataDirectory, 'postgres', 'location'), 'utf8');
    cluster = join((JSON.parse(note) as { directory: string }).directory, 'cluster');
  } catch {
    // The cluster lies in the data directory.
  }
  const lines = readFileSync(join(cluster, 'postmaster.pid'), 'latin1').split('\n');
  return { pid: Number(lines[0]), socket: lines[4] ?? '' };
}

/** What stands in /proc/PID/stat behind the name, which may hold anything. */
function statOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
  } catch {
    return [];
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)[1] === String(parent));
}

/** User and system time; those of children that have ended come with their parent. In steps of 10 ms. */
export function microseconds(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids) {
    const stat = statOf(pid);
    ticks += stat.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  }
  return ticks * 10_000;
}

function residentMebibytes(pid: number): number {
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return Number(resident) / 1_024;
}
