/** What every gatherer is handed: the machine, what Gatehouse itself put there, and the agent's own particulars. */
import type { System } from '../system/system.ts';
import type { Findings } from './findings.ts';

/** What the ledger says Gatehouse has put on this machine and what it still wants to put there. */
export interface ManagedItems {
  readonly profiles: readonly { readonly id: string; readonly name: string; readonly kind: string }[];
  readonly certificateFingerprints: ReadonlySet<string>;
  /** Paths of files that Gatehouse wrote, so that they are not reported a second time as somebody else's. */
  readonly paths: ReadonlySet<string>;
  /** Profiles that are assigned but not in force (SCN-02). */
  readonly pendingProfiles: number;
}

export const nothingManaged: ManagedItems = {
  profiles: [],
  certificateFingerprints: new Set(),
  paths: new Set(),
  pendingProfiles: 0,
};

export interface ScanContext {
  readonly system: System;
  readonly managed: ManagedItems;
  readonly agentVersion: string;
}

/** One step of a scan; it states facts, or why it cannot. What it throws costs only its own facts. */
export interface Gatherer {
  readonly name: string;
  gather(context: ScanContext, findings: Findings): Promise<void>;
}
