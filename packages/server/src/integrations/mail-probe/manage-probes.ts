// Looks at mail servers under administration: asked for, read, told of by whoever looked elsewhere, planned.
import type {
  MailProbe,
  MailProbePlan,
  MailProbePlanChange,
  MailProbeReport,
  MailProbeSummary,
} from '@gatehouse/contracts/admin/mail-probes.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Language } from '@gatehouse/core/languages.ts';
import { describeSight } from '@gatehouse/core/mail/probe-wording.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import {
  type PageAnswer,
  type PageRequest,
  pageOfRows,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { spendLimits } from '../../modules/administrators/index.ts';
import { recordAudit } from '../../modules/audit/index.ts';
import { type MailProbeDeps, probeLimits } from './deps.ts';
import {
  type ProbedServerRow,
  type ProbePlanRow,
  type ProbeRow,
  readPlan,
  readPlanForChange,
  readProbe,
  readProbedServer,
  readProbes,
  readWaiting,
  storeFirstPlan,
  storePlan,
  storeReport,
  storeWaiting,
} from './queries.ts';
import { judge, tellOutcome } from './settle.ts';

const noSuchServer = () => new DomainError('not-found', 'There is no such mail server');
const noSuchProbe = () => new DomainError('not-found', 'There is no such look at a mail server');

function presentSummary(row: Omit<ProbeRow, 'sights'>): MailProbeSummary {
  return {
    id: row.probe_id,
    mailServerId: row.server_id,
    state: row.state,
    source: row.source,
    vantage: row.vantage,
    place: row.place,
    verdict: row.verdict,
    openWays: [...row.open_ways],
    acceptedWays: [...row.accepted_ways],
    requestedBy: row.requested_by,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

function present(row: ProbeRow, language: Language): MailProbe {
  return {
    ...presentSummary(row),
    sights: row.sights.map((sight) => {
      const { meaning, advice } = describeSight(sight, language);
      return { ...sight, meaning, advice: advice ?? null };
    }),
  };
}

const presentPlan = (row: ProbePlanRow): MailProbePlan => ({
  mailServerId: row.server_id,
  hosts: [...row.hosts],
  domains: [...row.domains],
  acceptedWays: [...row.accepted_ways],
  everyMinutes: row.every_minutes,
  letIn: row.let_in,
  nextAt: row.next_at?.toISOString() ?? null,
});

async function serverAt(tx: TenantTx, serverId: string): Promise<ProbedServerRow> {
  const server = await readProbedServer(tx, serverId);
  if (!server) throw noSuchServer();
  return server;
}

/** Of a server that was made a moment ago, too. */
async function planAt(deps: MailProbeDeps, tx: TenantTx, serverId: string): Promise<ProbePlanRow> {
  await serverAt(tx, serverId);
  const now = new Date(deps.clock.now());
  await storeFirstPlan(tx, serverId, probeLimits.everyMinutes, now);
  const row = await readPlanForChange(tx, serverId);
  if (!row) throw noSuchServer();
  return row;
}

/** Asked for while one waits, it is that one. */
export async function askForProbe(
  deps: MailProbeDeps,
  actor: TenantPrincipal,
  serverId: string,
  language: Language,
): Promise<MailProbe> {
  requirePermission(actor, 'mail.manage');
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const { let_in } = await planAt(deps, tx, serverId);
    // Each asks dozens of ports of hosts that the organization names: nobody shall look around the network with it.
    await spendLimits(tx, [{ key: ['mail-probe'], burst: 20, perMinute: 1 / 3 }], deps.clock.now());
    const probe_id = newId();
    await storeWaiting(tx, {
      probe_id,
      server_id: serverId,
      source: 'server',
      vantage: let_in ? 'gateway' : 'outside',
      place: null,
      requested_by: `${actor.kind}:${actor.id}`,
      created_at: new Date(deps.clock.now()),
    });
    const row = await readWaiting(tx, serverId);
    if (!row) throw noSuchProbe();
    if (row.probe_id === probe_id)
      await recordAudit(tx, {
        actor,
        action: 'mail-probes.ask',
        target: { kind: 'mail-server', id: serverId },
        outcome: 'done',
      });
    return present(row, language);
  });
}

/** What somebody saw elsewhere. The judgement is ours, so that it is the same whoever looked; what was seen is taken on trust. */
export async function reportProbe(
  deps: MailProbeDeps,
  actor: TenantPrincipal,
  { mailServerId, place, sights }: MailProbeReport,
  language: Language,
): Promise<MailProbe> {
  requirePermission(actor, 'mail.manage');
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const plan = await planAt(deps, tx, mailServerId);
    const server = await serverAt(tx, mailServerId);
    const gatewayHosts = [deps.publicUrl.hostname, ...server.gateway_hosts];
    const outcome = judge(sights, { vantage: 'outside', gatewayHosts }, plan.accepted_ways);
    const probe_id = newId();
    await storeReport(
      tx,
      {
        probe_id,
        server_id: mailServerId,
        place,
        requested_by: `${actor.kind}:${actor.id}`,
        created_at: new Date(deps.clock.now()),
      },
      outcome,
    );
    const row = await readProbe(tx, probe_id);
    if (!row) throw noSuchProbe();
    await tellOutcome(deps, tx, row, server.name, outcome, actor);
    return present(row, language);
  });
}

export async function listProbes(
  deps: Pick<MailProbeDeps, 'database'>,
  actor: TenantPrincipal,
  serverId: string | undefined,
  { limit, after }: PageRequest,
): Promise<PageAnswer<MailProbeSummary>> {
  requirePermission(actor, 'mail.read');
  const before = after === undefined ? undefined : String(after[0]);
  const rows = await deps.database.withTenant(
    actor.organizationId,
    (tx) => readProbes(tx, serverId, before, limit + 1),
    { readOnly: true },
  );
  return pageOfRows(rows, limit, presentSummary, ({ probe_no }) => [probe_no]);
}

export async function getProbe(
  deps: Pick<MailProbeDeps, 'database'>,
  actor: TenantPrincipal,
  probeId: string,
  language: Language,
): Promise<MailProbe> {
  requirePermission(actor, 'mail.read');
  const row = await deps.database.withTenant(actor.organizationId, (tx) => readProbe(tx, probeId), {
    readOnly: true,
  });
  if (!row) throw noSuchProbe();
  return present(row, language);
}

export async function getPlan(
  deps: Pick<MailProbeDeps, 'database'>,
  actor: TenantPrincipal,
  serverId: string,
): Promise<MailProbePlan> {
  requirePermission(actor, 'mail.read');
  return deps.database.withTenant(
    actor.organizationId,
    async (tx) => {
      await serverAt(tx, serverId);
      const row = await readPlan(tx, serverId);
      return presentPlan(
        row ?? {
          server_id: serverId,
          hosts: [],
          domains: [],
          accepted_ways: [],
          every_minutes: probeLimits.everyMinutes,
          let_in: true,
          next_at: null,
        },
      );
    },
    { readOnly: true },
  );
}

export async function changePlan(
  deps: MailProbeDeps,
  actor: TenantPrincipal,
  serverId: string,
  change: MailProbePlanChange,
): Promise<MailProbePlan> {
  requirePermission(actor, 'mail.manage');
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const before = await planAt(deps, tx, serverId);
    const now = new Date(deps.clock.now());
    const every = change.everyMinutes === undefined ? before.every_minutes : change.everyMinutes;
    const after: ProbePlanRow = {
      server_id: serverId,
      hosts: change.hosts?.map((each) => each.toLowerCase()) ?? before.hosts,
      domains: change.domains?.map((each) => each.toLowerCase()) ?? before.domains,
      accepted_ways: change.acceptedWays ?? before.accepted_ways,
      every_minutes: every,
      let_in: change.letIn ?? before.let_in,
      // What changed is looked at with the next round.
      next_at: every === null ? null : now,
    };
    await storePlan(tx, after, now);
    await recordAudit(tx, {
      actor,
      action: 'mail-probes.change-plan',
      target: { kind: 'mail-server', id: serverId },
      outcome: 'done',
      show: {
        hosts: [...after.hosts],
        domains: [...after.domains],
        acceptedWays: [...after.accepted_ways],
        everyMinutes: every,
        letIn: after.let_in,
      },
    });
    await deps.events.emit(tx, {
      name: 'mail-probe.plan-changed',
      subjectId: serverId,
      payload: { serverId, changed: Object.keys(change) },
    });
    return presentPlan(after);
  });
}
