// Where one is signed in, and how; each can be ended from here.
import { Button, Group, Text } from '@mantine/core';
import { useChange, useRead } from '../../api/hooks.ts';
import { endOwnSession, listOwnSessions } from '../../api/operations/account.ts';
import { Failure } from '../../design/failure.tsx';
import { Time } from '../../design/time.tsx';
import { leave } from '../../session/session.ts';
import { Part } from './part.tsx';
import { accountTexts } from './texts.ts';

export function SessionsCard() {
  const t = accountTexts.use();
  const { data, error, refetch } = useRead(listOwnSessions, {});
  const end = useChange(endOwnSession, { refreshes: [listOwnSessions] });
  const factorName = (factor: string) =>
    factor === 'password' || factor === 'totp' || factor === 'passkey' ? t(`factor_${factor}`) : factor;
  return (
    <Part title={t('sessions')}>
      {error && <Failure problem={error} retry={() => void refetch()} />}
      {data?.items.map((session) => (
        <Group key={session.id} justify="space-between">
          <Text size="sm" component="div">
            {t('signedInAt')} <Time at={session.createdAt} /> · {t('factors')}{' '}
            {session.factors.map(factorName).join(', ')} · {t('seenAt')} <Time at={session.seenAt} /> ·{' '}
            {t('expiresAt')} <Time at={session.expiresAt} />
            {session.current && <strong> · {t('thisSession')}</strong>}
          </Text>
          <Button
            size="compact-sm"
            variant="default"
            loading={end.isPending && end.variables.params.sessionId === session.id}
            onClick={() =>
              session.current ? void leave() : end.mutate({ params: { sessionId: session.id } })
            }
          >
            {session.current ? t('endThis') : t('end')}
          </Button>
        </Group>
      ))}
      {end.error && <Failure problem={end.error} />}
    </Part>
  );
}
