// The code that frees a device from its former user's account. A device tells it for a while only; an empty answer changes nothing.
import { takeIntoEscrow } from '../../../modules/devices/index.ts';
import { textOf } from './response.ts';
import type { AppleTranslator } from './translator.ts';

export const fetchActivationLockBypassCode: AppleTranslator<'fetch-activation-lock-bypass-code'> = {
  uses: () => ['ActivationLockBypassCode'],
  steps: () => [{ requestType: 'ActivationLockBypassCode' }],
  async answered({ tx, deps, target: { deviceId }, commandId }, response) {
    const code = textOf(response, 'ActivationLockBypassCode', 128);
    if (code === undefined || !/^[A-Za-z0-9-]+$/.test(code)) return { result: { inEscrow: false } };
    await takeIntoEscrow(deps, tx, { deviceId, kind: 'activation-lock-bypass-code' }, code, commandId);
    return { result: { inEscrow: true } };
  },
};

export const clearActivationLockBypassCode: AppleTranslator<'clear-activation-lock-bypass-code'> = {
  uses: () => ['ClearActivationLockBypassCode'],
  steps: () => [{ requestType: 'ClearActivationLockBypassCode' }],
};
