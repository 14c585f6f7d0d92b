/**
 * Removes what Gatehouse brought and nothing else: managed apps with their data first, then profiles and certificates
 * (WIP-02), then, once the server knows, the enrolment itself. What others installed stays (WIP-04).
 */
import { acknowledged, type CommandHandler } from './command-handler.ts';

export const selectiveWipe: CommandHandler<'selective-wipe'> = {
  afterInterruption: 'again',
  async run(_params, { ledger, store }) {
    // From here on the agent only wants to be rid of its enrolment, also after a restart; nothing is put in force again.
    await store.update({ leaving: 'command', policy: null, appliedPolicyVersion: null });
    const { removed, left } = await ledger.removeAll();
    return acknowledged({ removed: removed.length, left: left.slice(0, 50) });
  },
};
