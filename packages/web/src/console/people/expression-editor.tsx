// An expression as rows or as text: two views of the same thing, and nothing is lost by changing between them.
import { ActionIcon, Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { ExpressionArea } from '../query/expression-area.tsx';
import type { SetKind } from '../query/expression-state.ts';
import type { NameInfo } from '../query/known.ts';
import { useNames } from '../query/query-field.tsx';
import {
  type BuilderRow,
  expressionOf,
  makeRow,
  operatorsOf,
  type RowOperator,
  type Rows,
  rowsOf,
} from './builder.ts';
import { peopleTexts } from './texts.ts';

const noMotion = { transitionProps: { duration: 0 } };

export function ExpressionEditor(props: { value: string; onChange: (value: string) => void; kind: SetKind }) {
  const t = peopleTexts.use();
  const { names } = useNames();
  const { value, onChange, kind } = props;
  const rows = rowsOf(value);
  const [wanted, setWanted] = useState<'rows' | 'text'>(rows === undefined ? 'text' : 'rows');
  return (
    <Stack gap="xs">
      <SegmentedControl
        value={wanted}
        onChange={(next) => setWanted(next as 'rows' | 'text')}
        data={[
          { value: 'rows', label: t('builder') },
          { value: 'text', label: t('text') },
        ]}
        maw={280}
      />
      {wanted === 'text' ? (
        <ExpressionArea label={t('expression')} value={value} onChange={onChange} names={names} kind={kind} />
      ) : rows === undefined ? (
        <Text c="dimmed">{t('notRows')}</Text>
      ) : (
        <RowsEditor
          key={kind}
          rows={rows}
          names={names}
          kind={kind}
          onChange={(next) => onChange(expressionOf(next))}
        />
      )}
    </Stack>
  );
}

function RowsEditor(props: {
  rows: Rows;
  names: ReadonlyMap<string, NameInfo>;
  kind: SetKind;
  onChange: (rows: Rows) => void;
}) {
  const t = peopleTexts.use();
  const { names, kind, onChange } = props;
  // A row without a name is no part of the expression yet.
  const [pending, setPending] = useState(props.rows.rows.length === 0);
  const { join, rows } = props.rows;
  const known = [...names.values()]
    .filter(({ allowed, inGroups, type }) => allowed && type !== 'list' && (kind !== 'group' || inGroups))
    .map(({ name }) => name);
  const typeOf = (name: string) => names.get(name)?.type ?? 'string';
  const replace = (index: number, row: BuilderRow | undefined) =>
    onChange({ join, rows: rows.flatMap((each, at) => (at === index ? (row ?? []) : [each])) });
  return (
    <Stack gap="xs">
      <Select
        label={t('joinLabel')}
        data={[
          { value: 'all', label: t('all') },
          { value: 'any', label: t('any') },
        ]}
        value={join}
        onChange={(next) => next !== null && onChange({ join: next as Rows['join'], rows })}
        allowDeselect={false}
        comboboxProps={noMotion}
        maw={320}
      />
      {rows.map((row, index) => (
        <Group key={index} gap="xs" align="flex-end" wrap="wrap">
          <Select
            aria-label={t('fact')}
            data={known.includes(row.name) ? known : [row.name, ...known]}
            value={row.name}
            searchable
            limit={60}
            allowDeselect={false}
            comboboxProps={noMotion}
            onChange={(name) => name !== null && replace(index, firstRow(name, typeOf(name), names))}
            flex="2 1 12rem"
          />
          <Select
            aria-label={t('operator')}
            data={operatorsOf(row.name, typeOf(row.name)).map((each) => ({
              value: each,
              label: t(`op-${each}`),
            }))}
            value={row.operator}
            allowDeselect={false}
            comboboxProps={noMotion}
            onChange={(operator) =>
              operator !== null &&
              replace(index, makeRow(row.name, typeOf(row.name), operator as RowOperator, row.value || '7d'))
            }
            flex="1 1 8rem"
          />
          {row.kind !== 'bool' && <Value row={row} names={names} onChange={(next) => replace(index, next)} />}
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t('removeRow')}
            onClick={() => replace(index, undefined)}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      {pending || rows.length === 0 ? (
        <Select
          label={t('fact')}
          placeholder={t('addRow')}
          data={known}
          value={null}
          searchable
          limit={60}
          comboboxProps={noMotion}
          onChange={(name) => {
            if (name === null) return;
            setPending(false);
            onChange({ join, rows: [...rows, firstRow(name, typeOf(name), names)] });
          }}
          maw={420}
        />
      ) : (
        <Button
          variant="subtle"
          size="xs"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setPending(true)}
          style={{ alignSelf: 'flex-start' }}
        >
          {t('addRow')}
        </Button>
      )}
    </Stack>
  );
}

function Value(props: {
  row: BuilderRow;
  names: ReadonlyMap<string, NameInfo>;
  onChange: (row: BuilderRow) => void;
}) {
  const t = peopleTexts.use();
  const { row, names, onChange } = props;
  const values = row.kind === 'text' ? names.get(row.name)?.values : undefined;
  if (values !== undefined && values !== null) {
    return (
      <Select
        aria-label={t('value')}
        data={values}
        value={row.value}
        allowDeselect={false}
        comboboxProps={noMotion}
        onChange={(value) => value !== null && onChange({ ...row, value })}
        flex="1 1 8rem"
      />
    );
  }
  return (
    <TextInput
      aria-label={t('value')}
      value={row.value}
      inputMode={row.kind === 'number' ? 'decimal' : 'text'}
      onChange={(event) => {
        const value = event.currentTarget.value;
        if (row.kind !== 'number' || /^-?\d*(?:\.\d*)?$/.test(value)) onChange({ ...row, value });
      }}
      maxLength={200}
      flex="1 1 8rem"
    />
  );
}

/** With a value that makes a whole expression at once. */
function firstRow(name: string, type: string, names: ReadonlyMap<string, NameInfo>): BuilderRow {
  const [operator = '=='] = operatorsOf(name, type);
  const first =
    operator === 'older' || operator === 'younger'
      ? '7d'
      : type === 'int' || type === 'double'
        ? '0'
        : name.endsWith('version')
          ? '1'
          : (names.get(name)?.values?.[0] ?? '');
  return makeRow(name, type, operator, first);
}
