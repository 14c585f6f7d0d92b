/**
 * A machine for tests: one text file under testdata/ unpacked into a temporary root. Sections:
 *
 *     -- /etc/os-release --          a file with the lines that follow
 *     -- /etc/shadow 0640 --         the same, with permission bits
 *     -- base64 /sys/x --            a file of bytes
 *     -- run /usr/bin/rpm -qa --     what a program says when it is run with exactly these arguments
 *     -- values --                   many one-line files: `path = text`
 *     -- links --                    symbolic links: `path -> target`
 *     -- folders --                  empty folders, one a line
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Scan, scans } from '@gatehouse/core/facts/types.ts';
import { runScan, type ScanReport } from '../src/scans/scan.ts';
import { nothingManaged } from '../src/scans/scan-context.ts';
import { createHostSystem } from '../src/system/host-system.ts';
import type { FileStatus, Reading, RunOptions, System } from '../src/system/system.ts';

export interface Machine {
  readonly root: string;
  readonly system: System;
  /** Every program that was run, with its arguments and as whom. */
  readonly runs: { command: string; account: string | undefined }[];
  write(path: string, content: string | Buffer, mode?: number): void;
  link(path: string, target: string): void;
  remove(path: string): void;
  program(command: string, output: string): void;
  scan(kind: Scan): Promise<ScanReport>;
}

export function machine(test: Pick<TestContext, 'after'>, name?: string): Machine {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-machine-'));
  test.after(() => rmSync(root, { recursive: true, force: true }));
  const programs = new Map<string, string>();
  const runs: Machine['runs'] = [];

  const place = (path: string) => {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    return target;
  };
  const write: Machine['write'] = (path, content, mode = 0o644) => {
    const target = place(path);
    writeFileSync(target, content);
    chmodSync(target, mode);
  };
  const link: Machine['link'] = (path, target) => symlinkSync(target, place(path));

  const host = createHostSystem({
    root,
    run: (program, args, options?: RunOptions) => {
      const command = [program, ...args].join(' ');
      runs.push({ command, account: options?.account?.name });
      const output = programs.get(
        options?.account === undefined ? command : `${options.account.name}: ${command}`,
      );
      return Promise.resolve(
        output === undefined ? { state: 'absent' } : { state: 'present', value: output },
      );
    },
  });
  // Whoever runs the tests owns the prepared tree; on the machine it stands for, root does.
  const asRoot = (reading: Reading<FileStatus>): Reading<FileStatus> =>
    reading.state === 'present' && reading.value.uid === process.getuid?.()
      ? { state: 'present', value: { ...reading.value, uid: 0, gid: 0 } }
      : reading;
  const system: System = {
    ...host,
    status: async (path) => asRoot(await host.status(path)),
    linkStatus: async (path) => asRoot(await host.linkStatus(path)),
  };

  const made: Machine = {
    root,
    system,
    runs,
    write,
    link,
    remove: (path) => rmSync(join(root, path), { recursive: true, force: true }),
    program: (command, output) => programs.set(command, output),
    scan: (kind) =>
      runScan(kind, { system, managed: nothingManaged, agentVersion: '9.9.9' }, { platform: 'linux' }),
  };
  if (name !== undefined) unpack(name, made);
  return made;
}

/** All five scans, merged. */
export async function allFacts(made: Machine): Promise<Record<string, unknown>> {
  const facts = {};
  for (const scan of scans) Object.assign(facts, (await made.scan(scan)).facts);
  return facts;
}

function unpack(name: string, made: Machine): void {
  const text = readFileSync(new URL(`../testdata/${name}.txt`, import.meta.url), 'utf8');
  for (const section of text.split(/^(?=-- .* --$)/m).slice(1)) {
    const end = section.indexOf('\n');
    const heading = section.slice(3, end - 3);
    const body = section.slice(end + 1);
    if (heading === 'values') {
      for (const line of linesOf(body)) {
        const at = line.indexOf(' = ');
        made.write(line.slice(0, at), `${line.slice(at + 3)}\n`);
      }
    } else if (heading === 'links') {
      for (const line of linesOf(body)) {
        const [path = '', target = ''] = line.split(' -> ');
        made.link(path, target);
      }
    } else if (heading === 'folders') {
      for (const line of linesOf(body)) mkdirSync(join(made.root, line), { recursive: true });
    } else if (heading.startsWith('run ')) made.program(heading.slice(4), body);
    else if (heading.startsWith('base64 ')) made.write(heading.slice(7), Buffer.from(body, 'base64'));
    else {
      const [, path = heading, mode] = /^(.+) (0[0-7]{3,4})$/.exec(heading) ?? [];
      made.write(path, body, mode === undefined ? 0o644 : Number.parseInt(mode, 8));
    }
  }
}

function linesOf(body: string): readonly string[] {
  return body.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
