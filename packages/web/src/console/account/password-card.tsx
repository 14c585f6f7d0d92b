// A new password: the current one is asked for, and every other session ends.
import { Button, PasswordInput, Stack } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../api/hooks.ts';
import { changeOwnPassword, listOwnSessions } from '../../api/operations/account.ts';
import { isApiProblem } from '../../api/problem.ts';
import { Failure } from '../../design/failure.tsx';
import { notifyDone } from '../../design/notify.tsx';
import { Part } from './part.tsx';
import { accountTexts } from './texts.ts';

export function PasswordCard() {
  const t = accountTexts.use();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = useChange(changeOwnPassword, {
    refreshes: [listOwnSessions],
    onDone: () => {
      setCurrent('');
      setPassword('');
      notifyDone(t('passwordChanged'));
    },
  });
  const wrong = isApiProblem(change.error, 'wrong-password');
  return (
    <Part title={t('password')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (current !== '' && password !== '') change.mutate({ body: { current, password } });
        }}
      >
        <Stack gap="sm" maw={360}>
          <PasswordInput
            label={t('currentPassword')}
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
            error={wrong ? t('wrongPassword') : undefined}
            autoComplete="current-password"
          />
          <PasswordInput
            label={t('newPassword')}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="new-password"
          />
          {change.error && !wrong && <Failure problem={change.error} />}
          <Button
            type="submit"
            variant="default"
            loading={change.isPending}
            disabled={current === '' || password === ''}
            style={{ alignSelf: 'flex-start' }}
          >
            {t('changePassword')}
          </Button>
        </Stack>
      </form>
    </Part>
  );
}
