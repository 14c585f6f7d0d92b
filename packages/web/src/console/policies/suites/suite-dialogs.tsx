// What else is done with a suite: discard the draft, rename, export, import, delete.
import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useChange } from '../../../api/hooks.ts';
import {
  deletePolicy,
  getPolicy,
  listPolicies,
  type Suite,
  updatePolicy,
} from '../../../api/operations/policies.ts';
import { isApiProblem } from '../../../api/problem.ts';
import { Ask } from '../../../design/ask.tsx';
import { Failure } from '../../../design/failure.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import type { Field } from '../model/field.ts';
import { fileNameOf, suiteFile } from '../model/import-suite.ts';
import { policyTexts } from '../texts.ts';
import { ImportDialog } from './import-dialog.tsx';
import { saveFile } from './save-file.ts';
import type { Editing } from '../editor/use-draft.ts';

export type SuiteDialog = 'discard' | 'rename' | 'export' | 'import' | 'delete' | undefined;

export interface SuiteDialogsProps {
  readonly dialog: SuiteDialog;
  readonly onClose: () => void;
  readonly suite: Suite;
  readonly editing: Editing;
  readonly fields: readonly Field[];
  readonly devices: number;
}

export function SuiteDialogs(props: SuiteDialogsProps) {
  const t = policyTexts.use();
  const { dialog, onClose, suite, editing } = props;
  useEffect(() => {
    if (dialog !== 'export') return;
    const { name, description, settings } = suite;
    saveFile(fileNameOf(name), suiteFile({ name, description, settings }));
    onClose();
  }, [dialog, suite, onClose]);
  switch (dialog) {
    case 'discard':
      return (
        <Ask
          opened
          onClose={onClose}
          title={t('discardTitle', { name: suite.name })}
          verb={t('discard')}
          keep={t('keepDraft')}
          danger
          onConfirm={() => {
            editing.discard();
            onClose();
            notifyDone(t('discarded', { version: suite.version }));
          }}
        >
          <Text size="sm">{t('discardText', { version: suite.version })}</Text>
        </Ask>
      );
    case 'rename':
      return <Rename suite={suite} onClose={onClose} />;
    case 'import':
      return (
        <ImportDialog
          fields={props.fields}
          onClose={onClose}
          into="draft"
          onTake={(settings) => {
            editing.replace({ ...editing.draft.values, ...settings });
            onClose();
          }}
        />
      );
    case 'delete':
      return <Delete suite={suite} devices={props.devices} onClose={onClose} />;
    default:
      return null;
  }
}

function Rename({ suite, onClose }: { suite: Suite; onClose: () => void }) {
  const t = policyTexts.use();
  const [name, setName] = useState(suite.name);
  const [description, setDescription] = useState(suite.description);
  const change = useChange(updatePolicy, {
    refreshes: [getPolicy, listPolicies],
    onDone: () => {
      notifyDone(t('saved'));
      onClose();
    },
  });
  const taken = isApiProblem(change.error, 'name-taken');
  return (
    <Modal closeButtonProps={{ 'aria-label': t('close') }} opened onClose={onClose} title={t('rename')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '')
            change.mutate({ params: { policyId: suite.id }, body: { name: name.trim(), description } });
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={taken ? t('nameTaken') : name.trim() === '' ? t('enterName') : undefined}
            maxLength={100}
            required
            data-autofocus
          />
          <Textarea
            label={t('description')}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value.replace(/[\r\n]+/g, ' '))}
            maxLength={1_000}
            autosize
          />
          {change.error && !taken && <Failure problem={change.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={change.isPending}>
              {t('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Delete({ suite, devices, onClose }: { suite: Suite; devices: number; onClose: () => void }) {
  const t = policyTexts.use();
  const navigate = useNavigate();
  const change = useChange(deletePolicy, {
    refreshes: [listPolicies],
    onDone: () => {
      notifyDone(t('removed', { name: suite.name }));
      void navigate({ to: '/policies/suites' } as never);
    },
  });
  return (
    <Ask
      opened
      onClose={onClose}
      title={t('removeTitle', { name: suite.name })}
      verb={t('remove')}
      danger
      typed={suite.name}
      busy={change.isPending}
      problem={change.error}
      consequences={{
        goes: [t('removeSuiteGoes')],
        after: devices === 0 ? [] : [t('removeSuiteAfter', { count: devices })],
      }}
      onConfirm={() => change.mutate({ params: { policyId: suite.id } })}
    />
  );
}
