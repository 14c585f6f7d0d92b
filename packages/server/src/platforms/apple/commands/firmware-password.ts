// The password before the firmware of a Mac with an Intel processor; one with Apple's own says that it has none. It is in escrow before
// the Mac has it. A change counts from the next start of the Mac on, so it is not verified in the same breath.
import { candidatesInEscrow, confirmEscrow, escrowForCommand } from '../../../modules/devices/index.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import type { AppleTarget } from '../apple-target.ts';
import { booleanOf, dictionaryOf } from './response.ts';
import { newPassword } from './secrets.ts';
import type { AppleTranslator, Preparation } from './translator.ts';

const kind = 'firmware-password';

/** The one that is given, else the one that the Mac took last. */
async function inForce(
  { deps, inside }: Preparation,
  { deviceId }: AppleTarget,
  given: string | undefined,
): Promise<string | undefined> {
  if (given !== undefined) return given;
  const known = await inside((tx) => candidatesInEscrow(deps, tx, { deviceId, kind }));
  return known.find(({ confirmed }) => confirmed)?.value;
}

const current = (password: string | undefined) =>
  password === undefined ? {} : { CurrentPassword: password };

const unchanged = (response: PlistDictionary): boolean => {
  const told = dictionaryOf(response, 'SetFirmwarePassword');
  return told === undefined || booleanOf(told, 'PasswordChanged') !== true;
};
const refused = { failed: 'The Mac has not changed the password.' } as const;

export const rotateFirmwarePassword: AppleTranslator<'rotate-firmware-password'> = {
  uses: () => ['SetFirmwarePassword'],
  async steps({ params }, target, preparation) {
    const before = await inForce(preparation, target, params.currentPassword);
    const { deps, inside, commandId } = preparation;
    const place = { deviceId: target.deviceId, kind } as const;
    const password = await inside((tx) => escrowForCommand(deps, tx, place, commandId, newPassword));
    return [{ requestType: 'SetFirmwarePassword', payload: { ...current(before), NewPassword: password } }];
  },
  async answered({ tx, deps, target: { deviceId }, commandId }, response) {
    if (unchanged(response)) return refused;
    await confirmEscrow(deps, tx, { deviceId, kind }, commandId);
    return { result: { inEscrow: true, effective: 'after-restart' } };
  },
};

export const clearFirmwarePassword: AppleTranslator<'clear-firmware-password'> = {
  uses: () => ['SetFirmwarePassword'],
  async steps({ params }, target, preparation) {
    const before = await inForce(preparation, target, params.currentPassword);
    return [{ requestType: 'SetFirmwarePassword', payload: { ...current(before), NewPassword: '' } }];
  },
  answered: (_context, response) =>
    unchanged(response) ? refused : { result: { effective: 'after-restart' } },
};

export const verifyFirmwarePassword: AppleTranslator<'verify-firmware-password'> = {
  uses: () => ['VerifyFirmwarePassword'],
  async steps({ params }, target, preparation) {
    const password = await inForce(preparation, target, params.currentPassword);
    if (password === undefined) {
      throw new DomainError(
        'unprocessable',
        'No password of the firmware is in escrow: give the one to verify.',
      );
    }
    return [{ requestType: 'VerifyFirmwarePassword', payload: { Password: password } }];
  },
  answered(_context, response) {
    const told = dictionaryOf(response, 'VerifyFirmwarePassword');
    return { result: { verified: told !== undefined && booleanOf(told, 'PasswordVerified') === true } };
  },
};
