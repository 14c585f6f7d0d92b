/**
 * How a request is refused in the words of its protocol version: up to 12.1 by HTTP status, from 14.0 on by a Status inside the
 * command's own root (MS-ASCMD section 2.2.2, MS-ASHTTP section 2.2.2.1.1).
 */
import { element, encodeWbxml } from '../wbxml/index.ts';
import { type CommandName, commandRow } from './commands.ts';
import { type StatusName, statuses } from './statuses.ts';
import { isAtLeast, type ProtocolVersion, saysStatusInside } from './versions.ts';

export type RefusalReason =
  | 'not-authenticated'
  | 'user-disabled'
  | 'account-disabled'
  | 'access-denied'
  | 'device-blocked'
  | 'not-provisioned'
  | 'policy-refresh'
  | 'invalid-policy-key'
  | 'not-provisionable'
  | 'externally-managed'
  | 'wipe'
  | 'too-many-devices'
  | 'not-supported'
  | 'server-error'
  | 'busy';

export interface Refusal {
  readonly httpStatus: number;
  /** The Status inside the body, if that is how it is said. */
  readonly status?: number;
  /** Content-Type, if there is a body. Retry-After and WWW-Authenticate are the caller's. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

interface Words {
  /** Up to 12.1, and for commands without a body of their own. */
  readonly http: number;
  /** Absent: said by HTTP status in every version. */
  readonly status?: StatusName;
  /** The Status is younger than 14.0; before it this one serves. */
  readonly since?: { readonly version: ProtocolVersion; readonly before: StatusName };
}

/**
 * The specification names no HTTP status for Status 127 to 131, 145 and 177; 403 stands for each, as it does for 126: clients
 * stop and tell the user.
 */
const words: Readonly<Record<RefusalReason, Words>> = {
  'not-authenticated': { http: 401 },
  'user-disabled': { http: 403, status: 'UserDisabledForSync' },
  'account-disabled': { http: 403, status: 'AccountDisabled' },
  'access-denied': { http: 403, status: 'AccessDenied' },
  'device-blocked': { http: 403, status: 'DeviceIsBlockedForThisUser' },
  'not-provisioned': { http: 449, status: 'DeviceNotProvisioned' },
  'policy-refresh': { http: 449, status: 'PolicyRefresh' },
  'invalid-policy-key': { http: 449, status: 'InvalidPolicyKey' },
  'not-provisionable': { http: 449, status: 'LegacyDeviceOnStrictPolicy' },
  'externally-managed': { http: 403, status: 'ExternallyManagedDevicesNotAllowed' },
  wipe: { http: 449, status: 'RemoteWipeRequested' },
  'too-many-devices': {
    http: 403,
    status: 'MaximumDevicesReached',
    since: { version: '14.1', before: 'DeviceIsBlockedForThisUser' },
  },
  'not-supported': { http: 501, status: 'CommandNotSupported' },
  'server-error': { http: 500, status: 'ServerError' },
  busy: { http: 503 },
};

export const wbxmlContentType = 'application/vnd.ms-sync.wbxml';

/**
 * @param command what was asked. Ping carries no policy key, so its absence there says nothing; Provision is the way out of 449,
 *   so it is never answered with it; GetAttachment has no body that could hold a Status
 * @param policyKey as in the request
 */
export function refusal(
  version: ProtocolVersion,
  command: CommandName,
  reason: RefusalReason,
  { policyKey }: { readonly policyKey?: number | undefined } = {},
): Refusal {
  const { http, status: name, since } = words[reason];
  const row = commandRow(command);
  if (name !== undefined && row.root !== undefined && row.status !== undefined && saysStatusInside(version)) {
    const chosen = since !== undefined && !isAtLeast(version, since.version) ? since.before : name;
    const status = statuses[chosen];
    return {
      httpStatus: 200,
      status,
      headers: { 'Content-Type': wbxmlContentType },
      body: encodeWbxml(element(row.root, element(row.status, String(status)))),
    };
  }
  const wipeWithoutKey = reason === 'wipe' && command !== 'Ping' && policyKey === undefined;
  const httpStatus = http === 449 && (command === 'Provision' || wipeWithoutKey) ? 403 : http;
  return { httpStatus, headers: {} };
}
