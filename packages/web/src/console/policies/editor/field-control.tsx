// One control for each shape of value. What is special about Wi-Fi, VPN and their kin is how their fields are grouped, not how
// they are entered.
import { NumberInput, PasswordInput, Radio, Group, Select, Textarea, TextInput } from '@mantine/core';
import { memo } from 'react';
import type { Field, Node } from '../model/field.ts';
import { type ControlProps, inputProps } from './control-props.ts';
import { FileControl } from './file-control.tsx';
import { hintText } from './field-words.ts';
import { JsonControl } from './json-control.tsx';
import { ListControl } from './list-control.tsx';
import { ObjectControl, UnionControl } from './object-control.tsx';
import { editorTexts } from './texts.ts';

const fewChoices = 5;
const longText = 400;

export function Control(props: ControlProps) {
  const { node } = props;
  switch (node.kind) {
    case 'boolean':
      return <BooleanControl {...props} />;
    case 'integer':
    case 'real':
      return <NumberControl {...props} node={node} />;
    case 'text':
      return <TextControl {...props} node={node} />;
    case 'choice':
      return <ChoiceControl {...props} node={node} />;
    case 'date':
      return <DateControl {...props} />;
    case 'file':
      return <FileControl {...props} node={node} />;
    case 'list':
      return <ListControl {...props} node={node} Inner={Control} />;
    case 'object':
      return <ObjectControl {...props} node={node} Inner={Control} />;
    case 'union':
      return <UnionControl {...props} node={node} Inner={Control} />;
    case 'reference':
      return <ReferenceControl {...props} node={node} />;
    case 'json':
      return <JsonControl {...props} />;
    default:
      return node satisfies never;
  }
}

function BooleanControl(props: ControlProps) {
  const t = editorTexts.use();
  const { value, optional } = props;
  const usual = props.default;
  return (
    <Radio.Group
      {...inputProps(props)}
      value={typeof value === 'boolean' ? String(value) : ''}
      onChange={(chosen) => props.onChange(chosen === '' ? undefined : chosen === 'true')}
    >
      <Group gap="md" mt={props.quiet ? 0 : 4}>
        <Radio value="true" label={t('on')} disabled={props.disabled ?? false} />
        <Radio value="false" label={t('off')} disabled={props.disabled ?? false} />
        {optional && (
          <Radio
            value=""
            label={
              typeof usual === 'boolean'
                ? t('asUsual', { value: t(usual ? 'yes' : 'no') })
                : t('notConfigured')
            }
            disabled={props.disabled ?? false}
          />
        )}
      </Group>
    </Radio.Group>
  );
}

function NumberControl(props: ControlProps & { node: Extract<Node, { kind: 'integer' | 'real' }> }) {
  const { node, value } = props;
  const { minimum, maximum } = node;
  const stated =
    value !== null && typeof value === 'object' ? (Reflect.get(value, '$real') as unknown) : value;
  return (
    <NumberInput
      {...inputProps(props)}
      value={typeof stated === 'number' ? stated : ''}
      onChange={(number) => props.onChange(typeof number === 'number' ? number : undefined)}
      {...(minimum === undefined ? {} : { min: minimum })}
      {...(maximum === undefined ? {} : { max: maximum })}
      allowDecimal={node.kind === 'real'}
      // What is out of range is said, not silently changed.
      clampBehavior="none"
      maw={220}
      {...(typeof props.default === 'number' ? { placeholder: String(props.default) } : {})}
    />
  );
}

function TextControl(props: ControlProps & { node: Extract<Node, { kind: 'text' }> }) {
  const { node, value, onChange } = props;
  const text = typeof value === 'string' ? value : '';
  const change = (next: string) => onChange(next === '' ? undefined : next);
  const usual = typeof props.default === 'string' ? { placeholder: props.default } : {};
  if (props.secret) {
    return (
      <PasswordInput
        {...inputProps(props)}
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
        autoComplete="new-password"
        maw={480}
      />
    );
  }
  if ((node.maximumLength ?? 0) > longText && node.form === 'line') {
    return (
      <Textarea
        {...inputProps(props)}
        {...usual}
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
        autosize
        minRows={1}
        maxRows={8}
      />
    );
  }
  return (
    <TextInput
      {...inputProps(props)}
      {...usual}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      autoComplete="off"
      spellCheck={false}
      maw={480}
    />
  );
}

function ChoiceControl(props: ControlProps & { node: Extract<Node, { kind: 'choice' }> }) {
  const t = editorTexts.use();
  const { node, value, onChange, optional } = props;
  const written = (choice: string | number) => String(choice);
  const pick = (text: string | null) => onChange(node.choices.find((choice) => written(choice) === text));
  const chosen = typeof value === 'string' || typeof value === 'number' ? written(value) : null;
  const usual =
    typeof props.default === 'string' || typeof props.default === 'number' ? written(props.default) : '';
  const word = (choice: string | number) => node.labels?.[written(choice)] ?? written(choice);
  if (node.choices.length <= fewChoices) {
    return (
      <Radio.Group {...inputProps(props)} value={chosen ?? ''} onChange={pick}>
        <Group gap="md" mt={props.quiet ? 0 : 4}>
          {node.choices.map((choice) => (
            <Radio
              key={choice}
              value={written(choice)}
              label={word(choice)}
              disabled={props.disabled ?? false}
            />
          ))}
          {optional && (
            <Radio
              value=""
              label={usual === '' ? t('notConfigured') : t('asUsual', { value: word(usual) })}
              disabled={props.disabled ?? false}
            />
          )}
        </Group>
      </Radio.Group>
    );
  }
  return (
    <Select
      {...inputProps(props)}
      value={chosen}
      onChange={pick}
      data={node.choices.map((choice) => ({ value: written(choice), label: word(choice) }))}
      searchable
      clearable={optional ?? false}
      placeholder={usual === '' ? t('choose') : word(usual)}
      maw={480}
    />
  );
}

/** Local time in the form, ISO 8601 in the value. */
function DateControl(props: ControlProps) {
  const { value } = props;
  const at =
    typeof value === 'object' && value !== null ? (Reflect.get(value, '$date') as unknown) : undefined;
  return (
    <TextInput
      {...inputProps(props)}
      type="datetime-local"
      maw={260}
      value={typeof at === 'string' ? localMinute(at) : ''}
      onChange={(event) => {
        const moment = new Date(event.currentTarget.value);
        props.onChange(Number.isNaN(moment.getTime()) ? undefined : { $date: moment.toISOString() });
      }}
    />
  );
}

function localMinute(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function ReferenceControl(props: ControlProps & { node: Extract<Node, { kind: 'reference' }> }) {
  const t = editorTexts.use();
  const { node, value, choices = [] } = props;
  return (
    <Select
      {...inputProps(props)}
      value={typeof value === 'string' ? value : null}
      onChange={(id) => props.onChange(id ?? undefined)}
      data={choices
        .filter(({ kind }) => node.kinds.includes(kind))
        .map(({ id, name }) => ({ value: id, label: name }))}
      searchable
      clearable
      placeholder={t('nothingChosen')}
      maw={480}
    />
  );
}

export interface FieldControlProps extends Omit<ControlProps, 'node' | 'label' | 'onChange' | 'onBlur'> {
  readonly field: Field;
  readonly onChange: (name: string, value: unknown) => void;
  readonly onBlur?: (name: string) => void;
}

/** A field’s own control; drawn again only when its own value, error or lock changes. */
export const FieldControl = memo(function FieldControl({
  field,
  onChange,
  onBlur,
  ...rest
}: FieldControlProps) {
  const t = editorTexts.use();
  return (
    <Control
      {...rest}
      node={field.node}
      label={field.title}
      secret={field.secret}
      variables={field.variables}
      default={field.default}
      description={rest.description ?? hintText(field, t)}
      onChange={(value) => onChange(field.name, value)}
      {...(onBlur === undefined ? {} : { onBlur: () => onBlur(field.name) })}
    />
  );
});
