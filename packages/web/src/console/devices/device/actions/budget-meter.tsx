// How much of the budget of destructive commands is left, before anybody asks for more of it.
import { Progress, Text } from '@mantine/core';
import { useRead } from '../../../../api/hooks.ts';
import { getDestructiveBudget } from '../../../../api/operations/approvals.ts';
import { useMay } from '../../../../session/session.ts';
import { actionTexts } from './texts.ts';

/** @param further what would be spent besides. */
export function BudgetMeter({ further = 0 }: { further?: number }) {
  const t = actionTexts.use();
  const may = useMay();
  const { data } = useRead(getDestructiveBudget, {}, { enabled: may('approvals.read') });
  if (data === undefined) return null;
  const { spent, budget, settings } = data;
  const text = t('budget', { minutes: settings.windowMinutes, spent, budget });
  const share = (count: number) => Math.min(100, (count / Math.max(1, budget)) * 100);
  return (
    <div>
      <Text size="sm">{text}</Text>
      <Progress.Root size="md" mt={4} aria-hidden>
        <Progress.Section value={share(spent)} color={spent >= budget ? 'red' : 'gate'} />
        {further > 0 && (
          <Progress.Section value={Math.min(100 - share(spent), share(further))} color="orange" />
        )}
      </Progress.Root>
      {spent + further > budget && settings.secondPerson === 'above-budget' && (
        <Text size="sm" mt={4}>
          {t('budgetSpent')}
        </Text>
      )}
    </div>
  );
}
