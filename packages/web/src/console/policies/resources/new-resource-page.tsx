// A new resource: first what it is, then what it holds.
import type { Resource } from '@gatehouse/contracts/admin/resources.ts';
import {
  Button,
  Group,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
  UnstyledButton,
} from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange, useRead } from '../../../api/hooks.ts';
import { createResource, listApplePayloads, listResources } from '../../../api/operations/policies.ts';
import { Failure } from '../../../design/failure.tsx';
import { Loading } from '../../../design/loading.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { Page } from '../../../design/page.tsx';
import { currentLanguage } from '../../../language/texts.ts';
import { useMay } from '../../../session/session.ts';
import { firstValue, type Values } from '../model/field.ts';
import { fieldsToSend, isApplePayload } from '../model/resource-values.ts';
import { type NewResourceSearch, readNewResourceSearch } from '../search-params.ts';
import { policyTexts } from '../texts.ts';
import { kindNames } from './kind-names.ts';
import { ResourceEditor } from './resource-editor.tsx';
import css from './resources.module.css';
import type { SecretState } from './secret-note.tsx';
import { ServerProblem } from './server-problem.tsx';
import { resourceTexts } from './texts.ts';
import { relevantValues, useResourceForm } from './use-resource-form.ts';
import { type Schema, useSchema } from './use-schema.ts';
import { kindText, kindTitle } from './words.ts';

const noSecrets: SecretState = { stored: new Set(), describe: () => undefined };

export function NewResourcePage() {
  const t = resourceTexts.use();
  const may = useMay();
  const search = readNewResourceSearch(useSearch({ strict: false }));
  const kind = kindNames.find((each) => each === search.kind);
  const needsType = kind !== undefined && isApplePayload(kind) && search.type === undefined;
  const { schema, error, retry } = useSchema(needsType ? undefined : kind, search.type);
  const language = currentLanguage();
  const title = kind === undefined ? t('newResource') : `${t('newResource')}: ${kindTitle(kind, language)}`;
  return (
    <Page
      title={title}
      crumbs={[
        { text: t('resources'), to: '/policies/resources' },
        ...(kind === undefined ? [] : [{ text: t('newResource'), to: '/policies/resources/new' }]),
      ]}
      meaning={kind === undefined ? t('meaning') : kindText(kind, language)}
    >
      {!may('resources.manage') ? (
        <Text>{t('readOnly')}</Text>
      ) : kind === undefined ? (
        <ChooseKind />
      ) : needsType ? (
        <ChooseType kind={kind} />
      ) : error ? (
        <Failure problem={error} retry={retry} />
      ) : schema === undefined ? (
        <Loading lines={6} height={36} />
      ) : (
        <NewForm key={`${kind}/${search.type ?? ''}`} kind={kind} schema={schema} search={search} />
      )}
    </Page>
  );
}

function useGo() {
  const navigate = useNavigate();
  return (search: NewResourceSearch) => void navigate({ to: '/policies/resources/new', search } as never);
}

function ChooseKind() {
  const t = resourceTexts.use();
  const go = useGo();
  const language = currentLanguage();
  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        {t('chooseKind')}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
        {kindNames.map((kind) => (
          <UnstyledButton key={kind} className={css.kind} onClick={() => go({ kind })}>
            <Text fw={600} size="sm">
              {kindTitle(kind, language)}
            </Text>
            <Text size="sm" c="dimmed">
              {kindText(kind, language)}
            </Text>
          </UnstyledButton>
        ))}
      </SimpleGrid>
    </Stack>
  );
}

function ChooseType({ kind }: { kind: Resource['kind'] }) {
  const t = resourceTexts.use();
  const go = useGo();
  const { data, error, refetch } = useRead(listApplePayloads, {});
  const language = currentLanguage();
  if (error) return <Failure problem={error} retry={() => void refetch()} />;
  const form = kind === 'apple-payload' ? 'payload' : 'declaration';
  const types = (data?.payloads ?? [])
    .filter((each) => each.form === form)
    .map(({ type, title }) => ({ value: type, label: `${title[language]} (${type})` }))
    .toSorted((a, b) => a.label.localeCompare(b.label, language));
  return (
    <Select
      label={t('chooseType')}
      description={t('typeHint')}
      placeholder={t('typeHint')}
      searchable
      data={types}
      value={null}
      maw={560}
      onChange={(type) => type !== null && go({ kind, type })}
      limit={200}
    />
  );
}

interface NewFormProps {
  readonly kind: Resource['kind'];
  readonly schema: Schema;
  readonly search: NewResourceSearch;
}

/** Keys that a payload cannot do without, and the one that led here. */
function firstValues({ fields, byKey }: Schema, key: string | undefined): Values {
  const wanted = key?.split('.')[0];
  const first = byKey ? fields.filter((field) => field.required || field.name === wanted) : [];
  return Object.fromEntries(first.map((field) => [field.name, firstValue(field.node)]));
}

function NewForm({ kind, schema, search }: NewFormProps) {
  const t = resourceTexts.use();
  const tp = policyTexts.use();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [tried, setTried] = useState(false);
  const [values] = useState(() => firstValues(schema, search.key));
  const { editing, errors } = useResourceForm(schema, { name: undefined, version: 0, values });
  const create = useChange(createResource, {
    refreshes: [listResources],
    onDone: (made) => {
      notifyDone(t('created', { name: made.name }));
      void navigate({ to: `/policies/resources/${made.id}`, search: { tab: 'assignments' } } as never);
    },
  });
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        const sound = errors.check();
        if (!sound || name.trim() === '') return;
        const relevant = relevantValues(schema, editing.draft.values);
        create.mutate({
          body: {
            kind,
            name: name.trim(),
            fields: fieldsToSend(kind, search.type, schema.fields, relevant),
          },
        });
      }}
    >
      <Stack gap="md">
        <TextInput
          label={t('name')}
          description={t('nameHint')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={tried && name.trim() === '' ? tp('enterName') : undefined}
          maxLength={100}
          maw={480}
          required
        />
        <ResourceEditor
          schema={schema}
          editing={editing}
          errors={errors}
          secrets={noSecrets}
          readOnly={false}
        />
        {create.error && <ServerProblem problem={create.error} />}
        <Group>
          <Button type="submit" loading={create.isPending}>
            {t('createIt')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
