// The button that asks whether a network device can be told of changes: it is told of a session that does not exist. One that says
// so has understood, and has proved that both sides have the same secret.
import { randomBytes } from 'node:crypto';
import type { RadiusSender } from '@gatehouse/clients/radius/index.ts';
import type { TryOutcome } from '@gatehouse/contracts/admin/network-access.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantPrincipal } from '../../../kernel/http/route.ts';
import { recordAudit } from '../../../modules/audit/index.ts';
import type { GateDeps } from '../gate-deps.ts';
import { noSuchNas } from './nas-clients.ts';
import { sentence } from '../sentence.ts';
import { selectNas } from './nas-queries.ts';
import { problemOf } from './telling-outcome.ts';
import { composeTelling, vendorTemplates } from './vendor-templates.ts';

export interface TryNasDeps extends GateDeps {
  /** One that does not wait for long: a person does. */
  readonly trySender: RadiusSender;
}

export async function tryNas(deps: TryNasDeps, actor: TenantPrincipal, nasId: string): Promise<TryOutcome> {
  requirePermission(actor, 'gates.manage');
  const nas = await deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await selectNas(tx, nasId);
    if (!row) throw noSuchNas();
    const secret = await deps.sealer.open(tx, 'nas_clients.secret', nasId, row.secret);
    await recordAudit(tx, {
      actor,
      action: 'network-access.nas.try',
      target: { kind: 'nas', id: nasId },
      outcome: 'done',
      show: { address: row.address, port: row.port },
    });
    return { ...row, secret };
  });
  const session = new Map([['Acct-Session-Id', `gatehouse-test-${randomBytes(8).toString('hex')}`]]);
  const template = vendorTemplates[nas.template] ?? vendorTemplates['generic'];
  const telling = template && composeTelling(template, nas.tell, session);
  if (!telling) return { works: false, outcome: 'not-told', text: 'The template is not known any more.' };
  const outcome = await deps.trySender.send({
    ...telling,
    nas: {
      address: nas.address,
      port: nas.port,
      secret: nas.secret,
      messageAuthenticator: nas.message_authenticator,
    },
  });
  if (outcome.outcome === 'session-gone' || outcome.outcome === 'accepted')
    return {
      works: true,
      outcome: outcome.outcome,
      text: 'The network device answers and has the same secret.',
    };
  if (outcome.outcome === 'configuration' || outcome.outcome === 'refused') {
    const text = `The network device answers and has the same secret, but refuses: ${outcome.cause}.`;
    return { works: false, outcome: outcome.outcome, text };
  }
  const problem = problemOf(outcome) ?? `it was not told (${outcome.outcome})`;
  return { works: false, outcome: outcome.outcome, text: sentence(`Of the network device: ${problem}`) };
}
