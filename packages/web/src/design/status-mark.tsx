// A state: shape first, word second, colour third; with why and since when for everybody, and the page that explains it.
import {
  IconAlertOctagon,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleDotted,
  IconClock,
  IconHelpCircle,
  IconInfoCircle,
  IconLoader,
  IconTicket,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { formatTime } from '../language/format.ts';
import css from './design.module.css';
import { Hint } from './hint.tsx';
import { PlainLink } from './route-link.tsx';
import { designTexts } from './texts.ts';

export type StatusKind =
  | 'ok'
  | 'grace'
  | 'bad'
  | 'stale'
  | 'unknown'
  | 'exempt'
  | 'unchecked'
  | 'pending'
  | 'info';

const icons = {
  ok: IconCircleCheck,
  grace: IconClock,
  bad: IconAlertOctagon,
  stale: IconCircleDashed,
  unknown: IconHelpCircle,
  exempt: IconTicket,
  unchecked: IconCircleDotted,
  pending: IconLoader,
  info: IconInfoCircle,
} as const satisfies Record<StatusKind, unknown>;

export interface StatusMarkProps {
  readonly kind: StatusKind;
  readonly word: string;
  /** A sentence: why it is so. */
  readonly why?: ReactNode;
  readonly since?: string | undefined;
  /** Path of the page that explains it, within this application. */
  readonly to?: string;
}

export function StatusMark({ kind, word, why, since, to }: StatusMarkProps) {
  const t = designTexts.use();
  const Icon = icons[kind];
  const mark = (
    <span className={`${css.mark} ${css[kind]}`}>
      <Icon size={18} aria-hidden />
      <span className={css.markText}>{word}</span>
    </span>
  );
  if (why === undefined && since === undefined)
    return to === undefined ? mark : <PlainLink to={to}>{mark}</PlainLink>;
  const label = () => (
    <>
      {why}
      {since !== undefined && <div>{t('since', { time: formatTime(since) })}</div>}
      {to !== undefined && <div>{t('why')}</div>}
    </>
  );
  return (
    <Hint label={label}>
      {to === undefined ? (
        <button type="button" className={css.markButton}>
          {mark}
        </button>
      ) : (
        <PlainLink to={to}>{mark}</PlainLink>
      )}
    </Hint>
  );
}
