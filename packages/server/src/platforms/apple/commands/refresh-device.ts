// Report now. What each scan asks for is the inventory's; until it says so, the questions that every device answers.
import type { AppleTranslator } from './translator.ts';

export const refreshDevice: AppleTranslator<'refresh-device'> = {
  needs: { channels: ['device', 'user'] },
  steps: () => [
    {
      requestType: 'DeviceInformation',
      payload: {
        Queries: ['DeviceName', 'OSVersion', 'BuildVersion', 'ProductName', 'SerialNumber', 'IsSupervised'],
      },
    },
  ],
};
