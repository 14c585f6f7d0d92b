/** The end of management: what Gatehouse brought is taken away, the identity last, so that a crash in between is made good. */
import type { ManagedLedger, Removal } from '../files/managed-ledger.ts';
import type { StateStore } from '../state/agent-state.ts';
import type { CommandJournal } from '../state/command-journal.ts';
import { forgetIdentity } from '../state/identity.ts';
import type { Outbox } from '../state/outbox.ts';
import type { StateDirectory } from '../state/state-directory.ts';

export interface LeaveDependencies {
  readonly state: StateDirectory;
  readonly store: StateStore;
  readonly outbox: Outbox;
  readonly journal: CommandJournal;
  readonly ledger: ManagedLedger;
}

export async function endManagement({
  state,
  store,
  outbox,
  journal,
  ledger,
}: LeaveDependencies): Promise<Removal> {
  const removal = await ledger.removeAll();
  state.end();
  await forgetIdentity(state);
  await outbox.clear();
  await journal.clear();
  await store.reset();
  return removal;
}
