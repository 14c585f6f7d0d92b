// Writing a document: a draft until it is published. Two who write at once do not overwrite each other.
import type { NewTerms, Terms } from '@gatehouse/contracts/admin/terms.ts';
import { Button, Group, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { Dialog } from '../../../design/dialog.tsx';
import { useState } from 'react';
import { useChange } from '../../../api/hooks.ts';
import { changeTerms, createTerms, listTerms, readTerms } from '../../../api/operations/settings.ts';
import { Edited, type Saving } from '../../../design/edited.tsx';
import { Failure } from '../../../design/failure.tsx';
import { settingsTexts } from '../texts.ts';

export function DocumentDialog({ terms, onClose }: { terms?: Terms; onClose: () => void }) {
  const t = settingsTexts.use();
  return (
    <Dialog opened onClose={onClose} title={t(terms ? 'editDocument' : 'newDocument')} size="xl">
      {terms ? (
        <Edited
          read={readTerms}
          change={changeTerms}
          given={{ params: { termsId: terms.id } }}
          refreshes={[listTerms]}
          names={{ title: t('documentTitle'), text: t('documentText') }}
          onDone={onClose}
        >
          {({ thing, ...saving }) => <Edit terms={thing} {...saving} />}
        </Edited>
      ) : (
        <Write onClose={onClose} />
      )}
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

function Edit({ terms, save, isSaving, trouble }: Saving<Words> & { readonly terms: Terms }) {
  const t = settingsTexts.use();
  const [words, setWords] = useState<Words>({ title: terms.title, text: terms.text });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save(words);
      }}
    >
      <Stack>
        <WordsFields words={words} onChange={setWords} />
        {trouble}
        <Button type="submit" loading={isSaving}>
          {t('save')}
        </Button>
      </Stack>
    </form>
  );
}
