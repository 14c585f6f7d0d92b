// What a suite comes to beside the others that reach the same devices (POL-09), before anybody saves it: by the function that
// resolves for a check-in, once for each set of assignments that meet anywhere.
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { compareText } from '@gatehouse/core/text-order.ts';
import type { Settings } from '@gatehouse/core/settings/catalogue.ts';
import { parseSettings } from '@gatehouse/core/settings/parse.ts';
import {
  resolveSettings,
  type SettingCandidate,
  type SettingOrigin,
} from '@gatehouse/core/settings/resolve.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { selectAllAssigned, type TabledRow } from './assignment-table-queries.ts';
import type { PolicyDeps } from './policy-deps.ts';
import { findPolicy } from './queries.ts';
import { selectMeetings } from './reach-queries.ts';

/** Different sets of assignments that are told apart; beyond, the rarest are left out. */
const mostMeetings = 2_000;

interface Outcome {
  devices: number;
  readonly value: boolean | number | string;
  readonly why: 'only-one' | 'strictest' | 'nearest';
  readonly wins: boolean;
  readonly winner: SettingCandidate;
  readonly candidates: readonly SettingCandidate[];
}

/** @param draft the settings as they would be; undefined: as they are. */
export async function previewCollisions(
  deps: Pick<PolicyDeps, 'database'>,
  principal: TenantPrincipal,
  policyId: string,
  draft: unknown,
) {
  requirePermission(principal, 'policies.read');
  const drafted = draft === undefined ? undefined : parseSettings(draft);
  return deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      const policy = await findPolicy(tx, policyId);
      if (!policy) throw new DomainError('not-found', 'There is no such policy.');
      const settings = drafted ?? policy.settings;
      const [assigned, meetings] = await Promise.all([
        selectAllAssigned(tx),
        selectMeetings(tx, policyId, mostMeetings + 1),
      ]);
      const byId = new Map(assigned.map((row) => [row.assignment_id, row]));
      const seen = meetings.slice(0, mostMeetings).map(({ assignment_ids, devices }) => ({
        devices,
        rows: assignment_ids.flatMap((id) => byId.get(id) ?? []),
      }));
      const concerned = new Set([...Object.keys(settings), ...Object.keys(policy.settings)]);
      return {
        devices: meetings.reduce((sum, { devices }) => sum + devices, 0),
        complete: meetings.length <= mostMeetings,
        settings: collisionsOf(policyId, settings, concerned, seen),
      };
    },
    { readOnly: true },
  );
}

interface Meeting {
  readonly devices: number;
  readonly rows: readonly TabledRow[];
}

function collisionsOf(
  policyId: string,
  settings: Settings,
  concerned: ReadonlySet<string>,
  meetings: readonly Meeting[],
) {
  const found = new Map<string, Map<string, Outcome>>();
  for (const { devices, rows } of meetings) {
    const { origins } = resolveSettings(rows.flatMap((row) => toAssigned(row, policyId, settings)));
    for (const [setting, origin] of Object.entries(origins)) {
      if (!concerned.has(setting) || !isShared(origin, policyId)) continue;
      const outcomes = found.get(setting) ?? new Map<string, Outcome>();
      found.set(setting, outcomes);
      const key = origin.candidates.map(({ policyId: id, path }) => `${id}/${path.targetId}`).join();
      const known = outcomes.get(key);
      if (known) known.devices += devices;
      else {
        const { winner, why, candidates } = origin;
        const wins = winner.policyId === policyId || candidates.some(isOwnEqual(policyId, winner.value));
        outcomes.set(key, { devices, value: winner.value, why, wins, winner, candidates });
      }
    }
  }
  return [...found]
    .map(([setting, outcomes]) => ({
      setting,
      stated: Object.hasOwn(settings, setting),
      outcomes: [...outcomes.values()].toSorted((a, b) => b.devices - a.devices).slice(0, 20),
    }))
    .toSorted((a, b) => compareText(a.setting, b.setting));
}

function toAssigned(row: TabledRow, policyId: string, settings: Settings) {
  const stated = row.item_id === policyId ? settings : row.settings;
  if (row.item_kind !== 'policy' || stated === null) return [];
  return [
    {
      policyId: row.item_id,
      name: row.name,
      version: row.version,
      settings: stated,
      path: { targetKind: row.target_kind, targetId: row.target_id, targetName: row.target_name },
      priority: row.priority,
    },
  ];
}

/** Somebody else has a say as well. */
function isShared(
  origin: SettingOrigin,
  policyId: string,
): origin is Exclude<SettingOrigin, { why: 'default' }> {
  return origin.winner !== null && origin.candidates.some((candidate) => candidate.policyId !== policyId);
}

/** Whoever demands the same has lost nothing. */
const isOwnEqual = (policyId: string, value: unknown) => (candidate: SettingCandidate) =>
  candidate.policyId === policyId && candidate.value === value;
