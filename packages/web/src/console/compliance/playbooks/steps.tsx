// The steps of a procedure in their order, each with what it costs and how it stands.
import { Group, List, Stack, Text } from '@mantine/core';
import type { StepKind } from '@gatehouse/core/playbooks/playbook.ts';
import { Plain } from '../../../design/plain.tsx';
import { StatusMark, type StatusKind } from '../../../design/status-mark.tsx';
import { playbookTexts } from './texts.ts';

interface ShownStep {
  readonly kind: StepKind;
  readonly mark: StatusKind;
  readonly word: string;
  readonly note: string | null;
  readonly at?: string | null;
}

export function Steps({ steps }: { steps: readonly ShownStep[] }) {
  const t = playbookTexts.use();
  return (
    <List type="ordered" aria-label={t('steps')} spacing="sm">
      {steps.map(({ kind, mark, word, note, at }) => (
        <List.Item key={kind}>
          <Stack gap={0}>
            <Group gap="sm">
              <Text span fw={550}>
                {t(kind === 'secure' ? 'secureStep' : kind)}
              </Text>
              <StatusMark kind={mark} word={word} {...(at ? { since: at } : {})} />
            </Group>
            <Text size="sm" c="dimmed">
              {t('costs', { cost: t(`cost.${kind}`) })}
            </Text>
            {note !== null && (
              <Text size="sm">
                <Plain text={note} />
              </Text>
            )}
          </Stack>
        </List.Item>
      ))}
    </List>
  );
}
