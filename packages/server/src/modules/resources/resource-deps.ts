// What use-cases of resources need, and the ports through which what stands to the right is handed in.
import type { ResourceFields, ResourceKind, ResourceSecrets } from '@gatehouse/core/resources/catalogue.ts';
import type { VariableName } from '@gatehouse/core/resources/variables.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';

/** Policies own the assignments: they are told in the same transaction. */
export interface ResourceAssignments {
  /** The devices that have it are to be looked at again. */
  announce(tx: TenantTx, resourceIds: readonly string[]): Promise<void>;
  /** Its assignments end, and the devices concerned lose it. */
  withdraw(tx: TenantTx, resourceId: string): Promise<void>;
}

/** What a platform found in content of its own format. */
export interface ContentFindings {
  /** Sentences' ends, as with fields; empty: it is sound. */
  readonly problems: readonly string[];
  readonly variables?: readonly VariableName[];
}

/** Reads what only a platform can read, such as a ready-made profile. Kinds that are not its business pass. */
export type CheckContent = (
  kind: ResourceKind,
  fields: ResourceFields,
  secrets: ResourceSecrets,
) => ContentFindings;

export interface ResourceDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly sealer: Pick<Sealer, 'seal' | 'open'>;
  readonly events: Events;
  readonly clock: Clock;
  readonly resourceAssignments: ResourceAssignments;
  readonly checkContent: CheckContent;
}
