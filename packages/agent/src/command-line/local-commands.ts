/** The sub-commands that look at this machine and this agent: status, refresh, scan, diagnostics, unenroll. */
import { readFile } from 'node:fs/promises';
import { type Scan, scans } from '@gatehouse/core/facts/types.ts';
import { NotEnrolledError } from '../daemon/daemon.ts';
import { endManagement } from '../daemon/leave.ts';
import { askLocally } from '../daemon/local-socket.ts';
import { oneSession } from '../daemon/one-session.ts';
import { statusOf } from '../daemon/status.ts';
import { ManagedLedger } from '../files/managed-ledger.ts';
import { RefusedError } from '../protocol/errors.ts';
import { GatewayClient } from '../protocol/gateway-client.ts';
import { nothingManaged } from '../scans/scan-context.ts';
import { runScan } from '../scans/scan.ts';
import { StateStore } from '../state/agent-state.ts';
import { CommandJournal } from '../state/command-journal.ts';
import { loadIdentity } from '../state/identity.ts';
import { Outbox } from '../state/outbox.ts';
import { StateDirectory } from '../state/state-directory.ts';
import { createHostSystem } from '../system/host-system.ts';
import { agentVersion } from '../version.ts';
import {
  type AgentCommandLine,
  publicStatusPath,
  rootOption,
  socketOf,
  stateDirectoryOf,
  stateOptions,
  UsageError,
  type Values,
} from './command.ts';

const statusTimeoutMs = 5_000;
const refreshTimeoutMs = 180_000;

export const statusCommand: AgentCommandLine = {
  name: 'status',
  summary: 'Show last contact, verdict and messages',
  options: stateOptions,
  run: (values) =>
    askLocally(socketOf(values), 'GET', '/status', statusTimeoutMs).catch(() => statusFromDisk(values)),
};

async function statusFromDisk(values: Values): Promise<unknown> {
  if (process.getuid?.() !== 0 && values.text('state-dir') === undefined) return publicStatus();
  const state = await StateDirectory.open(stateDirectoryOf(values));
  const identity = await loadIdentity(state);
  return {
    ...statusOf({
      identity,
      state: (await StateStore.open(state)).current,
      waitingReports: (await Outbox.open(state)).waiting.length,
      agentVersion,
    }),
    running: false,
  };
}

/** What the daemon lets everybody on the machine see. */
async function publicStatus(): Promise<unknown> {
  try {
    return JSON.parse(await readFile(publicStatusPath, 'utf8'));
  } catch (error) {
    throw new Error('the agent is not running, or has not been set up', { cause: error });
  }
}

export const refreshCommand: AgentCommandLine = {
  name: 'refresh',
  summary: 'Scan now and report to the server',
  options: { ...stateOptions, ...rootOption },
  async run(values, terminal) {
    const socket = socketOf(values);
    const running = await askLocally(socket, 'GET', '/status', statusTimeoutMs).then(
      () => true,
      () => false,
    );
    if (running) return askLocally(socket, 'POST', '/refresh', refreshTimeoutMs);
    const state = await StateDirectory.open(stateDirectoryOf(values));
    return oneSession({
      state,
      root: values.text('root') ?? '/',
      agentVersion,
      log: (line) => terminal.note(line),
    });
  },
};

export const scanCommand: AgentCommandLine = {
  name: 'scan',
  summary: 'Show what the agent would report, without reporting it',
  options: {
    only: { type: 'string', help: `one of ${scans.join(', ')}` },
    ...rootOption,
  },
  async run(values) {
    const only = values.text('only');
    if (only !== undefined && !(scans as readonly string[]).includes(only))
      throw new UsageError(`there is no scan "${only}"`);
    const system = createHostSystem({ root: values.text('root') ?? '/' });
    const reports = [];
    for (const scan of only === undefined ? scans : [only as Scan]) {
      reports.push(await runScan(scan, { system, managed: nothingManaged, agentVersion }));
    }
    return { scans: reports };
  },
};

export const diagnosticsCommand: AgentCommandLine = {
  name: 'diagnostics',
  summary: 'Gather what support needs; holds no key and no password',
  options: { ...stateOptions, ...rootOption },
  async run(values) {
    const system = createHostSystem({ root: values.text('root') ?? '/' });
    const notes = [];
    for (const scan of scans) {
      const report = await runScan(scan, { system, managed: nothingManaged, agentVersion });
      notes.push({
        scan,
        facts: Object.keys(report.facts).length,
        truncated: report.truncated,
        notes: report.notes,
      });
    }
    const runtime = { node: process.version, platform: process.platform, architecture: process.arch };
    return { agentVersion, runtime, status: await statusCommand.run(values, noTerminal), scans: notes };
  },
};

const noTerminal = {
  note: () => undefined,
  ask: undefined,
  readStandardInput: () => Promise.resolve(''),
  signal: new AbortController().signal,
};

export const unenrollCommand: AgentCommandLine = {
  name: 'unenroll',
  summary: 'End management: tell the server, remove what Gatehouse brought, forget the identity',
  options: {
    ...stateOptions,
    force: { type: 'boolean', help: 'also when the server cannot be told' },
    ...rootOption,
  },
  async run(values, terminal) {
    const state = await StateDirectory.open(stateDirectoryOf(values));
    const identity = await loadIdentity(state);
    if (identity === undefined) throw new NotEnrolledError('this machine is not enrolled');
    const client = new GatewayClient(identity, identity.nextCredential ?? identity.credential);
    try {
      await client.unenroll('user');
    } catch (error) {
      const gone = error instanceof RefusedError && error.status === 401;
      const why = error instanceof Error ? error.message : String(error);
      if (!gone && !values.flag('force'))
        throw new Error(`the server could not be told (${why}); use --force to leave all the same`, {
          cause: error,
        });
      terminal.note(`The server could not be told: ${why}`);
    } finally {
      await client.close();
    }
    const root = values.text('root') ?? '/';
    const parts = {
      state,
      store: await StateStore.open(state),
      outbox: await Outbox.open(state),
      journal: await CommandJournal.open(state, Date.now()),
      ledger: await ManagedLedger.open(state, root),
    };
    const { removed, left } = await endManagement(parts);
    return { deviceId: identity.deviceId, removed, left };
  },
};
