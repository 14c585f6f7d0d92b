// The transmitter of Shared Signals, put together: what receivers ask, what is sent to them, and what runs by itself.
import type { BatchedJob } from '../../kernel/jobs/jobs.ts';
import type { SignalDeps } from './deps.ts';
import { createSigners } from './keys.ts';
import { createPolls, type Polls } from './poll.ts';
import { startSender } from './sender.ts';
import { transmitJob, transmitKind } from './transmit.ts';
import { pauseWhatWaits, purgeParked, renewKeys } from './upkeep.ts';

export {
  type Grant,
  grantSeconds,
  readGrant,
  type Scope,
  scopesOf,
  writeGrant,
} from './access-tokens.ts';
export { issuerOf, type SignalDeps } from './deps.ts';
export { publicKeys } from './keys.ts';
export {
  changeSubject,
  createStream,
  deleteStream,
  setStatus,
  showStatus,
  showStreams,
  updateStream,
  verifyStream,
} from './streams.ts';
export { signalSubscriptions } from './transmit.ts';

export interface SharedSignals {
  readonly polls: Polls;
  readonly jobs: Readonly<Record<string, BatchedJob<never>>>;
  readonly tasks: readonly { readonly name: string; readonly everyMs: number; run(): Promise<void> }[];
  close(): Promise<void>;
}

export function openSharedSignals(deps: SignalDeps): SharedSignals {
  const signers = createSigners(deps);
  const sender = startSender(deps, signers);
  const polls = createPolls(deps, signers);
  return {
    polls,
    jobs: { [transmitKind]: transmitJob(deps) as unknown as BatchedJob<never> },
    tasks: [
      { name: 'signals-sweep', everyMs: 1_000, run: () => sender.sweep() },
      { name: 'signals-pause', everyMs: 60_000, run: () => pauseWhatWaits(deps) },
      { name: 'signals-keys', everyMs: 3_600_000, run: () => renewKeys(deps) },
      { name: 'signals-purge', everyMs: 3_600_000, run: () => purgeParked(deps) },
    ],
    async close() {
      polls.close();
      await sender.close();
    },
  };
}
