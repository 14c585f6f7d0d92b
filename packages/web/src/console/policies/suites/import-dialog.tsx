// A suite from a file: what can be taken, what is left out and why, before anything is.
import { Alert, Button, FileButton, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core';
import { IconFile } from '@tabler/icons-react';
import { useState } from 'react';
import { complaintText } from '../editor/field-words.ts';
import { editorTexts } from '../editor/texts.ts';
import type { Field } from '../model/field.ts';
import { type Imported, type ImportProblem, largestFile, readSuiteFile } from '../model/import-suite.ts';
import { type PolicyTextKey, policyTexts } from '../texts.ts';

export interface ImportDialogProps {
  readonly fields: readonly Field[];
  readonly onClose: () => void;
  /** Into the draft of a suite that is open, or into a new one with a name. */
  readonly into: 'draft' | 'suite';
  readonly onTake: (settings: Readonly<Record<string, unknown>>, name: string) => void;
  readonly busy?: boolean;
  readonly error?: string | undefined;
}

const ownWords: ReadonlySet<string> = new Set(['notJson', 'fileTooLong', 'notASuite', 'noSuchSetting']);

export function ImportDialog({ fields, onClose, into, onTake, busy, error }: ImportDialogProps) {
  const t = policyTexts.use();
  const [read, setRead] = useState<(Imported & { readonly file: string }) | undefined>(undefined);
  const [name, setName] = useState('');
  const [tried, setTried] = useState(false);
  async function take(file: File | null): Promise<void> {
    if (file === null) return;
    // What is beyond the limit is not even read.
    const text = file.size > largestFile ? ' '.repeat(largestFile + 1) : await file.text();
    setRead({ ...readSuiteFile(text, fields), file: file.name });
    setName((before) => (before === '' ? file.name.replace(/\.json$/i, '').slice(0, 100) : before));
  }
  const count = Object.keys(read?.settings ?? {}).length;
  return (
    <Modal
      closeButtonProps={{ 'aria-label': t('close') }}
      opened
      onClose={onClose}
      title={t('importTitle')}
      size="lg"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (read !== undefined && count > 0 && (into === 'draft' || name.trim() !== ''))
            onTake(read.settings, name.trim());
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{t('importHint')}</Text>
          <Group>
            <FileButton onChange={(file) => void take(file)} accept="application/json,.json">
              {(button) => (
                <Button {...button} variant="default" leftSection={<IconFile size={16} aria-hidden />}>
                  {t('importFile')}
                </Button>
              )}
            </FileButton>
            {read !== undefined && <Text size="sm">{read.file.slice(0, 120)}</Text>}
          </Group>
          {read !== undefined && (
            <div role="status">
              {count > 0 && <Text size="sm">{t('importGood', { count })}</Text>}
              {read.problems.length > 0 && (
                <Alert color="orange" title={t('importBad', { count: read.problems.length })}>
                  <List size="sm">
                    {read.problems.slice(0, 50).map((problem, index) => (
                      <List.Item key={index}>
                        <Problem problem={problem} />
                      </List.Item>
                    ))}
                  </List>
                </Alert>
              )}
            </div>
          )}
          {into === 'suite' && count > 0 && (
            <TextInput
              label={t('name')}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              maxLength={100}
              error={error ?? (tried && name.trim() === '' ? t('enterName') : undefined)}
              required
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" disabled={count === 0} loading={busy ?? false}>
              {t(into === 'draft' ? 'importInto' : 'importCreate', { count })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Problem({ problem }: { problem: ImportProblem }) {
  const t = policyTexts.use();
  const te = editorTexts.use();
  const { line, setting, complaint, slots } = problem;
  const words = ownWords.has(complaint)
    ? t(complaint as PolicyTextKey, slots)
    : complaintText({ key: complaint, slots } as Parameters<typeof complaintText>[0], te);
  if (line === undefined) return <>{t('importNoLine', { problem: words })}</>;
  return setting === undefined ? (
    <>{t('importWhole', { line, problem: words })}</>
  ) : (
    <>{t('importLine', { line, setting: setting.slice(0, 80), problem: words })}</>
  );
}
