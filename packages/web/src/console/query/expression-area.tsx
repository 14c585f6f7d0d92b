// An expression as text, checked by the code that saves it while it is typed; facts are put in by choosing them.
import { Select, Stack, Text, Textarea } from '@mantine/core';
import { useRef } from 'react';
import { checkFor, type SetKind } from './expression-state.ts';
import type { NameInfo } from './known.ts';
import { queryTexts } from './texts.ts';

export function ExpressionArea(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  names: ReadonlyMap<string, NameInfo>;
  kind: SetKind;
}) {
  const t = queryTexts.use();
  const field = useRef<HTMLTextAreaElement>(null);
  const { label, value, onChange, names, kind } = props;
  const state = checkFor(kind, value);
  const known = [...names.values()].filter(
    ({ allowed, inGroups }) => allowed && (kind !== 'group' || inGroups),
  );
  function insert(name: string): void {
    const at = field.current?.selectionStart ?? value.length;
    const before = value.slice(0, at);
    const example = names.get(name)?.example ?? name;
    onChange(
      `${before}${before.trim() === '' || before.endsWith(' ') ? '' : ' '}${example}${value.slice(at)}`,
    );
    field.current?.focus();
  }
  return (
    <Stack gap="xs">
      <Textarea
        ref={field}
        label={label}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={state.problem === undefined ? undefined : t('expressionAt', state.problem)}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        autosize
        minRows={3}
        maxRows={12}
        spellCheck={false}
        maxLength={4_096}
      />
      <Select
        label={t('insertFact')}
        size="sm"
        data={known.map(({ name }) => name)}
        value={null}
        onChange={(name) => name !== null && insert(name)}
        searchable
        limit={40}
        comboboxProps={{ transitionProps: { duration: 0 } }}
      />
      <Text size="xs" c="dimmed">
        {t('expressionHint')}
      </Text>
    </Stack>
  );
}
