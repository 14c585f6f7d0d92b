// What this module needs of modules to its right, handed in by the composition.
import type { Actor } from '@gatehouse/core/actor.ts';
import type { Json } from '@gatehouse/core/audit/canonical-json.ts';
import type { TenantTx } from '../../kernel/db/database.ts';

/** The audit module's recordAudit. */
export type RecordAudit = (
  tx: TenantTx,
  entry: {
    readonly actor: Pick<Actor, 'kind' | 'id' | 'requestId'>;
    readonly action: string;
    readonly target: { readonly kind: string; readonly id: string };
    readonly outcome: 'done';
    readonly show?: Readonly<Record<string, Json>>;
  },
) => Promise<void>;

export interface CreatedOrganization {
  readonly organizationId: string;
  readonly slug: string;
  readonly name: string;
}

/** Gives a new organization what it must have from its first moment: authorities, a first policy. */
export type OnCreated = (tx: TenantTx, organization: CreatedOrganization) => Promise<void>;
