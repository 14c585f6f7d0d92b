// The password before the recovery system of a Mac. It is in escrow before the Mac has it, and verified afterwards: then it is the one.
import { candidatesInEscrow, confirmEscrow, escrowForCommand } from '../../../modules/devices/index.ts';
import { booleanOf } from './response.ts';
import { newPassword } from './secrets.ts';
import type { AppleTarget } from '../apple-target.ts';
import type { AppleTranslator, Preparation } from './translator.ts';

const kind = 'recovery-lock';

/** The one that the Mac confirmed last; nothing when there is none. */
function passwordInForce(
  { deps, inside }: Pick<Preparation, 'deps' | 'inside'>,
  { deviceId }: AppleTarget,
): Promise<string | undefined> {
  return inside(
    async (tx) =>
      (await candidatesInEscrow(deps, tx, { deviceId, kind })).find(({ confirmed }) => confirmed)?.value,
  );
}

const current = (password: string | undefined) =>
  password === undefined || password === '' ? {} : { CurrentPassword: password };

export const rotateRecoveryLock: AppleTranslator<'rotate-recovery-lock'> = {
  uses: () => ['SetRecoveryLock', 'VerifyRecoveryLock'],
  async steps({ params }, target, preparation) {
    const { deps, inside, commandId } = preparation;
    const { deviceId } = target;
    const before = params.currentPassword ?? (await passwordInForce(preparation, target));
    const password = await inside((tx) =>
      escrowForCommand(deps, tx, { deviceId, kind }, commandId, newPassword),
    );
    return [
      { requestType: 'SetRecoveryLock', payload: { ...current(before), NewPassword: password } },
      { requestType: 'VerifyRecoveryLock', payload: { Password: password } },
    ];
  },
  async answered({ tx, deps, target: { deviceId }, commandId, request }, response) {
    if (request.requestType !== 'VerifyRecoveryLock') return undefined;
    if (booleanOf(response, 'PasswordVerified') !== true) {
      return { failed: 'The Mac does not know the new password.' };
    }
    await confirmEscrow(deps, tx, { deviceId, kind }, commandId);
    return {
      result: { inEscrow: true },
      facts: [{ scan: 'security', facts: { 'security.recovery-lock': true }, adds: true }],
    };
  },
};

export const clearRecoveryLock: AppleTranslator<'clear-recovery-lock'> = {
  uses: () => ['SetRecoveryLock'],
  async steps({ params }, target, preparation) {
    const before = params.currentPassword ?? (await passwordInForce(preparation, target));
    return [{ requestType: 'SetRecoveryLock', payload: { ...current(before), NewPassword: '' } }];
  },
  answered: () => ({ facts: [{ scan: 'security', facts: { 'security.recovery-lock': false }, adds: true }] }),
};
