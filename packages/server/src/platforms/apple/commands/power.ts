// Restart and shut-down. Only a Mac can ask whoever works at it.
import type { AppleTranslator } from './translator.ts';

export const restartDevice: AppleTranslator<'restart-device'> = {
  uses: () => ['RestartDevice'],
  steps: ({ params: { askUser } }, { os }) => [
    {
      requestType: 'RestartDevice',
      payload: os === 'macOS' && askUser !== undefined ? { NotifyUser: askUser } : {},
    },
  ],
};

export const shutDownDevice: AppleTranslator<'shut-down-device'> = {
  uses: () => ['ShutDownDevice'],
  steps: () => [{ requestType: 'ShutDownDevice' }],
};
