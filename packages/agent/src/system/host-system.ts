/**
 * The machine itself, or a tree on disk that stands for one: with a root other than `/`, every path and every link is
 * resolved inside it, as chroot would.
 */
import { constants } from 'node:fs';
import { lstat, open, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { type RunProgram, runProgram } from './run-program.ts';
import type { FileStatus, Reading, ReadOptions, System } from './system.ts';

const mebibyte = 1024 * 1024;
const maximumEntries = 100_000;
const maximumLinks = 40;

export interface HostSystemOptions {
  /** Default `/`. */
  readonly root?: string;
  readonly run?: RunProgram;
}

export function createHostSystem({ root = '/', run = runProgram }: HostSystemOptions = {}): System {
  const onDisk = (path: string) => join(root, path);

  /** Walks the path one component at a time, so that an absolute link cannot leave the root. */
  async function resolve(path: string, followLast: boolean): Promise<string> {
    // On the machine itself the kernel does this, at a fraction of the cost.
    if (root === '/') return path;
    let waiting = components(path);
    let links = 0;
    let resolved = '/';
    while (waiting.length > 0) {
      const [component = '', ...rest] = waiting;
      waiting = rest;
      const next = posix.join(resolved, component);
      if (!followLast && waiting.length === 0) return next;
      const status = await lstat(onDisk(next));
      if (!status.isSymbolicLink()) {
        resolved = next;
        continue;
      }
      links += 1;
      if (links > maximumLinks) throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
      const target = await readlink(onDisk(next));
      if (posix.isAbsolute(target)) resolved = '/';
      waiting = [...components(target), ...waiting];
    }
    return resolved;
  }

  async function readBytes(path: string, options: ReadOptions = {}): Promise<Reading<Buffer>> {
    const maximumBytes = options.maximumBytes ?? mebibyte;
    return reading(async () => {
      // O_NONBLOCK: a FIFO put where a file should be must not hold the agent up.
      const file = await open(onDisk(await resolve(path, true)), constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        if (!(await file.stat()).isFile()) return { state: 'unreadable', why: `${path} is not a file` };
        const { bytes, more } = await readUpTo(file, maximumBytes);
        if (!more) return { state: 'present', value: bytes };
        if (options.cut === true) return { state: 'present', value: bytes, cut: true };
        return { state: 'unreadable', why: `${path} is longer than ${maximumBytes} bytes` };
      } finally {
        await file.close();
      }
    });
  }

  return {
    readBytes,
    async readText(path, options) {
      const bytes = await readBytes(path, options);
      return bytes.state === 'present' ? { ...bytes, value: bytes.value.toString('utf8') } : bytes;
    },
    list: (path) =>
      reading(async () => {
        const names = await readdir(onDisk(await resolve(path, true)));
        names.sort();
        if (names.length <= maximumEntries) return { state: 'present', value: names };
        return { state: 'present', value: names.slice(0, maximumEntries), cut: true };
      }),
    status: (path) =>
      reading(async () => ({
        state: 'present',
        value: fileStatus(await stat(onDisk(await resolve(path, true)))),
      })),
    linkStatus: (path) =>
      reading(async () => ({
        state: 'present',
        value: fileStatus(await lstat(onDisk(await resolve(path, false)))),
      })),
    realPath: async (path) => {
      const resolved = await reading(async () => ({
        state: 'present',
        value: root === '/' ? await realpath(path) : await resolve(path, true),
      }));
      return resolved.state === 'present' ? resolved.value : undefined;
    },
    run: (program, args, options) => run(program, args, options),
  };
}

function components(path: string): string[] {
  return path.split('/').filter((component) => component !== '' && component !== '.');
}

async function readUpTo(
  file: { read(buffer: Buffer, offset: number, length: number): Promise<{ bytesRead: number }> },
  maximumBytes: number,
): Promise<{ bytes: Buffer; more: boolean }> {
  const chunks: Buffer[] = [];
  let total = 0;
  // Files of /proc and /sys say size 0, so read until the end comes.
  for (;;) {
    const chunk = Buffer.allocUnsafe(Math.min(64 * 1024, maximumBytes + 1 - total));
    const { bytesRead } = await file.read(chunk, 0, chunk.length);
    if (bytesRead === 0) return { bytes: Buffer.concat(chunks), more: false };
    total += bytesRead;
    chunks.push(chunk.subarray(0, bytesRead));
    if (total > maximumBytes) return { bytes: Buffer.concat(chunks).subarray(0, maximumBytes), more: true };
  }
}

async function reading<T>(work: () => Promise<Reading<T>>): Promise<Reading<T>> {
  try {
    return await work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { state: 'absent' };
    return { state: 'unreadable', why: code ?? String(error) };
  }
}

function fileStatus(status: import('node:fs').Stats): FileStatus {
  const kind = status.isFile() ? 'file' : status.isDirectory() ? 'directory' : 'other';
  return { kind, mode: status.mode & 0o7777, uid: status.uid, gid: status.gid, size: status.size };
}
