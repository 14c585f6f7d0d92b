/**
 * The running agent. Three things go on at once: the schedule (scans that are due, check-ins, retries, renewal), the held
 * request for commands, and the watch over the machine. They meet in one exclusive check-in. Everything that must survive is
 * on the disk before it has an effect; the daemon may be killed at any moment.
 */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { dirname } from 'node:path';
import type { AgentCommand } from '@gatehouse/contracts/agent.ts';
import { type Scan, scans as allScans } from '@gatehouse/core/facts/types.ts';
import { dueScans, nextAttempt } from '@gatehouse/core/schedules/schedule.ts';
import { resumeInterrupted } from '../commands/carry-out.ts';
import type { CommandContext } from '../commands/command-handler.ts';
import { applyConfiguration } from '../configuration/manage-configuration.ts';
import { managedItemsOf, ManagedLedger } from '../files/managed-ledger.ts';
import { RefusedError, UnreachableError } from '../protocol/errors.ts';
import type { ManagedItems } from '../scans/scan-context.ts';
import { StateStore } from '../state/agent-state.ts';
import { CommandJournal } from '../state/command-journal.ts';
import { loadIdentity } from '../state/identity.ts';
import { Outbox } from '../state/outbox.ts';
import type { StateDirectory } from '../state/state-directory.ts';
import { createHostSystem } from '../system/host-system.ts';
import { type RunProgram, runProgram } from '../system/run-program.ts';
import type { System } from '../system/system.ts';
import { checkIn } from './check-in.ts';
import { CommandRunner } from './command-runner.ts';
import { Exclusive } from '../exclusive.ts';
import { endManagement } from './leave.ts';
import { Link } from './link.ts';
import { listenLocally } from './local-socket.ts';
import { backOffMs, Pause } from './pause.ts';
import { RecentLog } from './recent-log.ts';
import { Scanner } from './scanner.ts';
import { type AgentStatus, statusOf } from './status.ts';
import { watchMachine } from './watch-machine.ts';

export interface DaemonOptions {
  readonly state: StateDirectory;
  readonly socketPath: string;
  /** Where to show everybody on the machine how the device stands (AGT-T03). */
  readonly publicStatusPath?: string;
  readonly agentVersion: string;
  /** The machine that is scanned and configured; `/` unless a test says otherwise. */
  readonly root?: string;
  /** Put the policy's configuration in force on this machine. */
  readonly manageConfiguration: boolean;
  readonly log: (line: string) => void;
  readonly now?: () => number;
  readonly signal: AbortSignal;
}

export type DaemonEnd = 'stopped' | 'unenrolled';

const holdSeconds = 50;
const pollBackOff = { firstMs: 1_000, mostMs: 5 * 60_000 } as const;
/** A server that three times in a row answers at once instead of holding is asked this often. */
const pollingMs = 60_000;
/** Between two check-ins that nothing but the clock asks for, whatever the server says. */
const leastPauseMs = 5_000;
const renewalLookMs = 3_600_000;
const troubleMs = 60_000;

export class NotEnrolledError extends Error {
  override readonly name = 'NotEnrolledError';
}

/** Runs until stopped or until management ends. @throws NotEnrolledError, AlreadyRunningError */
export async function runDaemon(given: DaemonOptions): Promise<DaemonEnd> {
  const identity = await loadIdentity(given.state);
  if (identity === undefined)
    throw new NotEnrolledError('this machine is not enrolled: run `gatehouse agent enroll` first');
  const now = given.now ?? Date.now;
  const recentLog = new RecentLog();
  const log = (line: string) => {
    recentLog.add(now(), line);
    given.log(line);
  };
  const options = { ...given, log };
  const root = options.root ?? '/';
  const store = await StateStore.open(options.state);
  const daemon = new Daemon(options, {
    now,
    root,
    recentLog,
    store,
    outbox: await Outbox.open(options.state),
    journal: await CommandJournal.open(options.state, now()),
    ledger: await ManagedLedger.open(options.state, root),
    link: new Link(options.state, store, identity),
  });
  return daemon.run();
}

interface Parts {
  readonly now: () => number;
  readonly root: string;
  readonly recentLog: RecentLog;
  readonly store: StateStore;
  readonly outbox: Outbox;
  readonly journal: CommandJournal;
  readonly ledger: ManagedLedger;
  readonly link: Link;
}

class Daemon {
  readonly #options: DaemonOptions;
  readonly #of: Parts;
  readonly #system: System;
  readonly #run: RunProgram;
  readonly #scanner: Scanner;
  readonly #commands: CommandRunner;
  readonly #session = new Exclusive();
  readonly #configuration = new Exclusive();
  readonly #schedulePause = new Pause();
  readonly #pollPause = new Pause();
  readonly #stop = new AbortController();
  #end: DaemonEnd = 'stopped';
  /** By the server's word; undefined until it has been given, and after a failure. */
  #nextCheckInAt: number | undefined;
  #pendingProfiles = 0;

  constructor(options: DaemonOptions, parts: Parts) {
    this.#options = options;
    this.#of = parts;
    // Programs belong to the machine that runs them: with another root there are none.
    this.#run = parts.root === '/' ? runProgram : () => Promise.resolve({ state: 'absent' });
    this.#system = createHostSystem({ root: parts.root, run: this.#run });
    this.#scanner = new Scanner({
      ...parts,
      ...options,
      now: parts.now,
      system: this.#system,
      managed: () => this.#managed(),
    });
    this.#commands = new CommandRunner({
      ...parts,
      log: options.log,
      isOver: () => this.#stop.signal.aborted || parts.store.current.leaving !== null,
      context: () => this.#commandContext(),
    });
  }

  async run(): Promise<DaemonEnd> {
    const { signal, log, socketPath } = this.#options;
    signal.addEventListener('abort', () => this.#stop.abort(), { once: true });
    if (signal.aborted) this.#stop.abort();
    await mkdir(dirname(socketPath), { recursive: true, mode: 0o755 });
    const socket = await listenLocally(socketPath, {
      status: () => this.#status(),
      refresh: () => this.#refresh(allScans),
    });
    try {
      await resumeInterrupted(this.#of.journal, this.#commandContext());
      watchMachine({
        root: this.#of.root,
        system: this.#system,
        signal: this.#stop.signal,
        onChange: (scan) => void this.#machineChanged(scan),
      });
      log(`device ${this.#of.link.identity.deviceId}, server ${this.#of.link.identity.gateway}`);
      await Promise.all([this.#followSchedule(), this.#awaitCommands()]);
    } finally {
      this.#stop.abort();
      await closeServer(socket);
      await this.#of.link.close();
    }
    return this.#end;
  }

  // ------------------------------------------------------------------------------------------------ schedule

  async #followSchedule(): Promise<void> {
    const { store, now } = this.#of;
    const { log } = this.#options;
    const { signal } = this.#stop;
    // After a start everything is new: the machine may have changed while nobody looked.
    const { policy } = store.current;
    if (policy !== null && store.current.leaving === null) await this.#applyPolicy(policy.settings);
    await this.#scanner.run(allScans);
    await this.#contact();
    while (!signal.aborted) {
      try {
        const due = dueScans(store.current.schedule, store.current.lastScanAt, now());
        if (due.length > 0) await this.#scanner.run(due);
        if (this.#nextContactAt() <= now() || (store.current.failures === 0 && this.#hasNews()))
          await this.#contact();
        if (store.current.failures === 0 && this.#of.link.isRenewalDue(now())) await this.#renew();
      } catch (error) {
        // A full disk, for one. It passes; an agent that ended over it would not come back to say so.
        log(`something went wrong here: ${String(error)}`);
        await this.#schedulePause.wait(troubleMs, signal);
      }
      const scanAt = Math.min(
        ...allScans.map(
          (scan) => (store.current.lastScanAt[scan] ?? 0) + store.current.schedule.scans[scan] * 60_000,
        ),
      );
      const wakeAt = Math.min(this.#nextContactAt(), scanAt, now() + renewalLookMs);
      await this.#schedulePause.wait(Math.max(1_000, wakeAt - now()), signal);
    }
  }

  #nextContactAt(): number {
    const { store, link } = this.#of;
    if (store.current.failures === 0 && this.#nextCheckInAt !== undefined) return this.#nextCheckInAt;
    return nextAttempt(store.current.schedule, { ...store.current, enrolledAt: link.identity.enrolledAt });
  }

  #hasNews(): boolean {
    return this.#of.outbox.waiting.some(({ scans }) => scans.length > 0);
  }

  async #renew(): Promise<void> {
    try {
      await this.#of.link.renew(this.#of.now());
      this.#options.log('the certificate has been renewed');
      // Used at once: only then does the server know that it arrived, and the old one can end.
      await this.#contact();
    } catch (error) {
      this.#options.log(`the certificate could not be renewed: ${String(error)}`);
    }
  }

  // ------------------------------------------------------------------------------------------------ check-in

  /** One session with the server. False when it failed; the failure is counted and the schedule takes over. */
  #contact(): Promise<boolean> {
    return this.#session.run(async () => {
      const { store, now } = this.#of;
      if (this.#stop.signal.aborted) return false;
      if (store.current.leaving !== null) return this.#leave();
      const attemptedAt = now();
      try {
        const { commands, nextCheckInSeconds, toAcknowledge } = await checkIn({
          ...this.#of,
          scanner: this.#scanner,
          system: this.#system,
          log: this.#options.log,
          applyPolicy: (settings) => this.#applyPolicy(settings),
        });
        await store.update({
          lastSuccessAt: attemptedAt,
          lastAttemptAt: attemptedAt,
          failures: 0,
          lastError: null,
        });
        this.#nextCheckInAt = now() + (toAcknowledge ? 0 : Math.max(leastPauseMs, nextCheckInSeconds * 1000));
        await this.#publish();
        this.#schedulePause.wake();
        this.#pollPause.wake();
        void this.#takeCommands(commands).catch((error: unknown) => this.#options.log(String(error)));
        return true;
      } catch (error) {
        await this.#contactFailed(error, attemptedAt);
        return false;
      }
    });
  }

  async #contactFailed(error: unknown, attemptedAt: number): Promise<void> {
    const { store } = this.#of;
    if (this.#stop.signal.aborted) return;
    if (error instanceof RefusedError && error.code === 'device-unmanaged')
      return this.#finish('the server has ended management');
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.log(`no contact with the server: ${reason}`);
    this.#nextCheckInAt = undefined;
    // A try that a change on this machine caused comes on top of the schedule and does not use up one of its retries.
    const scheduled = this.#nextContactAt() <= attemptedAt || store.current.failures === 0;
    await store.update({
      lastAttemptAt: attemptedAt,
      lastError: reason.slice(0, 500),
      failures: store.current.failures + (scheduled ? 1 : 0),
    });
  }

  /** Follows a hint of the server, at once or as soon as it is good for it: a hint is given once and must not be lost. */
  #contactSoon(): void {
    const earliest = (this.#of.store.current.lastSuccessAt ?? 0) + leastPauseMs;
    this.#nextCheckInAt = Math.min(this.#nextContactAt(), Math.max(earliest, this.#of.now()));
    this.#schedulePause.wake();
  }

  async #applyPolicy(settings: Readonly<Record<string, boolean | number | string>>): Promise<void> {
    if (!this.#options.manageConfiguration || this.#of.store.current.leaving !== null) return;
    const { applied, removed, changed, pending } = await this.#configuration.run(() =>
      applyConfiguration(settings, { system: this.#system, ledger: this.#of.ledger }),
    );
    const news = pending.length !== this.#pendingProfiles;
    this.#pendingProfiles = pending.length;
    if (!changed && !news) return;
    for (const { name, why } of pending) this.#options.log(`${name} is not in force: ${why}`);
    this.#options.log(`configuration: ${applied.length} profiles in force, ${removed.length} files removed`);
    // Not awaited: this runs inside a session, and what the scans find goes out with the next one.
    for (const scan of ['security', 'profiles'] as const) void this.#reportChanges(scan);
  }

  // ------------------------------------------------------------------------------------------------ commands

  async #awaitCommands(): Promise<void> {
    const { link, store, now } = this.#of;
    const { signal } = this.#stop;
    let failures = 0;
    let quick = 0;
    await this.#pollPause.wait(pollBackOff.mostMs, signal);
    while (!signal.aborted) {
      const asked = now();
      try {
        // A held request would only tell in a minute that the server is back.
        const wait = store.current.failures > 0 ? 0 : holdSeconds;
        const { commands } = await link.call((client) => client.commands(wait, signal));
        failures = 0;
        // The server is there: what has been waiting for the next retry can go at once.
        if (store.current.failures > 0) await this.#contact();
        await this.#commands.sendResults();
        const fresh = commands.filter(({ id }) => this.#of.journal.find(id) === undefined);
        await this.#takeCommands(commands);
        if (commands.length > 0 && fresh.length === 0)
          await this.#pollPause.wait(pollBackOff.firstMs, signal);
        const held = now() - asked;
        if (wait > 0 && commands.length === 0) {
          quick = held < 1_000 ? quick + 1 : 0;
          // An empty answer well before its time says that there is news of another kind, such as a policy.
          if (held < (wait - 5) * 1_000) this.#contactSoon();
          if (quick >= 3) await this.#pollPause.wait(pollingMs, signal);
        }
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        const refused = error instanceof RefusedError ? error : undefined;
        if (refused?.code === 'device-unmanaged') return this.#finish('the server has ended management');
        // Long silence is the schedule's matter: then only a check-in finds out that the server is back.
        const silent = store.current.failures > store.current.schedule.retryCount;
        const pause =
          refused?.retryAfterSeconds === undefined
            ? backOffMs(failures, pollBackOff)
            : refused.retryAfterSeconds * 1000;
        await this.#pollPause.wait(silent ? Math.max(0, this.#nextContactAt() - now()) : pause, signal);
      }
    }
  }

  async #takeCommands(commands: readonly AgentCommand[]): Promise<void> {
    if (commands.length > 0) await this.#commands.take(commands);
    if (this.#of.store.current.leaving !== null) await this.#contact();
  }

  #commandContext(): Omit<CommandContext, 'commandId'> {
    return {
      ...this.#of,
      system: this.#system,
      run: this.#run,
      settings: this.#of.store.current.policy?.settings ?? {},
      recentLog: (from) => this.#of.recentLog.since(from),
      refresh: (scans) => this.#refresh(scans),
    };
  }

  async #refresh(scans: readonly Scan[]): Promise<void> {
    await this.#scanner.run(scans);
    if (!(await this.#contact()))
      throw new UnreachableError(this.#of.store.current.lastError ?? 'the server cannot be reached');
  }

  async #machineChanged(scan: Scan): Promise<void> {
    // Whatever changed may have been ours: a file that somebody deleted is put back before it is missed.
    const { policy } = this.#of.store.current;
    if (policy !== null && (scan === 'security' || scan === 'profiles')) {
      await this.#applyPolicy(policy.settings).catch((error: unknown) => this.#options.log(String(error)));
    }
    await this.#reportChanges(scan);
  }

  async #reportChanges(scan: Scan): Promise<void> {
    try {
      if (await this.#scanner.runForChanges([scan])) await this.#contact();
    } catch (error) {
      this.#options.log(`a change could not be followed: ${String(error)}`);
    }
  }

  // ------------------------------------------------------------------------------------------------ the end

  /** After a selective wipe: the result first, then the farewell, then the identity (WIP-02). */
  async #leave(): Promise<boolean> {
    const { store, link, journal } = this.#of;
    // The wipe itself is still at work; it calls here again when it is done.
    if (journal.interrupted.length > 0) return false;
    try {
      await this.#commands.sendResults();
      await link.call((client) => client.unenroll(store.current.leaving ?? 'command'));
    } catch (error) {
      // A server that does not know the device any more has nothing left to be told.
      const gone = error instanceof RefusedError && (error.status === 401 || error.status === 404);
      if (!gone) {
        await this.#contactFailed(error, this.#of.now());
        return false;
      }
    }
    await this.#finish('management has ended');
    return true;
  }

  async #finish(why: string): Promise<void> {
    const { removed, left } = await endManagement({ ...this.#of, state: this.#options.state });
    this.#options.log(
      `${why}: ${removed.length} files removed${left.length === 0 ? '' : `, changed by others and left: ${left.join(', ')}`}`,
    );
    this.#end = 'unenrolled';
    this.#stop.abort();
  }

  #managed(): ManagedItems {
    return managedItemsOf(this.#of.ledger, this.#pendingProfiles);
  }

  /** In a folder of root's own, put in place whole; a failure to show something is no failure to do it. */
  async #publish(): Promise<void> {
    const { publicStatusPath } = this.#options;
    if (publicStatusPath === undefined) return;
    try {
      await writeFile(`${publicStatusPath}.new`, JSON.stringify(this.#status()), { mode: 0o644 });
      await rename(`${publicStatusPath}.new`, publicStatusPath);
    } catch (error) {
      this.#options.log(`the status could not be shown: ${String(error)}`);
    }
  }

  #status(): AgentStatus {
    return statusOf({
      identity: this.#of.link.identity,
      state: this.#of.store.current,
      waitingReports: this.#of.outbox.waiting.length,
      agentVersion: this.#options.agentVersion,
    });
  }
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
