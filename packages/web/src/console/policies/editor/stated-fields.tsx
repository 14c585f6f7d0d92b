// The second column: what is set, group by group, each with its control and the way to leave it unset again.
import { ActionIcon, Group, Stack, Text, Title } from '@mantine/core';
import { IconInfoCircle, IconX } from '@tabler/icons-react';
import { memo, type ReactNode } from 'react';
import { Hint } from '../../../design/hint.tsx';
import type { Field, Values } from '../model/field.ts';
import type { Complaint } from '../model/validate.ts';
import css from './editor.module.css';
import type { ResourceChoice } from './control-props.ts';
import { FieldControl } from './field-control.tsx';
import { complaintText } from './field-words.ts';
import { SupportBadges } from './support-badges.tsx';
import { editorTexts } from './texts.ts';

export interface FieldGroup {
  readonly id: string;
  readonly title: string;
  readonly fields: readonly Field[];
}

export interface StatedFieldsProps {
  /** Of the titles of the groups; 3 below a heading of their own. */
  readonly order?: 2 | 3;
  readonly groups: readonly FieldGroup[];
  readonly values: Values;
  readonly complaints: ReadonlyMap<string, Complaint>;
  readonly selected: string | undefined;
  readonly disabled: boolean;
  readonly onSelect: (name: string) => void;
  readonly onChange: (name: string, value: unknown) => void;
  readonly onBlur: (name: string) => void;
  /** Absent: fields stay. */
  readonly onRemove?: ((name: string) => void) | undefined;
  readonly choices?: readonly ResourceChoice[];
  /** What stands below a field: who else states it, where its secret comes from. */
  readonly renderNote?: (name: string) => ReactNode;
}

/** The id of a field’s frame, to which the summary of errors leads. */
export const fieldId = (name: string): string => `field-${name.replace(/[^\w-]/g, '_')}`;

export function StatedFields({ groups, order = 3, ...rest }: StatedFieldsProps) {
  return (
    <Stack gap="lg">
      {groups.map((group) => (
        <section key={group.id} aria-label={group.title}>
          <Title order={order} size="h5" mb={6}>
            {group.title}
          </Title>
          <Stack gap="xs">
            {group.fields.map((field) => (
              <OneField
                key={field.name}
                field={field}
                value={rest.values[field.name]}
                complaint={rest.complaints.get(field.name)}
                active={rest.selected === field.name}
                disabled={rest.disabled}
                onSelect={rest.onSelect}
                onChange={rest.onChange}
                onBlur={rest.onBlur}
                onRemove={rest.onRemove}
                note={rest.renderNote?.(field.name)}
                {...(rest.choices === undefined ? {} : { choices: rest.choices })}
              />
            ))}
          </Stack>
        </section>
      ))}
    </Stack>
  );
}

interface OneFieldProps
  extends Pick<StatedFieldsProps, 'disabled' | 'onSelect' | 'onChange' | 'onBlur' | 'onRemove' | 'choices'> {
  readonly field: Field;
  readonly value: unknown;
  readonly complaint: Complaint | undefined;
  readonly active: boolean;
  readonly note: ReactNode;
}

const OneField = memo(function OneField(props: OneFieldProps) {
  const t = editorTexts.use();
  const { field, complaint, onRemove } = props;
  const inner = (complaint?.path.slice(1) ?? []).map((step) => (typeof step === 'number' ? step + 1 : step));
  const where = inner.length === 0 ? '' : `${inner.join(' › ')}: `;
  return (
    <div
      id={fieldId(field.name)}
      className={`${css.field} ${props.active ? css.fieldActive : ''}`}
      onFocusCapture={() => !props.active && props.onSelect(field.name)}
    >
      <div className={css.fieldHead}>
        <Group gap="xs">
          <span className={css.fieldTitle}>{field.title}</span>
          <SupportBadges support={field.support} short />
        </Group>
        <Group gap={2} wrap="nowrap">
          <Hint label={t('show', { name: field.title })}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('show', { name: field.title })}
              onClick={() => props.onSelect(field.name)}
            >
              <IconInfoCircle size={16} />
            </ActionIcon>
          </Hint>
          {onRemove && (
            <Hint label={t('remove')}>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('removeKey', { name: field.title })}
                onClick={() => onRemove(field.name)}
                disabled={props.disabled}
              >
                <IconX size={16} />
              </ActionIcon>
            </Hint>
          )}
        </Group>
      </div>
      <FieldControl
        field={field}
        value={props.value}
        quiet
        optional={!field.required}
        disabled={props.disabled}
        error={complaint === undefined ? undefined : `${where}${complaintText(complaint, t)}`}
        onChange={props.onChange}
        onBlur={props.onBlur}
        {...(props.choices === undefined ? {} : { choices: props.choices })}
      />
      {props.note !== undefined && props.note !== null && (
        <Text size="sm" component="div" mt={4}>
          {props.note}
        </Text>
      )}
    </div>
  );
});
