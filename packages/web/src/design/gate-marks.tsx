// What each gate says of a device, as lettered marks: solid, half, crossed; the words are there for everybody.
import type { Gate } from '@gatehouse/core/compliance/gate.ts';
import css from './design.module.css';
import { Hint } from './hint.tsx';
import { designTexts } from './texts.ts';

const marks = { allow: css.gateAllow, quarantine: css.gateQuarantine, deny: css.gateDeny };
const words = {
  network: 'gateNetwork',
  mail: 'gateMail',
  vpn: 'gateVpn',
  apps: 'gateApps',
  content: 'gateContent',
} as const;

export type GateAccess = keyof typeof marks;

export function GateMarks({ access }: { access: Readonly<Partial<Record<Gate, GateAccess>>> }) {
  const t = designTexts.use();
  return (
    <span className={css.gates}>
      {(Object.keys(words) as Gate[]).map((gate) => {
        const value = access[gate];
        if (value === undefined) return null;
        const name = t(words[gate]);
        const said = t('gateMark', { gate: name, access: t(value) });
        return (
          <Hint key={gate} label={said}>
            <span className={`${css.gate} ${marks[value]}`} role="img" aria-label={said}>
              {name[0]}
            </span>
          </Hint>
        );
      })}
    </span>
  );
}
