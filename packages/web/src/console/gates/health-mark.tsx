// How a server or network device stands, by what the last exchange with it came to.
import { StatusMark } from '../../design/status-mark.tsx';
import { healthOf } from './access-marks.ts';
import { gateTexts } from './texts.ts';

export interface HealthMarkProps {
  readonly enabled: boolean;
  readonly answeredAt: string | null;
  readonly problem: string | null;
  readonly problemAt: string | null;
  /** What is to be said besides. */
  readonly more?: string;
}

export function HealthMark({ more = '', ...health }: HealthMarkProps) {
  const t = gateTexts.use();
  const { kind, word, since } = healthOf(health);
  const why = [health.problem ?? '', more].filter((text) => text !== '').join(' ');
  return (
    <StatusMark
      kind={kind}
      word={t(word)}
      {...(since === null ? {} : { since })}
      {...(why === '' ? {} : { why })}
    />
  );
}
