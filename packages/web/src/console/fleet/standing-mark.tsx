// How a device stands, in lists: the word, why in a sentence, and the page that explains it.
import type { ListedDevice } from '@gatehouse/contracts/admin/searches.ts';
import { StatusMark } from '../../design/status-mark.tsx';
import { formatTime } from '../../language/format.ts';
import { fleetTexts } from './texts.ts';

type Standing = ListedDevice['standing'];

/** Outside of management there is nothing to comply with. */
const outside = {
  pending: 'pending',
  wiping: 'bad',
  unmanaged: 'unknown',
  blocked: 'bad',
} as const satisfies Partial<Record<ListedDevice['state'], unknown>>;

export function StandingMark({ device }: { device: ListedDevice }) {
  const t = fleetTexts.use();
  const to = `/devices/${device.id}/why`;
  if (device.state !== 'registered')
    return <StatusMark kind={outside[device.state]} word={t(device.state)} to={to} />;
  const { standing, nextChangeAt, failureReason } = device;
  const word =
    standing === 'grace' && nextChangeAt !== null
      ? t('graceUntil', { time: formatTime(nextChangeAt) })
      : t(standing);
  const why = standing === 'bad' && failureReason !== null ? failureReason : t(`${standing}Why`);
  return <StatusMark kind={standing} word={word} why={why} to={to} />;
}

/** The worst of several devices. */
export function WorstMark({ standing, to }: { standing: Standing; to: string }) {
  const t = fleetTexts.use();
  return <StatusMark kind={standing} word={t(standing)} why={t(`${standing}Why`)} to={to} />;
}
