// Somebody else saved while this was edited: both versions, and the choice. Nothing is overwritten unseen.
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconGitMerge } from '@tabler/icons-react';
import { Diff, type DiffProps } from './diff.tsx';
import { formatTime } from '../language/format.ts';
import { designTexts } from './texts.ts';

export interface ConflictProps extends Pick<DiffProps, 'nameOf'> {
  readonly mine: unknown;
  readonly theirs: unknown;
  readonly by?: string;
  readonly at?: string;
  readonly onKeepMine: () => void;
  readonly onTakeTheirs: () => void;
}

export function Conflict({ mine, theirs, by, at, nameOf, onKeepMine, onTakeTheirs }: ConflictProps) {
  const t = designTexts.use();
  return (
    <Alert color="orange" icon={<IconGitMerge aria-hidden />} title={t('changedMeanwhile')} role="alert">
      <Stack gap="sm">
        <Text size="sm">
          {by !== undefined && at !== undefined
            ? t('changedBy', { who: by, time: formatTime(at) })
            : t('changedBySomebody')}
        </Text>
        <Diff
          before={theirs}
          after={mine}
          beforeTitle={t('theirs')}
          afterTitle={t('yours')}
          {...(nameOf === undefined ? {} : { nameOf })}
        />
        <Group>
          <Button onClick={onKeepMine}>{t('keepMine')}</Button>
          <Button variant="default" onClick={onTakeTheirs}>
            {t('takeTheirs')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
