// Sends what was chosen: a command, or a change of the device's standing; and says what became of it.
import type { Device } from '@gatehouse/contracts/admin/devices.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../../../api/call.ts';
import {
  barDevice,
  blockDevice,
  deleteDevice,
  explainDevice,
  getDevice,
  listAvailableCommands,
  listCommands,
  queueCommand,
  unbarDevice,
  unblockDevice,
  unmanageDevice,
} from '../../../../api/operations/device.ts';
import { type ApiProblem, isApiProblem } from '../../../../api/problem.ts';
import { notifyDone, notifyProblem } from '../../../../design/notify.tsx';
import { plainLine } from '../../../../design/plain-text.ts';
import { useAddressOf } from '../../../../design/route-link.tsx';
import { commandActions, type DeviceAction } from './action-catalogue.ts';
import { beginUnderway } from './underway-store.ts';
import { actionTexts } from './texts.ts';

const standing = {
  block: blockDevice,
  unblock: unblockDevice,
  unmanage: unmanageDevice,
  bar: barDevice,
  unbar: unbarDevice,
} as const;

const refreshed = [getDevice, listCommands, listAvailableCommands, explainDevice, { id: 'listApprovals' }];

export type OrderParams = Readonly<Record<string, string | boolean>>;

/** The request under which it may happen yet, where a second person has to agree. */
export function approvalOf(problem: unknown): string | undefined {
  if (!isApiProblem(problem)) return undefined;
  const { approvalId } = problem.context;
  return typeof approvalId === 'string' ? approvalId : undefined;
}

export function useOrder(device: Device, onDone?: () => void) {
  const t = actionTexts.use();
  const client = useQueryClient();
  const router = useRouter();
  const addressOf = useAddressOf();
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  // One for each question: whoever presses twice has asked once.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const name = plainLine(device.name, 60);

  async function send(action: DeviceAction, params: OrderParams, reason: string | undefined) {
    const given = { params: { deviceId: device.id } };
    const because = reason === undefined || reason === '' ? {} : { reason };
    const isCommand = commandActions.find((each) => each.name === action.name);
    if (isCommand !== undefined) {
      const { answer } = await call(queueCommand, {
        ...given,
        body: { name: isCommand.name, params, ...because },
        ...(action.tier === 0 ? {} : { idempotencyKey }),
      });
      if (answer !== undefined) beginUnderway(device.id, answer.id);
      notifyDone(t('queued', { action: t(action.name), name }));
    } else if (action.name === 'delete') {
      await call(deleteDevice, given);
      notifyDone(t('doneAtOnce', { name: t(action.name) }));
      void router.navigate({ href: addressOf('/devices') });
    } else {
      await call(standing[action.name as keyof typeof standing], { ...given, body: because });
      notifyDone(t('doneAtOnce', { name: t(action.name) }));
    }
  }

  async function order(action: DeviceAction, params: OrderParams, reason: string | undefined) {
    if (isPending) return;
    setPending(true);
    setProblem(undefined);
    // The menu knows what is under way before anything can be chosen from it again.
    const refresh = () =>
      Promise.all(refreshed.map(({ id }) => client.invalidateQueries({ queryKey: [id] })));
    try {
      await send(action, params, reason);
      await refresh();
      onDone?.();
    } catch (error) {
      await refresh();
      if (approvalOf(error) !== undefined) {
        notifyDone(t('asked', { action: t(action.name), name }), t('askedTitle'));
        onDone?.();
      } else if (action.tier === 0) notifyProblem(error, t(action.name));
      else if (isApiProblem(error)) setProblem(error);
      else throw error;
    } finally {
      setPending(false);
    }
  }
  return {
    isPending,
    problem,
    run: (action: DeviceAction, params: OrderParams, reason: string | undefined) =>
      void order(action, params, reason),
  };
}
