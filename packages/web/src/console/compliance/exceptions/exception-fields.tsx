// What an exception says, whomever it is for: from which rule, why, and until when.
import { Select, Textarea, TextInput } from '@mantine/core';
import type { NewException } from '@gatehouse/contracts/admin/rules.ts';
import { policyRuleKinds } from '@gatehouse/core/compliance/rule-kind.ts';
import { type ReactNode, useState } from 'react';
import { useList } from '../../../api/hooks.ts';
import { listComplianceRules } from '../../../api/operations/compliance.ts';
import { plainLine } from '../../../design/plain-text.ts';
import { currentLanguage } from '../../../language/texts.ts';
import { kindTitle } from '../rules/rule-sentence.ts';
import { dateFieldValue, day, endOfDay, soonMs } from './exception-list.ts';
import { exceptionTexts } from './texts.ts';

export interface ExceptionDraft {
  /** undefined while something is missing. */
  readonly body: NewException | undefined;
  /** Somebody wanted to go on: what is missing is pointed at from now on. */
  readonly tried: boolean;
  readonly setTried: (tried: boolean) => void;
  readonly fields: ReactNode;
}

export function useExceptionDraft(): ExceptionDraft {
  const t = exceptionTexts.use();
  const [rule, setRule] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const [opening] = useState(() => Date.now());
  const [until, setUntil] = useState(dateFieldValue(opening + soonMs));
  const [tried, setTried] = useState(false);
  const rules = useList(listComplianceRules, { query: { limit: 500 } });
  const end = endOfDay(until, opening);
  const body =
    rule === null || reason.trim() === '' || end === undefined
      ? undefined
      : { rule, reason: reason.trim(), expiresAt: end.toISOString() };
  const fields = (
    <>
      <Select
        label={t('rule')}
        searchable
        data={[
          ...rules.items.map(({ id, name }) => ({ value: id, label: plainLine(name, 80) })),
          ...policyRuleKinds.map((kind) => ({
            value: kind,
            label: t('ofPolicies', { title: kindTitle(kind, currentLanguage()) }),
          })),
        ]}
        value={rule}
        onChange={setRule}
        error={tried && rule === null ? t('ruleMissing') : undefined}
      />
      <Textarea
        label={t('reason')}
        description={t('reasonHint')}
        value={reason}
        maxLength={500}
        autosize
        minRows={2}
        onChange={(event) => setReason(event.currentTarget.value.replaceAll('\n', ' '))}
        error={tried && reason.trim() === '' ? t('reasonMissing') : undefined}
      />
      <TextInput
        type="date"
        label={t('until')}
        description={t('untilHint')}
        value={until}
        min={dateFieldValue(opening)}
        max={dateFieldValue(opening + 365 * day)}
        onChange={(event) => setUntil(event.currentTarget.value)}
        error={tried && end === undefined ? t('untilWrong') : undefined}
        w={220}
      />
    </>
  );
  return { body, tried, setTried, fields };
}
