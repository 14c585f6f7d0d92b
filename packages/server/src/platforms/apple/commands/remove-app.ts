import type { AppleTranslator } from './translator.ts';

export const removeApp: AppleTranslator<'remove-app'> = {
  uses: () => ['RemoveApplication'],
  steps: ({ params: { bundleId } }) => [
    { requestType: 'RemoveApplication', payload: { Identifier: bundleId } },
  ],
};
