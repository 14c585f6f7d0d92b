import { noteAppRemoved } from '../desired-state/settle.ts';
import type { AppleTranslator } from './translator.ts';

export const removeApp: AppleTranslator<'remove-app'> = {
  uses: () => ['RemoveApplication'],
  steps: ({ params: { bundleId } }) => [
    { requestType: 'RemoveApplication', payload: { Identifier: bundleId } },
  ],
  async answered({ tx, target: { deviceId }, command, now }) {
    await noteAppRemoved(tx, deviceId, command.params.bundleId, now);
    return undefined;
  },
};
