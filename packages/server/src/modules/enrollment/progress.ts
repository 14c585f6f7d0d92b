// How far an enrolled device has come on its way to the network: known, settings arriving, let in. “Continue” is offered when it
// will work, not before: whoever is let go earlier stands in quarantine and does not know why (NAC-43).
import type { Access } from '@gatehouse/core/compliance/gate.ts';
import { type Language, languageFor } from '@gatehouse/core/languages.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { explainDevice } from '../compliance/index.ts';
import type { ReadDesiredState } from '../policies/index.ts';
import { selectArrived } from './visit-queries.ts';

export interface EnrollmentProgress {
  /** Settings that the device has, of those that it is to have. */
  readonly settings: { readonly on: number; readonly total: number };
  readonly access: Access;
  /** What the person can do about it, in sentences; empty: it comes by itself. */
  readonly waitsFor: readonly string[];
}

export interface ProgressDeps {
  readonly database: Database;
  readonly clock: Clock;
  /** Absent: the platform keeps no list; what the device says of its policy counts. */
  readonly desiredState?: ReadDesiredState | undefined;
}

/** Everything that is to be on the device is there, and the network lets it in. */
export function isThere({ settings, access }: EnrollmentProgress): boolean {
  return access === 'allow' && settings.on === settings.total;
}

const onTheWay = new Set(['pending', 'sent']);

/** Of a registered device. */
export async function readProgress(
  deps: ProgressDeps,
  organizationId: string,
  deviceId: string,
  wish: string,
): Promise<EnrollmentProgress> {
  const { row, items } = await deps.database.withTenant(
    organizationId,
    async (tx) => ({
      row: await selectArrived(tx, deviceId),
      items: (await deps.desiredState?.(tx, deviceId)) ?? [],
    }),
    { readOnly: true },
  );
  // What cannot come, or has failed, is nothing to wait for: the decision knows what it is worth.
  const coming = items.filter(({ state }) => onTheWay.has(state)).length;
  const on = items.filter(({ state }) => state === 'installed').length;
  const heard = row !== undefined && row.acknowledged_policy_version === row.policy_version;
  const settings = items.length > 0 ? { on, total: on + coming } : { on: heard ? 1 : 0, total: 1 };
  const access = row?.access_network ?? 'deny';
  const language = languageFor(wish);
  const waitsFor = access === 'allow' ? [] : await whatIsMissing(deps, organizationId, deviceId, language);
  return { settings, access, waitsFor };
}

const explaining = new Set(['devices.explain'] as const);

async function whatIsMissing(
  deps: ProgressDeps,
  organizationId: string,
  deviceId: string,
  language: Language,
): Promise<readonly string[]> {
  const asking = {
    kind: 'user',
    id: 'enrolment',
    organizationId,
    label: '',
    role: '',
    permissions: explaining,
    empoweredAt: null,
  } as const;
  const { rules } = await explainDevice(deps, asking, deviceId, { gate: 'network', language });
  const shut = rules.filter(({ effects, status }) => effects.network !== 'allow' && status !== 'unknown');
  return [...new Set(shut.flatMap(({ remedy, summary }) => remedy ?? summary))];
}
