// Sessions as accounting tells of them. Only of network devices that the organization has: what another claims to be its own
// session is dropped, so that nobody can turn a change of authorization to a place of his choice (RAD-03).
import type { RestRequest } from '@gatehouse/protocols/radius/index.ts';
import { newId } from '../../../kernel/ids.ts';
import type { GateDeps } from '../gate-deps.ts';
import { plainAddress } from '../gate-address.ts';
import { endSession, endSessionsOf, findNas, markIfStale, seeSession } from './session-queries.ts';
import { stationOf } from './stations.ts';
import { auditSessionId, sessionAttributes } from './vendor-templates.ts';

export type AccountingOutcome =
  | 'session-seen'
  | 'session-ended'
  | 'nas-restarted'
  /** A network device that the organization does not have. */
  | 'foreign-nas'
  /** Nothing in it names a session, or it is of a kind that says nothing about one. */
  | 'ignored';

export interface AccountingDeps extends Pick<GateDeps, 'database' | 'clock'> {
  /** A session waits to be told. */
  readonly wakeTeller: () => void;
}

const oncePerStart = ['Accounting-On', 'Accounting-Off'];

export async function recordAccounting(
  deps: AccountingDeps,
  organizationId: string,
  request: RestRequest,
): Promise<AccountingOutcome> {
  const status = request.get('Acct-Status-Type')?.[0] ?? '';
  const address = nasAddress(request);
  const key = sessionKey(request);
  const at = new Date(deps.clock.now());
  const restarted = oncePerStart.includes(status);
  if (!restarted && !['Start', 'Interim-Update', 'Alive', 'Stop'].includes(status)) return 'ignored';
  if (!restarted && key === undefined) return 'ignored';
  const seen = await deps.database.withTenant(organizationId, async (tx) => {
    const nas = address === undefined ? undefined : await findNas(tx, address);
    if (!nas) return 'foreign-nas' as const;
    if (restarted || key === undefined) {
      await endSessionsOf(tx, nas.nas_id);
      return 'nas-restarted' as const;
    }
    if (status === 'Stop') {
      await endSession(tx, nas.nas_id, key);
      return 'session-ended' as const;
    }
    const { guid, mac } = stationOf(request);
    return seeSession(tx, {
      sessionId: newId(at.getTime()),
      nasId: nas.nas_id,
      key,
      guid: guid ?? null,
      mac: mac ?? null,
      attributes: namesOf(request),
      at,
      expiresAt: new Date(at.getTime() + 2_000 * interim(request, nas.interim_seconds)),
    });
  });
  if (typeof seen === 'string') return seen;
  if (seen.isNew) {
    const stale = await deps.database.withTenant(organizationId, (tx) => markIfStale(tx, seen.sessionId, at));
    if (stale) deps.wakeTeller();
  }
  return 'session-seen';
}

/** As the network device names itself; where it does not, the address that its packet came from. */
function nasAddress(request: RestRequest): string | undefined {
  const [text] =
    request.get('NAS-IP-Address') ??
    request.get('NAS-IPv6-Address') ??
    request.get('Packet-Src-IP-Address') ??
    request.get('Packet-Src-IPv6-Address') ??
    [];
  return text === undefined ? undefined : plainAddress(text);
}

function sessionKey(request: RestRequest): string | undefined {
  const [key] = request.get('Acct-Session-Id') ?? [];
  return key === undefined || key === '' ? undefined : key;
}

function interim(request: RestRequest, usual: number): number {
  const stated = Number(request.get('Acct-Interim-Interval')?.[0]);
  return Number.isInteger(stated) && stated >= 60 && stated <= 86_400 ? stated : usual;
}

function namesOf(request: RestRequest): (readonly [string, string])[] {
  const pairs = request.get('Cisco-AVPair') ?? [];
  return sessionAttributes.flatMap((name) => {
    const value =
      name === auditSessionId
        ? pairs.find((pair) => pair.startsWith(`${auditSessionId}=`))?.slice(auditSessionId.length + 1)
        : request.get(name)?.[0];
    // With `audit-session-id=` before it, it has to fit into an attribute again.
    return value === undefined || value === '' || value.length > 200 || value.includes('\0')
      ? []
      : [[name, value] as const];
  });
}
