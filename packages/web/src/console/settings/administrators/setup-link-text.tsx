// A set-up link, shown once.
import { Stack, Text } from '@mantine/core';
import { CopyText } from '../../../design/copy-text.tsx';
import { formatTime } from '../../../language/format.ts';
import { settingsTexts } from '../texts.ts';

export function SetupLinkText({ name, url, until }: { name: string; url: string; until: string }) {
  const t = settingsTexts.use();
  return (
    <Stack gap="xs">
      <Text size="sm">{t('setupLinkText', { name, time: formatTime(until) })}</Text>
      <CopyText value={url}>
        <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
          {url}
        </Text>
      </CopyText>
    </Stack>
  );
}
