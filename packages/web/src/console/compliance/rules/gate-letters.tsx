// For which gates something counts, in the letters that the gates have everywhere: N M V A C.
import { type Gate, gates as allGates } from '@gatehouse/core/compliance/gate.ts';
import { Hint } from '../../../design/hint.tsx';
import { complianceTexts } from '../texts.ts';
import css from './rules.module.css';
import { ruleTexts } from './texts.ts';

export function GateLetters({ gates }: { gates: readonly Gate[] }) {
  const t = ruleTexts.use();
  const shared = complianceTexts.use();
  const said = gates.length === 0 ? t('noGate') : gates.map((gate) => shared(gate)).join(', ');
  return (
    <Hint label={said}>
      <span role="img" aria-label={said} tabIndex={0} className={css.letters}>
        {allGates.map((gate) => (
          <span key={gate} aria-hidden className={gates.includes(gate) ? css.letter : css.noLetter}>
            {shared(gate)[0]}
          </span>
        ))}
      </span>
    </Hint>
  );
}
