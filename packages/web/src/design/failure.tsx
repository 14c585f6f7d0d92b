// What went wrong, where the content would be: what happened, what was kept, what to do now, and the code for support.
import { Alert, Button, Code, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { CopyText } from './copy-text.tsx';
import { isApiProblem } from '../api/problem.ts';
import { designTexts } from './texts.ts';

type Say = ReturnType<typeof designTexts.use>;

/** A sentence for people: the server’s own where it has one, ours where it could not say any. */
export function problemText(error: unknown, t: Say = designTexts.say): string {
  if (!isApiProblem(error)) return t('serverTrouble');
  if (error.status === 0) return t('unreachable');
  if (error.code === 'signed-in-again') return t('signedInAgain');
  if (error.status === 403) return t('forbidden', { detail: error.message });
  if (error.status === 429) return t('throttled');
  if (error.status >= 500 || error.message === '') return t('serverTrouble');
  return error.message;
}

export function Failure({ problem, retry, title }: { problem: unknown; retry?: () => void; title?: string }) {
  const t = designTexts.use();
  const code = isApiProblem(problem) ? problem.requestId : undefined;
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={title ?? t('failed')}
      role="alert"
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{problemText(problem, t)}</Text>
        {code !== undefined && (
          <Text size="sm">
            <CopyText value={code}>
              <span>
                {t('support', { code: '' })}
                <Code>{code}</Code>
              </span>
            </CopyText>
          </Text>
        )}
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            {t('retry')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
