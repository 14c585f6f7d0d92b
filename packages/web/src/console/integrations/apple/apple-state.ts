/** How Apple's push certificate stands, in a mark and a word. */
import type { PushStatus } from '@gatehouse/contracts/admin/push.ts';
import type { StatusKind } from '../../../design/status-mark.tsx';
import type { integrationTexts } from '../texts.ts';

type Say = ReturnType<typeof integrationTexts.use>;

export function appleState(status: PushStatus, t: Say): { readonly kind: StatusKind; readonly word: string } {
  const days = status.certificate?.daysLeft ?? 0;
  switch (status.state) {
    case 'missing':
      return { kind: 'unchecked', word: t('appleMissing') };
    case 'valid':
      return { kind: 'ok', word: t('appleValid', { days }) };
    case 'expiring':
      return { kind: 'grace', word: t('appleExpiring', { days }) };
    case 'expired':
      return { kind: 'bad', word: t('appleExpired') };
  }
}
