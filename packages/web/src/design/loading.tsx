// Nothing for the first moment, then the shape of what comes, then a word about the waiting.
import { Skeleton, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { designTexts } from './texts.ts';

export function useElapsed(...milliseconds: readonly number[]): number {
  const [passed, setPassed] = useState(0);
  const wanted = milliseconds.join(' ');
  useEffect(() => {
    const timers = wanted
      .split(' ')
      .map((each, index) => setTimeout(() => setPassed(index + 1), Number(each)));
    return () => timers.forEach(clearTimeout);
  }, [wanted]);
  return passed;
}

export function Loading({ lines = 4, height = 20 }: { lines?: number; height?: number }) {
  const t = designTexts.use();
  const passed = useElapsed(200, 2_000);
  return (
    <Stack gap="sm" role="status" aria-label={t('loading')}>
      {passed >= 2 && (
        <Text size="sm" c="dimmed">
          {t('loadingLong')}
        </Text>
      )}
      {passed >= 1 &&
        Array.from({ length: lines }, (_each, index) => <Skeleton key={index} height={height} radius="sm" />)}
    </Stack>
  );
}
