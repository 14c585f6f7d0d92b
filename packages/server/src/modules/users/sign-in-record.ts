// What every way of signing in as a user has in common: how guessing is slowed, and what stays on record of it.
import type { Json } from '@gatehouse/core/audit/canonical-json.ts';
import type { AuditChannel } from '@gatehouse/core/audit/entry.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { Limit } from '../administrators/index.ts';
import { recordAudit } from '../audit/index.ts';

export interface SignInAttempt {
  readonly organizationId: string;
  /** As it was typed. */
  readonly name: string;
  readonly requestId: string;
  readonly address: string;
  readonly via: Extract<AuditChannel, 'enrollment' | 'portal'>;
}

/** A browser that the user signed in from before has a bucket that nobody else can fill. */
export function userSignInLimits(name: string, source: string, known: string | undefined): Limit[] {
  const account = name.normalize('NFKC').toLowerCase();
  if (known !== undefined) return [{ key: ['user-known', account, known], burst: 10, perMinute: 10 / 15 }];
  return [
    { key: ['user-pair', account, source], burst: 5, perMinute: 1 },
    { key: ['user-source', source], burst: 30, perMinute: 6 },
    { key: ['user-stranger', account], burst: 20, perMinute: 1 },
    { key: ['user-organization'], burst: 120, perMinute: 120 },
  ];
}

export async function recordSignIn(
  tx: TenantTx,
  input: SignInAttempt,
  userId: string,
  show: Readonly<Record<string, Json>>,
): Promise<void> {
  await recordAudit(tx, {
    actor: { kind: 'user', id: userId, requestId: input.requestId },
    via: input.via,
    action: 'users.sign-in',
    target: { kind: 'user', id: userId },
    outcome: 'done',
    show,
    personal: { address: input.address },
  });
}

/** Throttled attempts are recorded with the first one of a minute only: a flood must not fill the record. */
const throttledRecently = new Map<string, number>();

/** @param reason for whoever reads the record; the person is told the same of all. */
export async function recordRefusedSignIn(
  deps: { readonly database: Pick<Database, 'withTenant'>; readonly clock: Clock },
  input: SignInAttempt,
  userId: string | undefined,
  reason: string,
): Promise<void> {
  const { organizationId } = input;
  if (reason === 'throttled') {
    const now = deps.clock.now();
    if (now - (throttledRecently.get(organizationId) ?? 0) < 60_000) return;
    if (throttledRecently.size > 10_000) throttledRecently.clear();
    throttledRecently.set(organizationId, now);
  }
  await deps.database.withTenant(organizationId, (tx) =>
    recordAudit(tx, {
      actor: { kind: 'user', id: userId ?? 'unknown', requestId: input.requestId },
      via: input.via,
      action: 'users.sign-in',
      ...(userId === undefined ? {} : { target: { kind: 'user', id: userId } }),
      outcome: 'refused',
      reason,
      personal: { name: input.name, address: input.address },
    }),
  );
}
