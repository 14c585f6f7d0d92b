// Lock now. A Mac takes six digits that unlock it again: whoever orders it gives them, or they are made here; either way they are in
// escrow before the Mac has them. Phones and tablets keep their passcode and show the message.
import { escrowForCommand } from '../../../modules/devices/index.ts';
import { newPin } from './secrets.ts';
import type { AppleTranslator } from './translator.ts';

export const lockDevice: AppleTranslator<'lock-device'> = {
  uses: () => ['DeviceLock'],
  refuses: ({ params: { pin } }, { os }) =>
    os === 'macOS' && pin !== undefined && pin.length !== 6
      ? 'A Mac is locked with a PIN of six digits.'
      : undefined,
  async steps({ params: { message, phoneNumber, pin } }, { os, deviceId }, { deps, inside, commandId }) {
    const place = { deviceId, kind: 'lock-pin' } as const;
    const escrowed =
      os === 'macOS'
        ? await inside((tx) => escrowForCommand(deps, tx, place, commandId, () => pin ?? newPin()))
        : undefined;
    const shows = os !== 'visionOS';
    return [
      {
        requestType: 'DeviceLock',
        payload: {
          ...(message === undefined || !shows ? {} : { Message: message }),
          ...(phoneNumber === undefined || !shows ? {} : { PhoneNumber: phoneNumber }),
          ...(escrowed === undefined ? {} : { PIN: escrowed }),
        },
      },
    ];
  },
};
