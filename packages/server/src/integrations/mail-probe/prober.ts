// Looks at mail servers by itself, by each one’s plan, and when somebody asks for it: a look is written down as waiting, taken by one server of the
// installation, and done outside of any transaction, through the guarded way out (HOOK-01).
import { randomBytes } from 'node:crypto';
import type { ProbeSight, Vantage } from '@gatehouse/core/mail/probe-result.ts';
import {
  type Converse,
  parseTarget,
  probeDirections,
  probeHost,
} from '@gatehouse/protocols/mail-probe/index.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { newId } from '../../kernel/ids.ts';
import { type MailProberDeps, probeLimits, proberActor } from './deps.ts';
import {
  claimProbe,
  dropOldProbes,
  findDuePlans,
  findDueProbes,
  findUnplanned,
  type ProbePlanRow,
  readPlan,
  readPlanForChange,
  readProbe,
  readProbedServer,
  storeFirstPlan,
  storeNext,
  storeOutcome,
  storeWaiting,
} from './queries.ts';
import { judge, tellOutcome } from './settle.ts';

export interface MailProber {
  readonly tasks: readonly { readonly name: string; readonly everyMs: number; run(): Promise<void> }[];
  close(): Promise<void>;
}

interface Look {
  readonly probeId: string;
  readonly serverId: string;
  readonly serverName: string;
  readonly plan: ProbePlanRow;
  readonly hosts: readonly string[];
  readonly domains: readonly string[];
  readonly gatewayHosts: readonly string[];
  readonly vantage: Vantage;
}

export function openMailProber(deps: MailProberDeps): MailProber {
  const closed = new AbortController();
  const running = new Map<string, Promise<void>>();

  async function plan(): Promise<void> {
    const now = new Date(deps.clock.now());
    for (const { organization_id, server_id } of await deps.database.withSystem(
      'find-due-work',
      findUnplanned,
    ))
      await deps.database.withTenant(organization_id, (tx) =>
        storeFirstPlan(tx, server_id, probeLimits.everyMinutes, now),
      );
    for (const { organization_id, server_id } of await deps.database.withSystem('find-due-work', (tx) =>
      findDuePlans(tx, now),
    ))
      await deps.database.withTenant(organization_id, (tx) => makeDue(tx, server_id, now));
  }

  async function makeDue(tx: TenantTx, serverId: string, now: Date): Promise<void> {
    const due = await readPlanForChange(tx, serverId);
    if (!due?.next_at || due.next_at > now) return;
    const { every_minutes: minutes } = due;
    await storeNext(tx, serverId, minutes === null ? null : new Date(now.getTime() + minutes * 60_000));
    if (minutes !== null)
      await storeWaiting(tx, {
        probe_id: newId(),
        server_id: serverId,
        source: 'server',
        vantage: vantageOf(due),
        place: null,
        requested_by: `${proberActor.kind}:${proberActor.id}`,
        created_at: now,
      });
  }

  const vantageOf = ({ let_in }: Pick<ProbePlanRow, 'let_in'>): Vantage =>
    let_in && deps.probeFrom === undefined ? 'gateway' : 'outside';

  async function sweep(): Promise<void> {
    const now = new Date(deps.clock.now());
    const due = await deps.database.withSystem('find-due-work', (tx) => findDueProbes(tx, now));
    for (const { organization_id: organizationId, probe_id: probeId, server_id: serverId } of due) {
      if (running.size >= probeLimits.atOnce || closed.signal.aborted) return;
      if (running.has(probeId)) continue;
      const look = work(organizationId, probeId, serverId)
        .catch((error: unknown) =>
          deps.log.warn({ err: error, probe: probeId }, 'a mail server is looked at again'),
        )
        .finally(() => running.delete(probeId));
      running.set(probeId, look);
    }
  }

  async function work(organizationId: string, probeId: string, serverId: string): Promise<void> {
    const look = await deps.database.withTenant(organizationId, (tx) => take(tx, probeId, serverId));
    if (look === undefined) return;
    const sights = await lookAt(look);
    if (closed.signal.aborted) return;
    const { plan: chosen, gatewayHosts, vantage, serverName } = look;
    const outcome = judge(sights, { vantage, gatewayHosts }, chosen.accepted_ways);
    await deps.database.withTenant(organizationId, async (tx) => {
      const probe = await readProbe(tx, probeId);
      if (probe?.state !== 'waiting') return;
      await storeOutcome(tx, probeId, outcome, new Date(deps.clock.now()));
      await tellOutcome(deps, tx, probe, serverName, outcome, proberActor);
    });
  }

  async function take(tx: TenantTx, probeId: string, serverId: string): Promise<Look | undefined> {
    const [server, chosen] = [await readProbedServer(tx, serverId), await readPlan(tx, serverId)];
    if (!server || !chosen) return undefined;
    const now = deps.clock.now();
    const vantage = vantageOf(chosen);
    if (!(await claimProbe(tx, probeId, vantage, new Date(now), new Date(now + probeLimits.leaseMs))))
      return undefined;
    return {
      probeId,
      serverId,
      serverName: server.name,
      plan: chosen,
      hosts: [...new Set([new URL(server.url).host, ...chosen.hosts])],
      domains: chosen.domains.length > 0 ? chosen.domains : server.mail_domains,
      gatewayHosts: [deps.publicUrl.hostname, ...server.gateway_hosts],
      vantage,
    };
  }

  async function lookAt({ hosts, domains }: Look): Promise<ProbeSight[]> {
    const converse: Converse = async ({ host, port, tls }, send, enough) =>
      closed.signal.aborted
        ? { heard: 'silent' }
        : await deps.outbound.converse({ host, port, tls, localAddress: deps.probeFrom, send, enough });
    const sights: ProbeSight[] = [];
    for (const host of hosts) {
      const target = parseTarget(host);
      if (target !== undefined)
        sights.push(...(await probeHost(target, `/${randomBytes(9).toString('hex')}`, converse)));
    }
    for (const domain of domains.slice(0, 16))
      sights.push(...(await probeDirections(domain, await deps.findServices(domain), converse)));
    return sights;
  }

  return {
    tasks: [
      { name: 'mail-probes-plan', everyMs: 60_000, run: plan },
      { name: 'mail-probes', everyMs: 5_000, run: sweep },
      {
        name: 'mail-probes-purge',
        everyMs: 3_600_000,
        run: () =>
          deps.database.withSystem('purge-expired', async (tx) => {
            await dropOldProbes(tx, probeLimits.keptDays);
          }),
      },
    ],
    async close() {
      closed.abort();
      await Promise.all(running.values());
    },
  };
}
