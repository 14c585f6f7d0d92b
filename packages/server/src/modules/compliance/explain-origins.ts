// Where what a verdict rests on comes from, beyond the verdict itself: the groups on the way, who published the policies, since
// when each gate answers so, and what the device's user is told. Everything by the right of whoever asks.
import type { Explanation } from '@gatehouse/core/compliance/explain.ts';
import type { Gate } from '@gatehouse/core/compliance/gate.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { findPolicyVersions } from '../policies/index.ts';
import { findAccessSince, findOriginGroups } from './origin-queries.ts';

export interface ExplainedOrigins {
  /** Since when each gate has answered so, ms since the epoch; null: from before what is kept. */
  readonly since: Readonly<Record<Gate, number | null>>;
  /** The groups through which anything named reaches the device; nothing for who may not read groups. */
  readonly groups: readonly {
    readonly id: string;
    readonly name: string;
    /** Of groups whose members an expression chooses. */
    readonly expression: string | null;
    /** Who of the two is in it now; null: neither any more. */
    readonly through: 'user' | 'device' | null;
  }[];
  /** The versions of policies that are named; nothing for who may not read policies. */
  readonly policyVersions: readonly {
    readonly policyId: string;
    readonly version: number;
    readonly publishedBy: string;
    /** The name of that administrator, while there is the account. */
    readonly author: string | null;
    readonly publishedAt: number;
  }[];
}

export async function explainOrigins(
  tx: TenantTx,
  principal: TenantPrincipal,
  deviceId: string,
  { at, rules }: Pick<Explanation, 'rules'> & { readonly at: number },
): Promise<ExplainedOrigins> {
  const candidates = rules.flatMap(({ demands }) =>
    demands.flatMap(({ origin }) => (origin === null ? [] : origin.candidates)),
  );
  const paths = [
    ...candidates.map(({ path }) => path),
    ...rules.flatMap(({ assignedTo }) => (assignedTo === null ? [] : [assignedTo])),
  ];
  const groupIds = new Set(
    paths.flatMap(({ targetKind, targetId }) => (targetKind === 'group' ? [targetId] : [])),
  );
  const { permissions } = principal;
  const [since, groups, versions] = await Promise.all([
    findAccessSince(tx, deviceId, new Date(at)),
    permissions.has('groups.read') && groupIds.size > 0 ? findOriginGroups(tx, deviceId, [...groupIds]) : [],
    permissions.has('policies.read')
      ? findPolicyVersions(
          tx,
          candidates.map(({ policyId, policyVersion: version }) => ({ policyId, version })),
        )
      : [],
  ]);
  return {
    since,
    groups: groups.map(({ group_id: id, ...group }) => ({ id, ...group })),
    policyVersions: versions.map((row) => ({
      policyId: row.policy_id,
      version: row.version,
      publishedBy: row.created_by,
      author: row.author,
      publishedAt: row.created_at.getTime(),
    })),
  };
}
