/** Deciding about mail devices, one or many: each by its own request, and what went wrong is told once. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../../api/call.ts';
import {
  approveMailDevice,
  blockMailDevice,
  forgetMailDevice,
  linkMailDevice,
  listMailDevices,
  quarantineMailDevice,
  resetMailDevice,
  unlinkMailDevice,
} from '../../../api/operations/mail-gate.ts';
import { notifyDone, notifyProblem } from '../../../design/notify.tsx';
import type { Decision } from './mail-view.ts';
import { mailTexts } from './texts.ts';

const states = {
  approve: approveMailDevice,
  quarantine: quarantineMailDevice,
  block: blockMailDevice,
  reset: resetMailDevice,
} as const;

function decide(decision: Decision, mailDeviceId: string, reason: string): Promise<unknown> {
  const params = { mailDeviceId };
  if (decision === 'unlink') return call(unlinkMailDevice, { params });
  if (decision === 'forget') return call(forgetMailDevice, { params });
  return call(states[decision], { params, body: reason === '' ? {} : { reason } });
}

export interface Decisions {
  readonly isBusy: boolean;
  readonly decide: (decision: Decision, ids: readonly string[], reason?: string) => Promise<void>;
  readonly link: (pairs: readonly (readonly [mailDeviceId: string, deviceId: string])[]) => Promise<void>;
}

export function useDecisions(): Decisions {
  const t = mailTexts.use();
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);

  async function all(work: readonly (() => Promise<unknown>)[]): Promise<void> {
    setBusy(true);
    const outcomes = await Promise.allSettled(work.map((each) => each()));
    await client.invalidateQueries({ queryKey: [listMailDevices.id] });
    setBusy(false);
    const done = outcomes.filter(({ status }) => status === 'fulfilled').length;
    const failed = outcomes.find((each) => each.status === 'rejected');
    if (failed) notifyProblem(failed.reason, t('partly', { done, count: outcomes.length }));
    else notifyDone(t('decided', { count: done }));
  }

  return {
    isBusy,
    decide: (decision, ids, reason = '') => all(ids.map((id) => () => decide(decision, id, reason))),
    link: (pairs) =>
      all(
        pairs.map(
          ([mailDeviceId, deviceId]) =>
            () =>
              call(linkMailDevice, { params: { mailDeviceId }, body: { deviceId } }),
        ),
      ),
  };
}
