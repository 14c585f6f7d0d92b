/** Runs the scans now and reports (SCN-06, AGT-11). */
import { scans } from '@gatehouse/core/facts/types.ts';
import { acknowledged, type CommandHandler } from './command-handler.ts';

export const refreshDevice: CommandHandler<'refresh-device'> = {
  afterInterruption: 'again',
  async run({ scans: asked }, { refresh }) {
    const wanted = asked ?? scans;
    await refresh(wanted);
    return acknowledged({ scans: [...wanted] });
  },
};
