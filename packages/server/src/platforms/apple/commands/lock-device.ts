// Lock now. A Mac takes six digits that unlock it again; phones and tablets keep their passcode and show the message.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { AppleTranslator } from './translator.ts';

export const lockDevice: AppleTranslator<'lock-device'> = {
  needs: { since: { iOS: '4.0', macOS: '10.7', visionOS: '2.0', watchOS: '10.0' } },
  steps({ params: { message, pin } }, { os }) {
    if (os === 'macOS' && pin?.length !== 6) {
      throw new DomainError('unprocessable', 'A Mac is locked with a PIN of six digits.', {
        reason: 'pin-required',
      });
    }
    return [
      {
        requestType: 'DeviceLock',
        payload: {
          ...(message === undefined ? {} : { Message: message }),
          ...(os === 'macOS' && pin !== undefined ? { PIN: pin } : {}),
        },
      },
    ];
  },
};
