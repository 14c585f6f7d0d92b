// Tells a channel that its declarations are others now. The token comes along, so that a device that has them already says no
// more about it. The first one turns declarative management on; it cannot be turned off again.
import { lockDevice } from '../../../modules/devices/index.ts';
import { noteDeclarative, remindTomorrow, selectSets } from '../declarations/queries.ts';
import { syncTokens } from '../declarations/answer.ts';
import type { AppleTranslator } from './translator.ts';

export const syncDeclarations: AppleTranslator<'sync-declarations'> = {
  needs: {
    since: { iOS: '15.0', macOS: '13.0', tvOS: '16.0', visionOS: '1.1', watchOS: '10.0' },
    channels: ['device', 'user'],
  },
  steps: (_command, { deviceId, channel }, { inside }) =>
    inside(async (tx) => {
      const set = (await selectSets(tx, [deviceId])).find((each) => each.channel === channel);
      const payload = set ? { Data: Buffer.from(JSON.stringify(syncTokens(set))) } : {};
      return [{ requestType: 'DeclarativeManagement', payload }];
    }),
  async answered({ tx, target: { deviceId, channel }, now }) {
    await lockDevice(tx, deviceId);
    await noteDeclarative(tx, deviceId, channel, new Date(now));
    // It fetches what is new by itself; whoever has not by tomorrow is told once more.
    await remindTomorrow(tx, deviceId, channel, now);
    return undefined;
  },
};
