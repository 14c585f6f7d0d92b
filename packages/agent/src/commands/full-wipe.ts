/**
 * Resets the machine by a program that its own root user has named in advance. Linux has no factory reset, and a server that
 * could choose the program would own every machine: without the local file the command is refused (AGT-T02). The answer goes
 * out before the program starts (it runs inside the service's sandbox, so it had better be `systemctl start` of a unit that
 * does the work), because afterwards there may be nobody left to give one.
 */
import { posix } from 'node:path';
import { type System, valueOf } from '../system/system.ts';
import { acknowledged, type CommandHandler, failed } from './command-handler.ts';

export const fullWipeFile = '/etc/gatehouse-agent/full-wipe.json';

interface WipeProgram {
  readonly program: string;
  readonly args: readonly string[];
}

export const fullWipe: CommandHandler<'full-wipe'> = {
  afterInterruption: 'report',
  async run(_params, { system }) {
    const allowed = await readWipeProgram(system);
    if (typeof allowed === 'string') return failed(allowed);
    const { program, args } = allowed;
    return {
      ...acknowledged({ started: program }),
      afterwards: async () => {
        await system.run(program, args, { timeoutMs: 24 * 3_600_000, maximumBytes: 1024 * 1024 });
      },
    };
  },
};

/** The program that root named, or why there is none. */
async function readWipeProgram(system: System): Promise<WipeProgram | string> {
  const text = await system.readText(fullWipeFile, { maximumBytes: 64 * 1024 });
  if (text.state === 'absent')
    return `a full wipe is not enabled on this machine: its administrator has not written ${fullWipeFile}`;
  if (text.state === 'unreadable') return `${fullWipeFile} cannot be read: ${text.why}`;
  const unsafe = await findUnsafe(system, fullWipeFile);
  if (unsafe !== undefined) return unsafe;
  let named: unknown;
  try {
    named = JSON.parse(text.value);
  } catch {
    return `${fullWipeFile} is not JSON`;
  }
  const { program, args = [] } = (named ?? {}) as { program?: unknown; args?: unknown };
  if (typeof program !== 'string' || !posix.isAbsolute(program) || posix.normalize(program) !== program) {
    return `${fullWipeFile} must name a program by its absolute path`;
  }
  if (!Array.isArray(args) || !args.every((one) => typeof one === 'string'))
    return `args in ${fullWipeFile} must be a list of texts`;
  return (await findUnsafe(system, program)) ?? { program, args };
}

/** Only root may be able to change the file and every folder above it; links are not accepted. */
async function findUnsafe(system: System, path: string): Promise<string | undefined> {
  for (let at = path; ; at = posix.dirname(at)) {
    const status = valueOf(await system.linkStatus(at));
    if (status === undefined) return `${at} does not exist`;
    if (status.kind !== (at === path ? 'file' : 'directory'))
      return `${at} is a link or something else that is not accepted`;
    if (status.uid !== 0) return `${at} does not belong to root`;
    if ((status.mode & 0o022) !== 0) return `${at} can be written by others than root`;
    if (at === '/') return undefined;
  }
}
