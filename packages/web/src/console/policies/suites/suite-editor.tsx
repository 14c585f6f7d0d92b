// The three columns of a suite: what there is, what is set in this draft, what the chosen key means.
import { Alert, Button, Drawer, Group, List, Stack, Text, Title } from '@mantine/core';
import { useDebouncedCallback, useMediaQuery } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useRead } from '../../../api/hooks.ts';
import { getFleetShape, type SettingValues, type Suite } from '../../../api/operations/policies.ts';
import { EmptyState } from '../../../design/empty-state.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { addressWith } from '../../../design/search-params.ts';
import { AboutField } from '../editor/about-field.tsx';
import { CatalogueTree } from '../editor/catalogue-tree.tsx';
import css from '../editor/editor.module.css';
import { ErrorSummary, focusField } from '../editor/error-summary.tsx';
import { absenceText } from '../editor/field-words.ts';
import { StatedFields } from '../editor/stated-fields.tsx';
import { editorTexts } from '../editor/texts.ts';
import type { FieldErrors } from '../editor/use-field-errors.ts';
import { useSuiteSearch } from '../editor/use-saved-search.ts';
import { type Field, firstValue } from '../model/field.ts';
import { removedKeys } from '../model/draft.ts';
import { policyTexts } from '../texts.ts';
import { CollisionNote, CollisionTable } from './collision-notes.tsx';
import { useCollisions } from './use-collisions.ts';
import type { SettingsCatalogue } from './use-settings-catalogue.ts';
import type { Editing } from '../editor/use-draft.ts';

export interface SuiteEditorProps {
  readonly suite: Suite;
  readonly catalogue: SettingsCatalogue;
  readonly editing: Editing;
  readonly errors: FieldErrors;
  /** What of the draft is sound. */
  readonly sound: SettingValues;
  readonly readOnly: boolean;
}

const settingPlatforms = ['ios', 'macos', 'linux', 'android', 'windows'] as const;

export function SuiteEditor({ suite, catalogue, editing, errors, sound, readOnly }: SuiteEditorProps) {
  const t = policyTexts.use();
  const te = editorTexts.use();
  const wide = useMediaQuery('(min-width: 75em)', true, { getInitialValueInEffect: false });
  const [search, changeSearch] = useSuiteSearch();
  const [question, setQuestion] = useState(search.q ?? '');
  const keepQuestion = useDebouncedCallback((q: string) => changeSearch({ q }), 600);
  const [selected, setSelected] = useState<string | undefined>(search.key);
  const keepSelected = useDebouncedCallback((key: string) => changeSearch({ key }), 300);
  const [adding, setAdding] = useState(false);
  const fleet = useRead(getFleetShape, {});
  const { answer, bySetting } = useCollisions(suite.id, sound);
  const { draft, set, remove } = editing;
  const stated = useMemo(() => new Set(Object.keys(draft.values)), [draft.values]);
  const titleOf = (name: string) => catalogue.fields.get(name)?.title ?? name;

  const select = useCallback(
    (id: string) => {
      setSelected(id);
      keepSelected(id);
    },
    [keepSelected],
  );
  const justAdded = useRef<string | undefined>(undefined);
  const add = useCallback(
    (id: string) => {
      const field = catalogue.fields.get(id);
      select(id);
      if (field === undefined) return;
      set(id, firstValue(field.node));
      setAdding(false);
      justAdded.current = id;
    },
    [catalogue, select, set],
  );
  // What was just added gets the keyboard, once it is in the page.
  useEffect(() => {
    if (justAdded.current === undefined || !stated.has(justAdded.current)) return;
    focusField(justAdded.current);
    justAdded.current = undefined;
  }, [stated]);
  const { onChange: noteChange } = errors;
  const change = useCallback(
    (name: string, value: unknown) => {
      noteChange(name);
      set(name, value);
    },
    [noteChange, set],
  );

  const groups = useMemo(
    () =>
      catalogue.groups.flatMap(({ id, title, keys }) => {
        const fields = keys.flatMap((key): Field[] => {
          const field = stated.has(key) ? catalogue.fields.get(key) : undefined;
          return field === undefined ? [] : [field];
        });
        return fields.length === 0 ? [] : [{ id, title, fields }];
      }),
    [catalogue, stated],
  );
  const keyOf = useCallback(
    (id: string) => {
      const field = catalogue.fields.get(id);
      if (field !== undefined) return { title: field.title, support: field.support };
      const apple = catalogue.apple.get(id);
      return apple === undefined ? undefined : { title: apple.title };
    },
    [catalogue],
  );

  const tree = (
    <CatalogueTree
      groups={catalogue.groups}
      index={catalogue.index}
      keyOf={keyOf}
      stated={stated}
      selected={selected}
      onSelect={select}
      onAdd={readOnly ? undefined : add}
      question={question}
      onQuestion={(q) => {
        setQuestion(q);
        keepQuestion(q);
      }}
      platforms={settingPlatforms}
    />
  );
  const field = selected === undefined ? undefined : catalogue.fields.get(selected);
  const apple = selected === undefined ? undefined : catalogue.apple.get(selected);
  const about =
    apple !== undefined ? (
      <Stack gap="xs">
        <Title order={2} size="h4">
          {apple.title}
        </Title>
        <Text size="sm">{t('asResource')}</Text>
        <Text size="sm" c="dimmed">
          {apple.payloadTitle} · <span className={css.mono}>{apple.path}</span>
        </Text>
        {!readOnly && (
          <RouteLink
            size="sm"
            to={addressWith('/policies/resources/new', {
              kind: apple.form === 'payload' ? 'apple-payload' : 'custom-declaration',
              type: apple.type,
              key: apple.path,
            })}
          >
            {t('makeResource')}
          </RouteLink>
        )}
      </Stack>
    ) : (
      <AboutField
        field={field}
        fleet={fleet.data?.groups}
        isSet={selected !== undefined && stated.has(selected)}
        onAdd={readOnly || field === undefined ? undefined : () => add(field.name)}
      >
        {field !== undefined && (
          <CollisionTable field={field} collisions={bySetting.get(field.name) ?? []} answer={answer} />
        )}
      </AboutField>
    );
  const gone = removedKeys(draft);
  return (
    <div className={css.columns}>
      {wide ? (
        <div className={css.side}>{tree}</div>
      ) : (
        <Group>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => setAdding(true)}
          >
            {t('addSetting')}
          </Button>
          <Drawer
            closeButtonProps={{ 'aria-label': t('close') }}
            opened={adding}
            onClose={() => setAdding(false)}
            title={t('addSetting')}
            position="bottom"
            size="85%"
          >
            {tree}
          </Drawer>
        </Group>
      )}
      <Stack gap="md" miw={0}>
        {errors.summary.length > 0 && <ErrorSummary complaints={errors.summary} titleOf={titleOf} />}
        <Title order={2} size="h4">
          {t('inSuite', { count: stated.size })}
        </Title>
        {gone.length > 0 && (
          <Alert color="gray" title={t('takenOut', { count: gone.length })}>
            <List size="sm">
              {gone.map((name) => (
                <List.Item key={name}>
                  {titleOf(name)}. <Absence field={catalogue.fields.get(name)} />
                  {(bySetting.get(name) ?? []).map((collision, index) => (
                    <div key={index}>
                      <CollisionNote collision={collision} field={catalogue.fields.get(name)} />
                    </div>
                  ))}
                  {!readOnly && (
                    <Button
                      variant="subtle"
                      size="compact-xs"
                      onClick={() => set(name, draft.base[name])}
                      aria-label={`${t('undo')}: ${titleOf(name)}`}
                    >
                      {t('undo')}
                    </Button>
                  )}
                </List.Item>
              ))}
            </List>
          </Alert>
        )}
        {groups.length === 0 && gone.length === 0 ? (
          <EmptyState title={t('emptySuite')}>{t('emptySuiteText')}</EmptyState>
        ) : (
          <StatedFields
            groups={groups}
            values={draft.values}
            complaints={errors.shown}
            selected={selected}
            disabled={readOnly}
            onSelect={select}
            onChange={change}
            onBlur={errors.onBlur}
            onRemove={readOnly ? undefined : remove}
            renderNote={(name) => {
              const collision = bySetting.get(name)?.[0];
              return collision === undefined ? null : (
                <CollisionNote collision={collision} field={catalogue.fields.get(name)} />
              );
            }}
          />
        )}
      </Stack>
      <aside className={css.side} aria-label={te('about')}>
        {about}
      </aside>
    </div>
  );
}

function Absence({ field }: { field: Field | undefined }) {
  const te = editorTexts.use();
  return field === undefined ? null : <>{absenceText(field, te)}</>;
}
