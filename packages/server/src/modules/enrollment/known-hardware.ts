// Machines that were here before. What a machine says of its hardware proves nothing, so it can only ever work against it:
// blocked hardware stays out until an administrator lets it in (ENR-T10), and a device keeps its id over a new enrolment only
// because an administrator named it in the code.
import type { EnrollmentClaims } from '@gatehouse/protocols/agent-enrollment/index.ts';
import { systemActor } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { closeCommands } from '../commands/index.ts';
import { evaluateDevice } from '../compliance/index.ts';
import { lockDevice, normalizeIdentifier, readmitDevice, type StandingDeps } from '../devices/index.ts';
import type { EnrollmentDeps } from './enrollment-deps.ts';
import { findBlockedHardware, type HandshakeRow, selectIdentifiers } from './queries.ts';

const claimedIdentifiers = [
  { kind: 'serial', claim: 'device.serial-number' },
  { kind: 'udid', claim: 'device.udid' },
] as const;

function identifiersIn(claims: EnrollmentClaims) {
  return claimedIdentifiers.flatMap(({ kind, claim }) => {
    const text = claims[claim];
    const value = text === undefined ? undefined : normalizeIdentifier(kind, text);
    return value === undefined ? [] : [{ kind, value }];
  });
}

/** @throws DomainError `forbidden` (`device-blocked`) */
export async function requireHardwareAllowed(tx: TenantTx, claims: EnrollmentClaims): Promise<void> {
  for (const { kind, value } of identifiersIn(claims)) {
    if ((await findBlockedHardware(tx, kind, value)) !== undefined) {
      throw new DomainError(
        'forbidden',
        'An administrator has blocked this device; ask to have it let in again',
        {
          reason: 'device-blocked',
        },
      );
    }
  }
}

/** Takes the device back as pending, its former certificates and gates closed. @throws DomainError `forbidden`, `conflict` */
export async function readmit(
  tx: TenantTx,
  deps: EnrollmentDeps,
  row: HandshakeRow,
  deviceId: string,
  claims: EnrollmentClaims,
): Promise<string> {
  const device = await lockDevice(tx, deviceId);
  if (device.userId !== row.user_id || device.state === 'blocked') {
    throw new DomainError('forbidden', 'The device can no longer be replaced; ask for a new code', {
      reason: 'not-replaceable',
    });
  }
  for (const { kind, value } of identifiersIn(claims)) {
    const known = await selectIdentifiers(tx, deviceId, kind);
    // No check of identity: it keeps an administrator's slip from giving one machine's record to another.
    if (known.length > 0 && !known.includes(value)) {
      throw new DomainError('forbidden', 'The code is for another machine; ask for a new one', {
        reason: 'other-hardware',
      });
    }
  }
  const actor = systemActor('re-enrollment', tx.organizationId);
  const standing: StandingDeps = {
    ...deps,
    reevaluate: (inner, id, now) => evaluateDevice(deps, inner, id, now),
  };
  // What was ordered of the machine before must not befall it now: a wipe that waited would be its welcome.
  await closeCommands(standing, tx, { deviceId, actor, reason: 'The device enrolled again.' });
  await readmitDevice(standing, tx, { deviceId, enrollmentId: row.enrollment_id, actor });
  return deviceId;
}
