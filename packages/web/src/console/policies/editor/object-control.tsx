// Keys within a key: only those that are stated are there, others are added by name.
import { ActionIcon, Fieldset, Group, Input, Select, Stack, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { type Field, firstValue, type Node, type Values } from '../model/field.ts';
import css from './editor.module.css';
import type { NestingProps } from './control-props.ts';
import { hintText } from './field-words.ts';
import { editorTexts } from './texts.ts';

type ObjectProps = NestingProps & { readonly node: Extract<Node, { kind: 'object' }> };

export function ObjectControl(props: ObjectProps) {
  const t = editorTexts.use();
  const { node, onChange, disabled = false } = props;
  const value = isRecord(props.value) ? props.value : {};
  const stated = node.fields.filter((field) => field.required || Object.hasOwn(value, field.name));
  const missing = node.fields.filter((field) => !stated.includes(field));
  const others = Object.keys(value).filter((name) => !node.fields.some((field) => field.name === name));
  const set = (name: string, next: unknown) => onChange({ ...value, [name]: next });
  const drop = (name: string) =>
    onChange(Object.fromEntries(Object.entries(value).filter(([key]) => key !== name)));
  return (
    <Fieldset
      variant="unstyled"
      className={css.inner ?? ''}
      {...(props.quiet ? { 'aria-label': props.label } : { legend: props.label })}
      disabled={disabled}
    >
      <Stack gap="xs">
        {stated.map((field) => (
          <InnerField
            key={field.name}
            {...props}
            field={field}
            value={value[field.name]}
            onChange={(next) => set(field.name, next)}
            {...(field.required ? {} : { onRemove: () => drop(field.name) })}
          />
        ))}
        {others.map((name) => (
          <props.Inner
            key={name}
            {...props}
            node={node.others ?? { kind: 'json' }}
            label={name}
            quiet={false}
            description={undefined}
            error={undefined}
            default={undefined}
            value={value[name]}
            onChange={(next) => set(name, next)}
          />
        ))}
        {missing.length > 0 && (
          <Select
            size="xs"
            maw={320}
            aria-label={`${props.label}: ${t('addInner')}`}
            placeholder={t('addInner')}
            searchable
            value={null}
            disabled={disabled}
            data={missing.map((field) => ({ value: field.name, label: field.title }))}
            onChange={(name) => {
              const field = missing.find((each) => each.name === name);
              if (field !== undefined) set(field.name, firstValue(field.node));
            }}
          />
        )}
        {props.error !== undefined && <Input.Error>{props.error}</Input.Error>}
      </Stack>
    </Fieldset>
  );
}

interface InnerProps extends NestingProps {
  readonly field: Field;
  readonly onRemove?: () => void;
}

function InnerField({ field, onRemove, ...props }: InnerProps) {
  const t = editorTexts.use();
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <div className={css.itemBody}>
        <props.Inner
          {...props}
          node={field.node}
          label={field.title}
          quiet={false}
          description={hintText(field, t)}
          secret={field.secret}
          variables={field.variables}
          default={field.default}
          error={undefined}
        />
      </div>
      {onRemove && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('removeKey', { name: field.title })}
          onClick={onRemove}
          disabled={props.disabled ?? false}
        >
          <IconX size={16} />
        </ActionIcon>
      )}
    </Group>
  );
}

type UnionProps = NestingProps & { readonly node: Extract<Node, { kind: 'union' }> };

/** First which kind, then what belongs to it. */
export function UnionControl(props: UnionProps) {
  const t = editorTexts.use();
  const { node, value } = props;
  const [picked, setPicked] = useState<string | undefined>(undefined);
  const option = node.options.find(({ name }) => name === picked) ?? likelyOption(node.options, value);
  return (
    <Stack gap="xs">
      <Select
        size="xs"
        label={t('whichKind')}
        maw={320}
        value={option?.name ?? null}
        disabled={props.disabled ?? false}
        data={node.options.map(({ name, title }) => ({ value: name, label: title }))}
        onChange={(name) => {
          const chosen = node.options.find((each) => each.name === name);
          setPicked(chosen?.name);
          if (chosen !== undefined) props.onChange(firstValue(chosen.node));
        }}
      />
      {option === undefined ? (
        <Text size="sm" c="dimmed">
          {t('missing')}
        </Text>
      ) : (
        <props.Inner {...props} node={option.node} />
      )}
    </Stack>
  );
}

/** The one whose keys the value has. */
function likelyOption(options: readonly Field[], value: unknown): Field | undefined {
  if (!isRecord(value)) return options.find(({ node }) => node.kind === 'text' && typeof value === 'string');
  const names = Object.keys(value);
  const fitting = options.filter(
    ({ node }) =>
      node.kind === 'object' && names.every((name) => node.fields.some((field) => field.name === name)),
  );
  return names.length === 0 ? undefined : fitting[0];
}

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
