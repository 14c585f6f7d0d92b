// What a resource holds: of most kinds a form in sections, of Apple’s payloads three columns like a suite’s.
import { Alert, Button, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useList, useRead } from '../../../api/hooks.ts';
import { getFleetShape, listResources } from '../../../api/operations/policies.ts';
import { EmptyState } from '../../../design/empty-state.tsx';
import { AboutField } from '../editor/about-field.tsx';
import { CatalogueTree } from '../editor/catalogue-tree.tsx';
import css from '../editor/editor.module.css';
import { ErrorSummary, focusField } from '../editor/error-summary.tsx';
import { StatedFields } from '../editor/stated-fields.tsx';
import { editorTexts } from '../editor/texts.ts';
import type { Editing } from '../editor/use-draft.ts';
import type { FieldErrors } from '../editor/use-field-errors.ts';
import { applies, type Field, firstValue } from '../model/field.ts';
import { buildIndex } from '../model/search-index.ts';
import type { TreeGroup } from '../model/tree.ts';
import { policyTexts } from '../texts.ts';
import { sectionOrder } from './sections.ts';
import { SecretNote, type SecretState } from './secret-note.tsx';
import { type ResourceKey, resourceTexts } from './texts.ts';
import type { Schema } from './use-schema.ts';

export interface ResourceEditorProps {
  readonly schema: Schema;
  readonly editing: Editing;
  readonly errors: FieldErrors;
  readonly secrets: SecretState;
  readonly readOnly: boolean;
}

export function ResourceEditor(props: ResourceEditorProps) {
  return props.schema.byKey ? <PayloadEditor {...props} /> : <FormEditor {...props} />;
}

function useShared({ schema, editing, errors }: ResourceEditorProps) {
  const resources = useList(listResources, { query: { limit: 500 } });
  const fleet = useRead(getFleetShape, {});
  const [selected, setSelected] = useState<string | undefined>(undefined);
  const { set } = editing;
  const { onChange: note } = errors;
  const change = useCallback(
    (name: string, value: unknown) => {
      note(name);
      set(name, value);
    },
    [note, set],
  );
  const field = schema.fields.find(({ name }) => name === selected);
  const titleOf = (name: string) => schema.fields.find((each) => each.name === name)?.title ?? name;
  return {
    choices: resources.items,
    fleet: fleet.data?.groups,
    selected,
    setSelected,
    change,
    field,
    titleOf,
  };
}

function FormEditor(props: ResourceEditorProps) {
  const t = resourceTexts.use();
  const te = editorTexts.use();
  const { schema, editing, errors, secrets, readOnly } = props;
  const { choices, selected, setSelected, change, field, titleOf } = useShared(props);
  const { values } = editing.draft;
  const groups = sectionOrder.flatMap((id) => {
    const fields = schema.fields.filter((each) => each.group === id && applies(each, values, schema.fields));
    return fields.length === 0 ? [] : [{ id, title: t(`section_${id}` as ResourceKey), fields }];
  });
  return (
    <div className={css.columnsTwo}>
      <Stack gap="md" miw={0}>
        {errors.summary.length > 0 && <ErrorSummary complaints={errors.summary} titleOf={titleOf} />}
        <StatedFields
          order={2}
          groups={groups}
          values={values}
          complaints={errors.shown}
          selected={selected}
          disabled={readOnly}
          onSelect={setSelected}
          onChange={change}
          onBlur={errors.onBlur}
          choices={choices}
          renderNote={(name) => {
            const each = schema.fields.find((one) => one.name === name);
            return each?.secret ? (
              <SecretNote
                name={name}
                required={each.required}
                value={values[name]}
                secrets={secrets}
                readOnly={readOnly}
                onChange={change}
                onKeep={editing.remove}
              />
            ) : null;
          }}
        />
      </Stack>
      <aside className={css.side} aria-label={te('about')}>
        <AboutField field={field} isSet={field !== undefined && values[field.name] !== undefined} />
      </aside>
    </div>
  );
}

function PayloadEditor(props: ResourceEditorProps) {
  const t = resourceTexts.use();
  const tp = policyTexts.use();
  const te = editorTexts.use();
  const { schema, editing, errors, readOnly } = props;
  const wide = useMediaQuery('(min-width: 75em)', true, { getInitialValueInEffect: false });
  const { choices, fleet, selected, setSelected, change, field, titleOf } = useShared(props);
  const [question, setQuestion] = useState('');
  const [adding, setAdding] = useState(false);
  const { draft, set, remove } = editing;
  const byName = useMemo(() => new Map(schema.fields.map((each) => [each.name, each])), [schema]);
  const stated = useMemo(() => new Set(Object.keys(draft.values)), [draft.values]);
  const tree = useMemo(() => payloadTree(schema), [schema]);
  const index = useMemo(
    () =>
      buildIndex(
        schema.fields.map(({ name, title, words }) => ({ id: name, group: '', title, key: name, words })),
      ),
    [schema],
  );
  const justAdded = useRef<string | undefined>(undefined);
  const add = useCallback(
    (id: string) => {
      const each = byName.get(id);
      if (each === undefined) return;
      set(id, firstValue(each.node));
      setSelected(id);
      setAdding(false);
      justAdded.current = id;
    },
    [byName, set, setSelected],
  );
  // What was just added gets the keyboard, once it is in the page.
  useEffect(() => {
    if (justAdded.current === undefined || !stated.has(justAdded.current)) return;
    focusField(justAdded.current);
    justAdded.current = undefined;
  }, [stated]);
  const keyOf = useCallback((id: string) => byName.get(id), [byName]);
  const platforms = useMemo(
    () => [...new Set(schema.fields.flatMap(({ support }) => (support ?? []).map((row) => row.platform)))],
    [schema],
  );
  const catalogue = (
    <CatalogueTree
      groups={tree}
      index={index}
      keyOf={keyOf}
      stated={stated}
      selected={selected}
      onSelect={setSelected}
      onAdd={readOnly ? undefined : add}
      question={question}
      onQuestion={setQuestion}
      platforms={platforms}
    />
  );
  const fields = schema.fields.filter(({ name }) => stated.has(name));
  return (
    <div className={css.columns}>
      {wide ? (
        <div className={css.side}>{catalogue}</div>
      ) : (
        <Group>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => setAdding(true)}
          >
            {t('addKeyButton')}
          </Button>
          <Drawer
            closeButtonProps={{ 'aria-label': tp('close') }}
            opened={adding}
            onClose={() => setAdding(false)}
            title={t('addKeyButton')}
            position="bottom"
            size="85%"
          >
            {catalogue}
          </Drawer>
        </Group>
      )}
      <Stack gap="md" miw={0}>
        {errors.summary.length > 0 && <ErrorSummary complaints={errors.summary} titleOf={titleOf} />}
        <Title order={2} size="h4">
          {t('keysIn', { count: stated.size })}
        </Title>
        <SecretKeys {...props} />
        {fields.length === 0 ? (
          <EmptyState title={t('emptyPayload')}>{t('emptyPayloadText')}</EmptyState>
        ) : (
          <StatedFields
            groups={[{ id: 'keys', title: schema.title, fields }]}
            values={draft.values}
            complaints={errors.shown}
            selected={selected}
            disabled={readOnly}
            onSelect={setSelected}
            onChange={change}
            onBlur={errors.onBlur}
            onRemove={readOnly ? undefined : remove}
            choices={choices}
            renderNote={(name) =>
              byName.get(name)?.secret ? (
                <Text size="xs" c="dimmed">
                  {te('secretNew')}
                </Text>
              ) : null
            }
          />
        )}
      </Stack>
      <aside className={css.side} aria-label={te('about')}>
        <AboutField
          field={field}
          fleet={fleet}
          isSet={selected !== undefined && stated.has(selected)}
          onAdd={readOnly || field === undefined ? undefined : () => add(field.name)}
        />
      </aside>
    </div>
  );
}

/** Whether there are secret keys, and since when: which they are is known to nobody but the devices. */
function SecretKeys({ secrets }: ResourceEditorProps) {
  const t = resourceTexts.use();
  if (!secrets.stored.has('secretContent')) return null;
  const origin = secrets.describe('secretContent');
  return (
    <Alert color="gray">
      {origin !== undefined && `${t('secretKeysSet', origin)} `}
      {t('secretKeys')}
    </Alert>
  );
}

/** Keys with keys below them are groups of their own only in the form; the tree names the first level. */
function payloadTree(schema: Schema): readonly TreeGroup[] {
  const isRequired = (field: Field) => field.required;
  const [required, optional] = [
    schema.fields.filter(isRequired),
    schema.fields.filter((field) => !isRequired(field)),
  ];
  return [{ id: 'keys', title: schema.title, keys: [...required, ...optional].map(({ name }) => name) }];
}
