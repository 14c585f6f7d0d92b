// The stages as a ladder from left to right, on a phone downwards: when, what follows, who stands there and who comes next.
import { Group, Text } from '@mantine/core';
import type { RuleCounts } from '@gatehouse/contracts/admin/rules.ts';
import { IconShieldLock } from '@tabler/icons-react';
import { Hint } from '../../../design/hint.tsx';
import { currentLanguage } from '../../../language/texts.ts';
import { complianceTexts } from '../texts.ts';
import type { RuleDraft } from './rule-draft.ts';
import { actionText, minutesText } from './rule-sentence.ts';
import css from './rules.module.css';
import { ladderOf, type Rung } from './stage-ladder.ts';
import { ruleTexts } from './texts.ts';

type Counts = RuleCounts['items'][number];

export function Ladder({ draft, counts }: { draft: RuleDraft; counts?: Counts | undefined }) {
  const t = ruleTexts.use();
  const shared = complianceTexts.use();
  const gates = draft.gates.map((gate) => shared(gate)).join(', ');
  const rungs = ladderOf(draft.stages, counts);
  const graceAt = rungs.findIndex(({ afterMinutes }) => afterMinutes >= draft.graceMinutes);
  const before = graceAt === -1 ? rungs : rungs.slice(0, graceAt);
  const after = graceAt === -1 ? [] : rungs.slice(graceAt);
  const hasGrace = draft.graceMinutes > 0;
  return (
    <ol className={css.ladder} aria-label={t('ladder')}>
      <li className={css.rung}>
        <div className={css.rungTime}>{t('brokenSince')}</div>
        {gates !== '' && <div>{hasGrace ? t('brokenGates', { gates }) : t('graceEndsGates', { gates })}</div>}
      </li>
      {before.map((rung) => (
        <RungItem key={rung.index} rung={rung} />
      ))}
      {hasGrace && (
        <li className={`${css.rung} ${css.grace}`}>
          <div className={css.rungTime}>{minutesText(draft.graceMinutes, currentLanguage())}</div>
          <div>{t('graceEnds')}</div>
          {gates !== '' && <div>{t('graceEndsGates', { gates })}</div>}
        </li>
      )}
      {after.map((rung) => (
        <RungItem key={rung.index} rung={rung} />
      ))}
    </ol>
  );
}

function RungItem({ rung }: { rung: Rung }) {
  const t = ruleTexts.use();
  const shared = complianceTexts.use();
  const { afterMinutes, actions, guarded, devices, coming } = rung;
  return (
    <li className={`${css.rung} ${guarded ? css.guarded : ''}`}>
      <Group gap={4} className={css.rungTime ?? ''}>
        {afterMinutes === 0 ? t('atOnce') : minutesText(afterMinutes, currentLanguage())}
        {guarded && (
          <Hint label={t('guarded')}>
            <span role="img" aria-label={t('guarded')} tabIndex={0}>
              <IconShieldLock size={16} aria-hidden />
            </span>
          </Hint>
        )}
      </Group>
      {actions.map((action, index) => (
        <div key={`${action.kind}/${index}`}>{actionText(action, shared)}</div>
      ))}
      {devices !== undefined && (
        <Text size="xs" c="dimmed" className={css.numbers ?? ''}>
          {t('standing', { count: devices })}
          {coming !== undefined && coming > 0 && ` · ${t('coming', { count: coming })}`}
        </Text>
      )}
    </li>
  );
}
