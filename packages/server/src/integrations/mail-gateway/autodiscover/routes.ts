import { MailServerDiscovery, MailServerSearch } from '@gatehouse/contracts/admin/mail-discovery.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Database } from '../../../kernel/db/database.ts';
import { type AdminRoute, defineRoute, type TenantPrincipal } from '../../../kernel/http/route.ts';
import { spendLimits } from '../../../modules/administrators/index.ts';
import { recordAudit } from '../../../modules/audit/index.ts';
import { findMailServer, type FindMailServerDeps } from './find-mail-server.ts';

export interface MailDiscoveryDeps extends FindMailServerDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly clock: Clock;
}

export const mailDiscoveryRoutes = (deps: MailDiscoveryDeps): AdminRoute[] => [
  defineRoute({
    method: 'POST',
    path: '/mail-servers/discover',
    operation: 'discoverMailServer',
    tag: 'mail',
    summary: 'Find the mail server of a domain by its Autodiscover',
    description:
      'Asks over https only, below the domain of the address and at the hosts that are confirmed. A name and a password, where Autodiscover wants them, are sent there once and kept nowhere.',
    access: { permission: 'mail.manage' },
    body: MailServerSearch,
    example: { address: 'ann@nowhere.invalid' },
    response: { 200: MailServerDiscovery },
    handle: ({ principal, body }) => search(deps, principal, body),
  }),
];

async function search(
  deps: MailDiscoveryDeps,
  actor: TenantPrincipal,
  { address, userName, password, confirmedHosts = [], trust }: MailServerSearch,
): Promise<MailServerDiscovery> {
  requirePermission(actor, 'mail.manage');
  // Nobody shall try passwords elsewhere with it.
  await deps.database.withTenant(actor.organizationId, (tx) =>
    spendLimits(tx, [{ key: ['mail-discovery'], burst: 20, perMinute: 1 / 3 }], deps.clock.now()),
  );
  const { url, steps, toConfirm } = await findMailServer(deps, {
    address,
    credentials: password === undefined ? undefined : { userName: userName ?? address, password },
    confirmed: confirmedHosts.map((each) => each.toLowerCase()),
    trust,
  });
  await deps.database.withTenant(actor.organizationId, (tx) =>
    recordAudit(tx, {
      actor,
      action: 'mail-servers.discover',
      outcome: 'done',
      show: { found: url ?? null, withPassword: password !== undefined, confirmedHosts: [...confirmedHosts] },
      personal: { address },
    }),
  );
  return { url: url ?? null, steps: steps.map((each) => ({ ...each })), toConfirm: [...toConfirm] };
}
