// The hash that binds an approval to what was asked for: who says yes names it, so nothing can be changed in between (ADM-07).
import { createHash, randomBytes } from 'node:crypto';
import { canonicalJson, type Json } from '@gatehouse/core/audit/canonical-json.ts';
import type { RequestRow } from './queries.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Of everything that makes up the request; `organizationId` so that no row can be carried over from elsewhere. */
export function hashRequest(
  organizationId: string,
  row: Pick<
    RequestRow,
    | 'approval_id'
    | 'action'
    | 'command'
    | 'params'
    | 'commitment'
    | 'device_ids'
    | 'permission'
    | 'requested_by'
    | 'created_at'
  >,
): string {
  return sha256(
    canonicalJson([
      'approval-1',
      organizationId,
      row.approval_id,
      row.action,
      row.command,
      row.params as Json,
      row.commitment,
      row.device_ids,
      row.permission,
      row.requested_by,
      row.created_at.toISOString(),
    ]),
  );
}

/** Of what is asked for alone, so that asking again is recognized; null: sealed parameters cannot be compared. */
export function hashQuestion(
  row: Pick<RequestRow, 'action' | 'command' | 'params' | 'device_ids' | 'permission'>,
  hasSealed: boolean,
): string | null {
  if (hasSealed) return null;
  const devices = row.device_ids.toSorted();
  return sha256(canonicalJson([row.action, row.command, row.params as Json, devices, row.permission]));
}

export interface Sealable {
  /** Keeps a short PIN from being guessed from the commitment. */
  readonly salt: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export function sealable(params: Readonly<Record<string, unknown>>): Sealable {
  return { salt: randomBytes(32).toString('base64url'), params };
}

/** Binds the hash to sealed parameters without showing them. */
export function commitmentTo({ salt, params }: Sealable): string {
  return sha256(canonicalJson([salt, params as Json]));
}

export const nothingSealed = sha256('');
