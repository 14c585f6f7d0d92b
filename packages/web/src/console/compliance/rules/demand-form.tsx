// What a rule demands, as fields that the form of its kind describes: the server says which there are.
import { ActionIcon, Button, Group, NumberInput, Select, Stack, Switch, TextInput } from '@mantine/core';
import type { Form } from '@gatehouse/core/compliance/form.ts';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { Hint } from '../../../design/hint.tsx';
import { emptyObject, emptyValue, isObject, withField, withItem, withoutItem } from './demand-values.ts';
import { ExpressionField } from './expression-field.tsx';
import { complaintAt } from './problem-words.ts';
import type { Complaint } from './rule-draft.ts';
import { choiceText, fieldText } from './rule-sentence.ts';
import css from './rules.module.css';
import { ruleTexts } from './texts.ts';

interface FieldProps {
  readonly form: Form;
  /** Of the field: the last part of its place. */
  readonly name: string;
  readonly place: string;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly optional?: boolean;
  readonly disabled?: boolean;
  readonly complaints: readonly Complaint[];
  readonly wordsFor: (complaint: Complaint) => string;
}

function DemandField(props: FieldProps) {
  const t = ruleTexts.use();
  const {
    form,
    name,
    place,
    value,
    onChange,
    optional = false,
    disabled = false,
    complaints,
    wordsFor,
  } = props;
  const label = fieldText(name, t);
  const complaint = complaintAt(complaints, place);
  const error = complaint === undefined ? undefined : wordsFor(complaint);
  const common = { label, disabled, error, required: !optional, withAsterisk: false } as const;
  switch (form.type) {
    case 'boolean':
      return (
        <Switch
          label={label}
          checked={value === true}
          disabled={disabled}
          error={error}
          onChange={(event) => onChange(event.currentTarget.checked ? true : optional ? undefined : false)}
        />
      );
    case 'integer':
    case 'decimal':
      return (
        <NumberInput
          {...common}
          value={typeof value === 'number' ? value : ''}
          onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
          allowDecimal={form.type === 'decimal'}
          decimalScale={6}
          clampBehavior="none"
          hideControls
          placeholder={optional ? t('notSet') : undefined}
          maw={260}
        />
      );
    case 'text':
    case 'version':
      return (
        <TextInput
          {...common}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => {
            const { value: next } = event.currentTarget;
            onChange(optional && next === '' ? undefined : next);
          }}
          placeholder={optional ? t('notSet') : undefined}
          maxLength={form.type === 'text' ? form.maximumLength : 79}
          {...(form.type === 'version' ? { maw: 220, inputMode: 'decimal' as const } : {})}
        />
      );
    case 'source':
      return (
        <ExpressionField
          label={label}
          value={typeof value === 'string' ? value : ''}
          onChange={onChange}
          disabled={disabled}
          error={complaint?.at === undefined ? error : undefined}
        />
      );
    case 'choice':
      return (
        <Select
          {...common}
          data={form.choices.map((choice) => ({ value: choice, label: choiceText(choice, t) }))}
          value={typeof value === 'string' ? value : null}
          onChange={(next) => onChange(next ?? undefined)}
          clearable={optional}
          allowDeselect={false}
          maw={320}
        />
      );
    case 'list':
      return <ListField {...props} form={form} error={error} />;
    case 'object':
      return (
        <Fieldset legend={label}>
          <ObjectFields {...props} form={form} />
        </Fieldset>
      );
    case 'variant':
      return <VariantFields {...props} form={form} />;
    default:
      return form satisfies never;
  }
}

function Fieldset({ legend, children }: { legend: string; children: React.ReactNode }) {
  return (
    <fieldset className={css.fieldset}>
      <legend className={css.legend}>{legend}</legend>
      <Stack gap="sm">{children}</Stack>
    </fieldset>
  );
}

/** The fields of an object, one after the other. */
export function ObjectFields({
  form,
  place,
  value,
  onChange,
  ...rest
}: Omit<FieldProps, 'form' | 'name'> & { form: Form & { type: 'object' } }) {
  const object = isObject(value) ? value : {};
  return Object.entries(form.fields).map(([name, field]) => (
    <DemandField
      key={name}
      {...rest}
      form={field}
      name={name}
      place={`${place}.${name}`}
      value={object[name]}
      optional={form.optional?.includes(name) === true}
      onChange={(next) => onChange(withField(object, name, next))}
    />
  ));
}

function VariantFields({
  form,
  place,
  value,
  onChange,
  ...rest
}: FieldProps & { form: Form & { type: 'variant' } }) {
  const t = ruleTexts.use();
  const object = isObject(value) ? value : {};
  const name = typeof object[form.by] === 'string' ? String(object[form.by]) : '';
  const chosen = form.forms[name];
  return (
    <>
      <Select
        label={fieldText(form.by, t)}
        data={Object.keys(form.forms).map((each) => ({ value: each, label: choiceText(each, t) }))}
        value={name}
        allowDeselect={false}
        disabled={rest.disabled ?? false}
        maw={320}
        onChange={(next) => {
          const other = next === null ? undefined : form.forms[next];
          // What both forms know stays: a name that was typed is not typed twice.
          if (other !== undefined)
            onChange({ ...emptyObject(other), ...kept(object, other), [form.by]: next });
        }}
      />
      {chosen && <ObjectFields {...rest} form={chosen} place={place} value={object} onChange={onChange} />}
    </>
  );
}

function kept(object: Readonly<Record<string, unknown>>, form: Form & { type: 'object' }) {
  return Object.fromEntries(Object.entries(object).filter(([name]) => Object.hasOwn(form.fields, name)));
}

function ListField({
  form,
  name,
  place,
  value,
  onChange,
  error,
  ...rest
}: FieldProps & { form: Form & { type: 'list' }; error: string | undefined }) {
  const t = ruleTexts.use();
  const label = fieldText(name, t);
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const disabled = rest.disabled ?? false;
  return (
    <Fieldset legend={label}>
      {items.map((item, index) => (
        // Entries have no identity but their place.
        // eslint-disable-next-line react/no-array-index-key
        <Group key={index} align="flex-start" wrap="nowrap" gap="xs">
          <Group
            align="flex-start"
            gap="sm"
            flex={1}
            miw={0}
            grow={form.of.type === 'object'}
            preventGrowOverflow={false}
          >
            <Item
              {...rest}
              form={form.of}
              place={`${place}[${index}]`}
              value={item}
              onChange={(next) => onChange(withItem(items, index, next))}
            />
          </Group>
          {!disabled && (
            <Hint label={t('removeItem', { field: label, count: index + 1 })}>
              <ActionIcon
                variant="subtle"
                color="gray"
                mt={24}
                aria-label={t('removeItem', { field: label, count: index + 1 })}
                onClick={() => onChange(withoutItem(items, index))}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            </Hint>
          )}
        </Group>
      ))}
      {error !== undefined && (
        <span role="alert" className="mantine-InputWrapper-error">
          {error}
        </span>
      )}
      {!disabled && items.length < form.maximum && (
        <div>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => onChange([...items, emptyValue(form.of)])}
          >
            {t('addItem', { field: label })}
          </Button>
        </div>
      )}
    </Fieldset>
  );
}

function Item({ form, ...rest }: Omit<FieldProps, 'name'>) {
  if (form.type === 'object') return <ObjectFields {...rest} form={form} />;
  if (form.type === 'variant')
    return (
      <Stack gap="sm" flex={1}>
        <VariantFields {...rest} name="" form={form} />
      </Stack>
    );
  return <DemandField {...rest} name="name" form={form} />;
}
