// The device that the address names, kept current by what happens to it: one reading for the whole page.
import { useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useRead } from '../../../api/hooks.ts';
import { explainDevice, getDevice } from '../../../api/operations/device.ts';
import { currentLanguage } from '../../../language/texts.ts';
import { useLive, useLiveness } from '../../../live/use-live.ts';
import { useMay } from '../../../session/session.ts';

export function useDeviceId(): string {
  return useParams({ strict: false, select: (params) => (params as { deviceId?: string }).deviceId ?? '' });
}

/** Without live news, such as for roles that may not follow them, it is asked again now and then. */
export function useEvery(): { every?: number } {
  return useLiveness().state === 'live' ? {} : { every: 15_000 };
}

export function useDevice() {
  const deviceId = useDeviceId();
  return useRead(getDevice, { params: { deviceId } }, useEvery());
}

/** As it is now, for every gate; by right. */
export function useExplanation() {
  const deviceId = useDeviceId();
  const may = useMay();
  return useRead(
    explainDevice,
    { params: { deviceId }, query: { language: currentLanguage() } },
    { enabled: may('devices.explain'), keep: true, ...useEvery() },
  );
}

/** News of this device alone: those of others leave the page as it is. */
export function useDeviceNews(operations: readonly { readonly id: string }[]): void {
  const deviceId = useDeviceId();
  const client = useQueryClient();
  useLive(['device.*', 'command.*', 'approval.*'], (events) => {
    const mine = events.some(
      ({ type, data }) =>
        data.subjectId === deviceId || data['deviceId'] === deviceId || type.startsWith('approval.'),
    );
    if (mine) for (const { id } of operations) void client.invalidateQueries({ queryKey: [id] });
  });
}
