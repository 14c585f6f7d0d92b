// A button that asks somebody now whether it works, and shows in words what came of it.
import { Alert, Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../api/hooks.ts';
import type { ArgumentsOf, Operation } from '../../api/call.ts';
import { Dialog } from '../../design/dialog.tsx';
import { Failure } from '../../design/failure.tsx';
import { Plain } from '../../design/plain.tsx';
import { plainLine } from '../../design/plain-text.ts';
import { gateTexts } from './texts.ts';

export interface Trial {
  readonly works: boolean;
  readonly text: string;
}

interface TrialButtonProps<Types extends { readonly answer: Trial }, Path extends string> {
  readonly operation: Operation<Types, Path>;
  readonly given: ArgumentsOf<Types, Path>;
  readonly name: string;
  readonly refreshes: readonly { readonly id: string }[];
}

export function TrialButton<Types extends { readonly answer: Trial }, Path extends string>({
  operation,
  given,
  name,
  refreshes,
}: TrialButtonProps<Types, Path>) {
  const t = gateTexts.use();
  const [opened, setOpened] = useState(false);
  const { mutate, data, error, isPending } = useChange(operation, { refreshes });
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        loading={isPending}
        onClick={() => mutate(given, { onSettled: () => setOpened(true) })}
      >
        {t('try')}
      </Button>
      <Dialog opened={opened} onClose={() => setOpened(false)} title={plainLine(name, 60)}>
        <Stack>
          {error && <Failure problem={error} />}
          {data !== undefined && data !== null && (
            <Alert
              color={data.works ? 'green' : 'red'}
              variant="light"
              title={t(data.works ? 'works' : 'worksNot')}
              role="status"
            >
              <Text size="sm">
                <Plain text={data.text} limit={600} />
              </Text>
            </Alert>
          )}
        </Stack>
      </Dialog>
    </>
  );
}
