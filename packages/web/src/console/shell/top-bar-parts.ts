/** What areas show in the top bar, such as the bell. */
import type { ComponentType } from 'react';
import { ApprovalsBell } from '../activity/approvals/approvals-bell.tsx';

export const topBarParts: readonly { readonly key: string; readonly Part: ComponentType }[] = [
  { key: 'approvals', Part: ApprovalsBell },
];
