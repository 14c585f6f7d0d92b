// Below a secret: when it was set and by whom, and the way to take it away. What it is, nobody sees again.
import { Button, Group, Text } from '@mantine/core';
import { editorTexts } from '../editor/texts.ts';

export interface SecretState {
  /** Names of secrets that have a value. */
  readonly stored: ReadonlySet<string>;
  /** When and by whom, in words; undefined: not known (yet). */
  readonly describe: (name: string) => { readonly time: string; readonly who: string } | undefined;
}

export interface SecretNoteProps {
  readonly name: string;
  readonly required: boolean;
  readonly value: unknown;
  readonly secrets: SecretState;
  readonly readOnly: boolean;
  readonly onChange: (name: string, value: unknown) => void;
  readonly onKeep: (name: string) => void;
}

export function SecretNote({ name, required, value, secrets, readOnly, onChange, onKeep }: SecretNoteProps) {
  const t = editorTexts.use();
  if (!secrets.stored.has(name)) {
    return (
      <Text size="xs" c="dimmed">
        {t('secretNew')}
      </Text>
    );
  }
  if (value === null) {
    return (
      <Group gap="xs">
        <Text size="sm">{t('secretForgotten')}</Text>
        <Button size="compact-xs" variant="subtle" onClick={() => onKeep(name)}>
          {t('secretKeep')}
        </Button>
      </Group>
    );
  }
  const origin = secrets.describe(name);
  return (
    <Group gap="xs">
      <Text size="sm">{origin === undefined ? t('secretSetPlain') : t('secretSet', origin)}</Text>
      {!required && !readOnly && (
        <Button size="compact-xs" variant="subtle" onClick={() => onChange(name, null)}>
          {t('secretForget')}
        </Button>
      )}
    </Group>
  );
}
