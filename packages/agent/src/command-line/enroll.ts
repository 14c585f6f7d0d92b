/** `agent enroll`: finds the server, proves the code in both directions, keeps the identity, reports for the first time. */
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { NotEnrolledError } from '../daemon/daemon.ts';
import { oneSession } from '../daemon/one-session.ts';
import { discover } from '../protocol/discover.ts';
import { enroll } from '../protocol/enroll.ts';
import { nothingManaged } from '../scans/scan-context.ts';
import { runScan } from '../scans/scan.ts';
import { StateStore } from '../state/agent-state.ts';
import { loadIdentity, saveIdentity } from '../state/identity.ts';
import { StateDirectory } from '../state/state-directory.ts';
import { createHostSystem } from '../system/host-system.ts';
import { agentVersion } from '../version.ts';
import {
  type AgentCommandLine,
  rootOption,
  stateDirectoryOf,
  stateOptions,
  type Terminal,
  UsageError,
  type Values,
} from './command.ts';

/** What the device says of itself before its first report; claims prove nothing. */
const claimed = [
  'device.manufacturer',
  'device.model',
  'device.serial-number',
  'device.host-name',
  'os.family',
  'os.name',
  'os.version',
] as const;

export const enrollCommand: AgentCommandLine = {
  name: 'enroll',
  summary: 'Bring this machine under management with a one-time password',
  options: {
    url: { type: 'string', help: 'the address that came with the password' },
    email: { type: 'string', help: 'find the address from your e-mail address instead' },
    password: { type: 'string', help: 'the one-time password; asked for when absent' },
    'password-stdin': { type: 'boolean', help: 'read the one-time password from standard input' },
    yes: { type: 'boolean', help: 'do not ask whether the server that was found is the right one' },
    'no-check-in': { type: 'boolean', help: 'do not report yet; `agent run` will' },
    ...stateOptions,
    ...rootOption,
  },
  async run(values, terminal) {
    const state = await StateDirectory.open(stateDirectoryOf(values));
    const present = await loadIdentity(state);
    if (present !== undefined) {
      throw new Error(`this machine is enrolled already, as device ${present.deviceId} at ${present.server}`);
    }
    const url = await addressOf(values, terminal);
    const code = await passwordOf(values, terminal, url);
    const root = values.text('root') ?? '/';
    const system = createHostSystem({ root });
    const context = { system, managed: nothingManaged, agentVersion };
    const { facts } = await runScan('device-information', context);
    const claims = Object.fromEntries(
      claimed.flatMap((name) => (typeof facts[name] === 'string' ? [[name, facts[name].slice(0, 256)]] : [])),
    );
    const identity = await enroll({ url, code, claims, now: Date.now }).catch(explain);
    await (await StateStore.open(state)).reset();
    await saveIdentity(state, identity);
    terminal.note(`Enrolled at ${identity.server} as device ${identity.deviceId}.`);
    // The server may be busy or gone by now; enrolment is complete all the same (OTA-09).
    const registered = !values.flag('no-check-in') && (await firstSession(state, root, terminal));
    const { deviceId, organization, server } = identity;
    return { deviceId, organization, server, stateDirectory: state.path, registered };
  },
};

async function firstSession(state: StateDirectory, root: string, terminal: Terminal): Promise<boolean> {
  try {
    await oneSession({ state, root, agentVersion, log: (line) => terminal.note(line) });
    return true;
  } catch (error) {
    if (error instanceof NotEnrolledError) throw error;
    terminal.note(`The first report has to wait: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

async function addressOf(values: Values, terminal: Terminal): Promise<string> {
  const url = values.text('url');
  const email = values.text('email');
  if (url !== undefined && email !== undefined) throw new UsageError('give either --url or --email');
  if (url !== undefined) return url;
  if (email === undefined) return askForUrl(terminal, 'give --url or --email');
  try {
    const found = await discover(email);
    terminal.note(`Found the server ${found.host}.`);
    if (values.flag('yes')) return found.url;
    if (terminal.ask === undefined)
      throw new UsageError('confirm the server that was found with --yes, or give --url');
    const answer = await terminal.ask(`Is ${found.host} the server of your organization? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new Error('not enrolled: the server was not confirmed');
    return found.url;
  } catch (error) {
    if (error instanceof UsageError || terminal.ask === undefined) throw error;
    terminal.note(`No server was found: ${error instanceof Error ? error.message : String(error)}`);
    return askForUrl(terminal, 'give --url');
  }
}

async function askForUrl(terminal: Terminal, hint: string): Promise<string> {
  if (terminal.ask === undefined) throw new UsageError(hint);
  return (await terminal.ask('Enrolment address: ')).trim();
}

/** Undefined when the address carries it. */
async function passwordOf(values: Values, terminal: Terminal, url: string): Promise<string | undefined> {
  const given = values.text('password');
  if (given !== undefined) return given;
  if (values.flag('password-stdin')) return (await terminal.readStandardInput()).trim();
  if (url.includes('#')) return undefined;
  if (terminal.ask === undefined) throw new UsageError('give --password or --password-stdin');
  return (await terminal.ask('One-time password: ')).trim();
}

function explain(error: unknown): never {
  if (error instanceof DecodeError && error.reason === 'server-not-genuine') {
    throw new Error(
      'the server could not prove that it knows this one-time password: it is not your server, or the password is wrong or for another address. Nothing was kept.',
      { cause: error },
    );
  }
  throw error;
}
