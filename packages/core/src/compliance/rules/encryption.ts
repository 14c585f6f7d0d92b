import { broken, judgeFact, mention, met } from '../finding.ts';
import { platformRemedies } from '../platform-remedies.ts';
import { defineRule, everyGate } from '../rule.ts';
import { say } from '../wording/message.ts';

/** CMP-07, POL-17. */
export const encryption = defineRule({
  kind: 'encryption',
  severity: 'high',
  purpose: 'security',
  defaultGates: everyGate,
  reads: ['storage.encrypted', 'storage.volumes'],
  settings: {
    names: ['encryption.required'],
    grace: 'encryption.grace-minutes',
    demand: (values) => (values['encryption.required'] ? {} : undefined),
  },
  demand: (demand) => demand,
  judge: (_demand, view) => {
    const { encrypt, report } = platformRemedies[view.device.platform];
    return [
      judgeFact(
        view,
        'storage.encrypted',
        (encrypted) =>
          encrypted ? met(say('encryption.on')) : broken(say('encryption.off'), encrypt, report),
        [
          mention(view, 'storage.volumes', (volumes) =>
            volumes
              .filter((volume) => !volume.encrypted)
              .slice(0, 8)
              .map((volume) => volume.mount),
          ),
        ],
      ),
    ];
  },
});
