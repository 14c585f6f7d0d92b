// A client that asks for the same again and again: whoever serves it slows it down; here administrators are told.
import { systemActor } from '@gatehouse/core/actor.ts';
import { raiseAlert } from '../alerts/index.ts';
import { recordAudit } from '../audit/index.ts';
import { selectMailDevice } from './device-queries.ts';
import { gatewayActor, type MailDeps } from './mail-deps.ts';

export async function noteLoop(
  deps: Pick<MailDeps, 'database' | 'clock' | 'events'>,
  organizationId: string,
  mailDeviceId: string,
  {
    command,
    times,
    withinMs,
  }: { readonly command: string; readonly times: number; readonly withinMs: number },
): Promise<void> {
  await deps.database.withTenant(organizationId, async (tx) => {
    if (!(await selectMailDevice(tx, mailDeviceId))) return;
    const show = { command: command.slice(0, 40), times, withinSeconds: Math.round(withinMs / 1_000) };
    await Promise.all([
      recordAudit(tx, {
        actor: systemActor(gatewayActor, organizationId),
        via: 'mail',
        action: 'mail-devices.loop',
        target: { kind: 'mail-device', id: mailDeviceId },
        outcome: 'refused',
        show,
      }),
      deps.events.emit(tx, {
        name: 'mail-device.looping',
        subjectId: mailDeviceId,
        payload: { mailDeviceId, ...show },
      }),
      raiseAlert(deps, tx, {
        kind: 'mail-device-looping',
        severity: 'warning',
        subject: { kind: 'mail-device', id: mailDeviceId },
        detail: show,
        more: { mailDeviceId },
        sameAs: `mail-device-looping/${mailDeviceId}`,
      }),
    ]);
  });
}
