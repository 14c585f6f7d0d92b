// What was seen, judged and kept: with an alert when mail has become reachable round the gateway, and news when it is not any more.
import {
  judgeSight,
  letsPhonesPast,
  type ProbeSight,
  type ProbeView,
  type ProbeWay,
  summarizeProbe,
} from '@gatehouse/core/mail/probe-result.ts';
import type { Actor } from '@gatehouse/core/actor.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { raiseAlert } from '../../modules/alerts/index.ts';
import { recordAudit } from '../../modules/audit/index.ts';
import type { MailProbeDeps } from './deps.ts';
import { type ProbeOutcome, type ProbeRow, readBefore } from './queries.ts';

/** @param accepted ways that the organization leaves open on purpose */
export function judge(
  sights: readonly ProbeSight[],
  view: ProbeView,
  accepted: readonly ProbeWay[],
): ProbeOutcome {
  const judged = sights.map((sight) => ({ ...sight, ...judgeSight(sight, view) }));
  return { ...summarizeProbe(judged, accepted), sights: judged };
}

type Settled = Pick<ProbeRow, 'probe_id' | 'server_id' | 'source' | 'vantage' | 'place'>;

/** In the transaction that stores the outcome. */
export async function tellOutcome(
  deps: Pick<MailProbeDeps, 'clock' | 'events'>,
  tx: TenantTx,
  probe: Settled,
  serverName: string,
  { verdict, openWays }: ProbeOutcome,
  actor: Pick<Actor, 'kind' | 'id' | 'requestId'>,
): Promise<void> {
  const before = await readBefore(tx, probe);
  const { probe_id: probeId, server_id: serverId } = probe;
  const payload = { probeId, serverId, verdict, openWays: [...openWays] };
  if (before?.verdict !== verdict || before.open_ways.join() !== openWays.join())
    await recordAudit(tx, {
      actor,
      action: 'mail-probes.result',
      target: { kind: 'mail-server', id: serverId },
      outcome: 'done',
      show: { verdict, openWays: [...openWays], source: probe.source, before: before?.verdict ?? null },
    });
  const opened = openWays.filter((way) => before?.open_ways.includes(way) !== true);
  if (opened.length > 0) {
    await deps.events.emit(tx, { name: 'mail-probe.open', subjectId: serverId, payload });
    await raiseAlert(deps, tx, {
      kind: 'mail-probe-open',
      severity: letsPhonesPast(openWays) ? 'critical' : 'warning',
      subject: { kind: 'mail-server', id: serverId },
      detail: { server: serverName, openWays: [...openWays] },
      more: { probeId },
      sameAs: `mail-probe ${serverId}`,
    });
  } else if (before?.verdict === 'open' && verdict !== 'open') {
    await deps.events.emit(tx, { name: 'mail-probe.closed', subjectId: serverId, payload });
  }
}
