/** What a look at one of our addresses says to people. */
import type { PreflightStep } from '@gatehouse/contracts/admin/system.ts';
import type { StatusKind } from '../../design/status-mark.tsx';
import { formatDate } from '../../language/format.ts';
import type { integrationTexts } from './texts.ts';

type Say = ReturnType<typeof integrationTexts.use>;

export const outcomeKinds = {
  good: 'ok',
  warning: 'grace',
  bad: 'bad',
  'not-tried': 'unchecked',
} as const satisfies Record<PreflightStep['outcome'], StatusKind>;

/** Findings about time carry a moment; everything else is a name or an address. */
export function findingText(step: Pick<PreflightStep, 'finding' | 'detail'>, t: Say): string {
  const isMoment = /^\d{4}-\d{2}-\d{2}T/.test(step.detail);
  return t(`find_${step.finding}`, { detail: isMoment ? formatDate(step.detail) : step.detail });
}
