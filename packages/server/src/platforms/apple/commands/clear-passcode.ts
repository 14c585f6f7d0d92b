// The device opens with the token that it gave us for this, and nothing else.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { AppleTranslator } from './translator.ts';

export const clearPasscode: AppleTranslator<'clear-passcode'> = {
  uses: () => ['ClearPasscode'],
  async steps(_command, target) {
    const token = await target.unlockToken();
    if (token === undefined) {
      throw new DomainError('unprocessable', 'The device has never given what clears its passcode.');
    }
    return [{ requestType: 'ClearPasscode', payload: { UnlockToken: token } }];
  },
};
