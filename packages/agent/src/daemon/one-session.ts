/** A single session without the daemon: scans, reports, takes in policy and schedule. Commands wait for the daemon. */
import { scans } from '@gatehouse/core/facts/types.ts';
import { managedItemsOf, ManagedLedger } from '../files/managed-ledger.ts';
import { StateStore } from '../state/agent-state.ts';
import { loadIdentity } from '../state/identity.ts';
import { Outbox } from '../state/outbox.ts';
import type { StateDirectory } from '../state/state-directory.ts';
import { createHostSystem } from '../system/host-system.ts';
import { checkIn } from './check-in.ts';
import { NotEnrolledError } from './daemon.ts';
import { Link } from './link.ts';
import { Scanner } from './scanner.ts';
import { type AgentStatus, statusOf } from './status.ts';

export interface OneSessionOptions {
  readonly state: StateDirectory;
  readonly root: string;
  readonly agentVersion: string;
  readonly log: (line: string) => void;
}

export async function oneSession({
  state,
  root,
  agentVersion,
  log,
}: OneSessionOptions): Promise<AgentStatus> {
  const identity = await loadIdentity(state);
  if (identity === undefined) throw new NotEnrolledError('this machine is not enrolled');
  const store = await StateStore.open(state);
  const outbox = await Outbox.open(state);
  const ledger = await ManagedLedger.open(state, root);
  const link = new Link(state, store, identity);
  const now = Date.now;
  const system = createHostSystem({ root });
  const scanner = new Scanner({
    system,
    store,
    outbox,
    agentVersion,
    now,
    managed: () => managedItemsOf(ledger, 0),
  });
  try {
    await scanner.run(scans);
    // A policy that only the daemon may put in force is not acknowledged here, so the daemon is handed it again.
    const applyPolicy = () => Promise.reject(new Error('the daemon does that'));
    await checkIn({ link, store, outbox, scanner, system, now, log: () => undefined, applyPolicy });
    await store.update({ lastSuccessAt: now(), lastAttemptAt: now(), failures: 0, lastError: null });
  } catch (error) {
    log(error instanceof Error ? error.message : String(error));
    throw error;
  } finally {
    await link.close();
  }
  return statusOf({
    identity: link.identity,
    state: store.current,
    waitingReports: outbox.waiting.length,
    agentVersion,
  });
}
