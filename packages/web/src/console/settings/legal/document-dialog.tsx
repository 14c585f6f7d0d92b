// Writing a document: a draft until it is published. Two who write at once do not overwrite each other.
import type { NewTerms, Terms } from '@gatehouse/contracts/admin/terms.ts';
import { Button, Group, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { Dialog } from '../../../design/dialog.tsx';
import { useState } from 'react';
import { useChange, useEditable } from '../../../api/hooks.ts';
import { changeTerms, createTerms, listTerms, readTerms } from '../../../api/operations/settings.ts';
import { isApiProblem } from '../../../api/problem.ts';
import { Conflict } from '../../../design/conflict.tsx';
import { Failure } from '../../../design/failure.tsx';
import { settingsTexts } from '../texts.ts';

export function DocumentDialog({ terms, onClose }: { terms?: Terms; onClose: () => void }) {
  const t = settingsTexts.use();
  return (
    <Dialog opened onClose={onClose} title={t(terms ? 'editDocument' : 'newDocument')} size="xl">
      {terms ? <Edit terms={terms} onClose={onClose} /> : <Write onClose={onClose} />}
    </Dialog>
  );
}

interface Words {
  readonly title: string;
  readonly text: string;
}

function WordsFields({ words, onChange }: { words: Words; onChange: (words: Words) => void }) {
  const t = settingsTexts.use();
  return (
    <>
      <TextInput
        label={t('documentTitle')}
        value={words.title}
        onChange={(event) => onChange({ ...words, title: event.currentTarget.value })}
        maxLength={200}
        required
        data-autofocus
      />
      <Textarea
        label={t('documentText')}
        description={t('documentTextHint')}
        value={words.text}
        onChange={(event) => onChange({ ...words, text: event.currentTarget.value })}
        autosize
        minRows={10}
        maxRows={24}
        maxLength={100_000}
        required
      />
    </>
  );
}

function Write({ onClose }: { onClose: () => void }) {
  const t = settingsTexts.use();
  const [words, setWords] = useState<Words>({ title: '', text: '' });
  const [kind, setKind] = useState<NewTerms['kind']>('acceptable-use');
  const [language, setLanguage] = useState('en');
  const create = useChange(createTerms, { refreshes: [listTerms], onDone: onClose });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({
          body: { kind, language: language.trim(), title: words.title.trim(), text: words.text },
        });
      }}
    >
      <Stack>
        <Group grow align="flex-start">
          <Select
            label={t('documentKind')}
            data={(['acceptable-use', 'licence'] as const).map((each) => ({
              value: each,
              label: t(`kind_${each}`),
            }))}
            value={kind}
            onChange={(value) => value !== null && setKind(value as NewTerms['kind'])}
            allowDeselect={false}
          />
          <TextInput
            label={t('documentLanguage')}
            description={t('languageHint')}
            value={language}
            onChange={(event) => setLanguage(event.currentTarget.value)}
            maxLength={6}
            required
          />
        </Group>
        <WordsFields words={words} onChange={setWords} />
        {create.error && <Failure problem={create.error} />}
        <Button type="submit" loading={create.isPending}>
          {t('save')}
        </Button>
      </Stack>
    </form>
  );
}

function Edit({ terms, onClose }: { terms: Terms; onClose: () => void }) {
  const t = settingsTexts.use();
  const params = { termsId: terms.id };
  const { data, refetch } = useEditable(readTerms, { params });
  const [words, setWords] = useState<Words>({ title: terms.title, text: terms.text });
  const [theirs, setTheirs] = useState<Words>();
  const change = useChange(changeTerms, {
    refreshes: [listTerms],
    onDone: onClose,
    onError: (problem) => {
      if (isApiProblem(problem, 'precondition-failed'))
        void refetch().then(({ data: fresh }) => fresh && setTheirs(fresh.answer));
    },
  });
  const save = () => change.mutate({ params, body: { ...words }, ifMatch: data?.etag });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Stack>
        <WordsFields words={words} onChange={setWords} />
        {theirs && (
          <Conflict
            mine={words}
            theirs={{ title: theirs.title, text: theirs.text }}
            onKeepMine={save}
            onTakeTheirs={() => {
              setWords({ title: theirs.title, text: theirs.text });
              setTheirs(undefined);
            }}
          />
        )}
        {change.error && !isApiProblem(change.error, 'precondition-failed') && (
          <Failure problem={change.error} />
        )}
        <Button type="submit" loading={change.isPending} disabled={data === undefined}>
          {t('save')}
        </Button>
      </Stack>
    </form>
  );
}
