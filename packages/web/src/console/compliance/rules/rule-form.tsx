// The editor of a rule, which reads as one sentence from top to bottom.
import {
  Checkbox,
  Group,
  NumberInput,
  Radio,
  Select,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import type { RuleCounts } from '@gatehouse/contracts/admin/rules.ts';
import { unknownMeanings } from '@gatehouse/core/compliance/compliance-rule.ts';
import { gates } from '@gatehouse/core/compliance/gate.ts';
import { rulePurposes, severities } from '@gatehouse/core/compliance/verdict.ts';
import type { ReactNode } from 'react';
import { Plain } from '../../../design/plain.tsx';
import { currentLanguage } from '../../../language/texts.ts';
import { complianceTexts } from '../texts.ts';
import { ObjectFields } from './demand-form.tsx';
import { emptyObject } from './demand-values.ts';
import { Ladder } from './ladder.tsx';
import { complaintAt, complaintText } from './problem-words.ts';
import { type Complaint, formOf, type RuleDraft, type RuleKindInfo, withKind } from './rule-draft.ts';
import { kindTitle, sentenceOf } from './rule-sentence.ts';
import css from './rules.module.css';
import { MinutesField, StagesEditor } from './stages-editor.tsx';
import { ruleTexts } from './texts.ts';

interface RuleFormProps {
  readonly draft: RuleDraft;
  readonly onChange: (draft: RuleDraft) => void;
  readonly kinds: readonly RuleKindInfo[];
  readonly kind: RuleKindInfo;
  readonly isNew: boolean;
  readonly disabled: boolean;
  readonly complaints: readonly Complaint[];
  readonly whom: readonly string[];
  /** The part about whom it is for: fields of a new rule, assignments of one there is. */
  readonly scope: ReactNode;
  readonly counts?: RuleCounts['items'][number] | undefined;
}

export function RuleForm(props: RuleFormProps) {
  const { draft, onChange, kinds, kind, isNew, disabled, complaints, whom, scope, counts } = props;
  const t = ruleTexts.use();
  const shared = complianceTexts.use();
  const form = formOf(kind);
  const set = (part: Partial<RuleDraft>) => onChange({ ...draft, ...part });
  const wordsFor = (complaint: Complaint) => complaintText(complaint, form, t);
  const nameWrong = complaintAt(complaints, 'name');
  const tunes = draft.demand === 'from-policies';
  return (
    <div>
      <p className={css.sentence} aria-label={t('reads')} role="note">
        <Plain
          text={sentenceOf(draft, kind, whom, { rule: t, shared, language: currentLanguage() }).join(' ')}
          limit={2_000}
        />
      </p>
      <Step lead={t('stepName')}>
        <TextInput
          label={t('name')}
          value={draft.name}
          maxLength={100}
          required
          withAsterisk={false}
          disabled={disabled}
          error={nameWrong && wordsFor(nameWrong)}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <Textarea
          label={t('description')}
          description={t('descriptionHint')}
          value={draft.description}
          maxLength={1_000}
          autosize
          minRows={1}
          disabled={disabled}
          onChange={(event) => set({ description: event.currentTarget.value.replaceAll('\n', ' ') })}
        />
        <Switch
          label={t('enabled')}
          description={t('enabledHint')}
          checked={draft.enabled}
          disabled={disabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
      </Step>
      <Step lead={t('stepIf')}>
        <Select
          label={t('kind')}
          description={isNew ? t('kindHint') : t('kindFixed')}
          data={kinds.map((each) => ({ value: each.kind, label: kindTitle(each.kind, currentLanguage()) }))}
          value={draft.kind}
          searchable
          allowDeselect={false}
          disabled={disabled || !isNew}
          maw={480}
          onChange={(next) => {
            const other = kinds.find((each) => each.kind === next);
            if (other !== undefined) onChange(withKind(draft, other));
          }}
        />
        {kind.fromPolicies && (
          <Radio.Group
            label={t('demandFrom')}
            value={tunes ? 'policies' : 'own'}
            onChange={(next) => set({ demand: next === 'policies' ? 'from-policies' : emptyObject(form) })}
          >
            <Stack gap={4} mt={4}>
              <Radio value="own" label={t('demandOwn')} disabled={disabled} />
              <Radio
                value="policies"
                label={t('demandPolicies')}
                description={t('demandPoliciesHint')}
                disabled={disabled}
              />
            </Stack>
          </Radio.Group>
        )}
        {!tunes && Object.keys(form.fields).length === 0 && (
          <Text size="sm" c="dimmed">
            {t('demandNothing')}
          </Text>
        )}
        {!tunes && (
          <ObjectFields
            form={form}
            place="demand"
            value={draft.demand}
            disabled={disabled}
            complaints={complaints}
            wordsFor={wordsFor}
            onChange={(demand) => set({ demand: demand as RuleDraft['demand'] })}
          />
        )}
      </Step>
      <Step lead={t('stepFor')}>{scope}</Step>
      <Step lead={t('stepThen')}>
        <MinutesField
          label={t('grace')}
          minutes={draft.graceMinutes}
          disabled={disabled}
          onChange={(graceMinutes) => set({ graceMinutes })}
        />
        <Text size="sm" c="dimmed">
          {draft.graceMinutes === 0 ? t('graceNone') : t('graceHint')}
        </Text>
      </Step>
      <Step lead={t('stepDo')}>
        <Text size="sm" c="dimmed">
          {t('stagesHint')}
        </Text>
        <Ladder draft={draft} counts={counts} />
        <StagesEditor stages={draft.stages} disabled={disabled} onChange={(stages) => set({ stages })} />
      </Step>
      <Step lead={t('stepGates')}>
        <Checkbox.Group
          label={t('counts')}
          description={draft.gates.length === 0 ? t('gatesNone') : t('gatesHint')}
          value={[...draft.gates]}
          onChange={(next) => set({ gates: gates.filter((gate) => next.includes(gate)) })}
        >
          <Group mt={6}>
            {gates.map((gate) => (
              <Checkbox key={gate} value={gate} label={shared(gate)} disabled={disabled} />
            ))}
          </Group>
        </Checkbox.Group>
        <Group align="flex-start">
          <Select
            label={t('severity')}
            description={t('severityHint')}
            data={severities.map((each) => ({ value: each, label: shared(each) }))}
            value={draft.severity}
            allowDeselect={false}
            disabled={disabled}
            onChange={(next) => next !== null && set({ severity: next as RuleDraft['severity'] })}
          />
          <Select
            label={t('purpose')}
            description={t('purposeHint')}
            data={rulePurposes.map((each) => ({ value: each, label: shared(each) }))}
            value={draft.purpose}
            allowDeselect={false}
            disabled={disabled}
            onChange={(next) => next !== null && set({ purpose: next as RuleDraft['purpose'] })}
          />
        </Group>
      </Step>
      <Step lead={t('stepUnknown')}>
        <Group align="flex-start">
          <NumberInput
            label={t('factAge')}
            description={t('factAgeHint')}
            value={draft.maximumFactAgeHours ?? ''}
            min={1}
            max={8_760}
            allowDecimal={false}
            disabled={disabled}
            onChange={(next) => set({ maximumFactAgeHours: typeof next === 'number' ? next : null })}
          />
          <Select
            label={t('whenUnknown')}
            description={t('whenUnknownHint')}
            data={unknownMeanings.map((each) => ({ value: each, label: t(`as-${each}`) }))}
            value={draft.whenUnknown}
            allowDeselect={false}
            disabled={disabled}
            maw={420}
            onChange={(next) => next !== null && set({ whenUnknown: next as RuleDraft['whenUnknown'] })}
          />
        </Group>
      </Step>
    </div>
  );
}

function Step({ lead, children }: { lead: string; children: ReactNode }) {
  return (
    <section className={css.step} aria-label={lead}>
      <h2 className={css.lead}>{lead}</h2>
      <Stack gap="sm" miw={0}>
        {children}
      </Stack>
    </section>
  );
}
