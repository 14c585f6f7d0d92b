// What the forms over servers and network devices have in common.
import { Button, Group, Switch, Textarea, TextInput } from '@mantine/core';
import type { Saving } from '../../design/edited.tsx';
import { gateTexts } from './texts.ts';

interface PartProps<Value> {
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

interface NameFieldProps extends PartProps<string> {
  /** Once somebody tried to save without it. */
  readonly isMissing: boolean;
}

export function NameField({ value, onChange, isMissing }: NameFieldProps) {
  const t = gateTexts.use();
  return (
    <TextInput
      label={t('name')}
      value={value}
      maxLength={100}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={isMissing ? t('required') : undefined}
    />
  );
}

interface TrustFieldProps extends PartProps<string> {
  readonly label: string;
  readonly description: string;
  readonly maxLength: number;
}

/** Certificates of the authorities that the server’s own is checked against, as PEM. */
export function TrustField({ onChange, ...given }: TrustFieldProps) {
  return (
    <Textarea
      {...given}
      autosize
      minRows={2}
      maxRows={8}
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function EnabledSwitch({ value, onChange, label }: PartProps<boolean> & { readonly label: string }) {
  return <Switch label={label} checked={value} onChange={(event) => onChange(event.currentTarget.checked)} />;
}

export function FormEnd({ isSaving, trouble }: Pick<Saving<never>, 'isSaving' | 'trouble'>) {
  const t = gateTexts.use();
  return (
    <>
      {trouble}
      <Group justify="flex-end">
        <Button type="submit" loading={isSaving}>
          {t('save')}
        </Button>
      </Group>
    </>
  );
}
