// What RADIUS servers are answered: rules in order, moved by buttons, saved together.
import {
  ActionIcon,
  Alert,
  Button,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import type {
  NetworkAccessChanges,
  NetworkAccessSettings,
} from '@gatehouse/contracts/admin/network-access.ts';
import { ownerships, platforms } from '@gatehouse/core/devices/device.ts';
import { networkDecisions } from '@gatehouse/core/network-access/reply-rules.ts';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import {
  changeNetworkAccessSettings,
  getNetworkAccessSettings,
} from '../../../api/operations/network-gate.ts';
import { Edited, type Saving } from '../../../design/edited.tsx';
import { Hint } from '../../../design/hint.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { useMay } from '../../../session/session.ts';
import { complianceTexts } from '../../compliance/texts.ts';
import { gateTexts } from '../texts.ts';
import { draftOf, moved, readAttributes, type ReplyDraft, toRule } from './reply-drafts.ts';
import { networkTexts } from './texts.ts';

export function Answers() {
  const t = networkTexts.use();
  return (
    <Edited
      read={getNetworkAccessSettings}
      change={changeNetworkAccessSettings}
      given={{}}
      names={{ quietSeconds: t('quiet') }}
      onDone={({ version }) => notifyDone(t('answersSaved', { count: version }))}
    >
      {({ thing, ...saving }) => <Editor key={thing.version} settings={thing} {...saving} />}
    </Edited>
  );
}

interface EditorProps extends Saving<NetworkAccessChanges> {
  readonly settings: NetworkAccessSettings;
}

function Editor({ settings, save, isSaving, trouble }: EditorProps) {
  const t = networkTexts.use();
  const shared = gateTexts.use();
  const mayManage = useMay()('gates.manage');
  const [drafts, setDrafts] = useState<readonly ReplyDraft[]>(() =>
    settings.rules.map((rule, index) => draftOf(rule, `saved-${index}`)),
  );
  const [quiet, setQuiet] = useState(settings.quietSeconds);
  const [tried, setTried] = useState(false);
  const [made, setMade] = useState(0);
  const rules = drafts.map(toRule);
  const put = (index: number, part: Partial<ReplyDraft>) =>
    setDrafts(drafts.map((draft, at) => (at === index ? { ...draft, ...part } : draft)));
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        const complete = rules.filter((rule) => rule !== undefined);
        if (complete.length === rules.length) save({ rules: complete, quietSeconds: quiet });
      }}
    >
      <Stack gap="md" maw={860}>
        <Text size="sm" c="dimmed">
          {t('answersMeaning')}
        </Text>
        {drafts.length === 0 && <Text>{t('answersEmpty')}</Text>}
        {drafts.map((draft, index) => (
          <AnswerFields
            key={draft.key}
            draft={draft}
            number={index + 1}
            tried={tried}
            disabled={!mayManage}
            onChange={(part) => put(index, part)}
            onMove={(by) => setDrafts(moved(drafts, index, by))}
            onRemove={() => setDrafts(drafts.filter((_each, at) => at !== index))}
            isFirst={index === 0}
            isLast={index === drafts.length - 1}
          />
        ))}
        {mayManage && drafts.length < 50 && (
          <div>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() => {
                setMade(made + 1);
                setDrafts([
                  ...drafts,
                  {
                    key: `new-${made}`,
                    name: '',
                    decisions: ['quarantine'],
                    kind: 'accept',
                    attributes: '',
                    message: '',
                  },
                ]);
              }}
            >
              {t('addAnswer')}
            </Button>
          </div>
        )}
        <NumberInput
          label={t('quiet')}
          value={quiet}
          min={0}
          max={3_600}
          allowDecimal={false}
          disabled={!mayManage}
          w={320}
          maw="100%"
          onChange={(next) => setQuiet(typeof next === 'number' ? next : 0)}
        />
        {trouble}
        {mayManage && (
          <div>
            <Button type="submit" loading={isSaving}>
              {shared('save')}
            </Button>
          </div>
        )}
      </Stack>
    </form>
  );
}

interface AnswerFieldsProps {
  readonly draft: ReplyDraft;
  readonly number: number;
  readonly tried: boolean;
  readonly disabled: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly onChange: (part: Partial<ReplyDraft>) => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}

const kinds = ['accept', 'reject', 'not-found'] as const;

function AnswerFields({
  draft,
  number,
  tried,
  disabled,
  isFirst,
  isLast,
  onChange,
  onMove,
  onRemove,
}: AnswerFieldsProps) {
  const t = networkTexts.use();
  const shared = gateTexts.use();
  const words = complianceTexts.use();
  const name = plainLine(draft.name || t('answer', { count: number }), 40);
  const read = readAttributes(draft.attributes);
  const buttons = [
    ['up', IconArrowUp, isFirst, () => onMove(-1)],
    ['down', IconArrowDown, isLast, () => onMove(1)],
    ['removeAnswer', IconTrash, false, onRemove],
  ] as const;
  return (
    <Alert variant="outline" color="gray" title={t('answer', { count: number })} component="section">
      <Stack gap="sm">
        <Group align="flex-end" wrap="nowrap">
          <TextInput
            label={t('answerName')}
            flex={1}
            value={draft.name}
            maxLength={100}
            disabled={disabled}
            onChange={(event) => onChange({ name: event.currentTarget.value })}
            error={tried && draft.name.trim() === '' ? shared('required') : undefined}
          />
          {!disabled &&
            buttons.map(([text, Icon, off, act]) => (
              <Hint key={text} label={t(text, { name })}>
                <ActionIcon
                  variant="default"
                  size="lg"
                  disabled={off}
                  aria-label={t(text, { name })}
                  onClick={act}
                >
                  <Icon size={16} aria-hidden />
                </ActionIcon>
              </Hint>
            ))}
        </Group>
        <Group align="flex-start" grow preventGrowOverflow={false}>
          <MultiSelect
            label={t('decisions')}
            data={networkDecisions.map((each) => ({ value: each, label: shared(each) }))}
            value={[...(draft.decisions ?? [])]}
            placeholder={draft.decisions?.length ? undefined : t('any')}
            readOnly={disabled}
            onChange={(next) => onChange({ decisions: next as NonNullable<ReplyDraft['decisions']> })}
          />
          <MultiSelect
            label={t('ownerships')}
            data={ownerships.map((each) => ({ value: each, label: t(each) }))}
            value={[...(draft.ownerships ?? [])]}
            placeholder={draft.ownerships?.length ? undefined : t('any')}
            readOnly={disabled}
            onChange={(next) => onChange({ ownerships: next as NonNullable<ReplyDraft['ownerships']> })}
          />
          <MultiSelect
            label={t('platforms')}
            data={platforms.map((each) => ({ value: each, label: words(each) }))}
            value={[...(draft.platforms ?? [])]}
            placeholder={draft.platforms?.length ? undefined : t('any')}
            readOnly={disabled}
            onChange={(next) => onChange({ platforms: next as NonNullable<ReplyDraft['platforms']> })}
          />
        </Group>
        {draft.groupIds !== undefined && draft.groupIds.length > 0 && (
          <Text size="sm" c="dimmed">
            {t('groupsKept', { count: draft.groupIds.length })}
          </Text>
        )}
        <Select
          label={t('reply')}
          w={320}
          maw="100%"
          data={kinds.map((each) => ({ value: each, label: t(each) }))}
          value={draft.kind}
          allowDeselect={false}
          disabled={disabled}
          onChange={(next) => next !== null && onChange({ kind: next as ReplyDraft['kind'] })}
        />
        {draft.kind === 'accept' && (
          <Textarea
            label={t('attributes')}
            description={t('attributesHint')}
            autosize
            minRows={2}
            spellCheck={false}
            value={draft.attributes}
            disabled={disabled}
            onChange={(event) => onChange({ attributes: event.currentTarget.value })}
            error={tried && 'wrongLine' in read ? t('attributesWrong', { line: read.wrongLine }) : undefined}
          />
        )}
        {draft.kind === 'reject' && (
          <TextInput
            label={t('message')}
            value={draft.message}
            maxLength={200}
            disabled={disabled}
            onChange={(event) => onChange({ message: event.currentTarget.value })}
          />
        )}
      </Stack>
    </Alert>
  );
}
