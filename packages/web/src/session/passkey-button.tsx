// Sign-in with a passkey: nothing is typed, and it is both factors at once.
import { Button } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { challengeSignIn, signInWithPasskey } from '../api/operations/account.ts';
import { isApiProblem } from '../api/problem.ts';
import { problemText } from '../design/failure.tsx';
import { answerWithPasskey, hasPasskeys, isDismissed } from './passkey.ts';
import { begin } from './session.ts';
import { sessionTexts } from './texts.ts';

export function PasskeyButton({ onProblem }: { onProblem: (text: string) => void }) {
  const t = sessionTexts.use();
  const [busy, setBusy] = useState(false);
  if (!hasPasskeys()) return null;

  async function signIn(): Promise<void> {
    setBusy(true);
    onProblem('');
    try {
      const { answer: challenge } = await call(challengeSignIn, {});
      const { answer } = await call(signInWithPasskey, { body: await answerWithPasskey(challenge) });
      await begin(answer);
    } catch (error) {
      if (isDismissed(error)) onProblem(t('passkeyDismissed'));
      else onProblem(isApiProblem(error, 'passkey-refused') ? t('passkeyRefused') : problemText(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Button
      variant="default"
      fullWidth
      size="md"
      loading={busy}
      leftSection={<IconFingerprint size={20} aria-hidden />}
      onClick={() => void signIn()}
    >
      {t('passkey')}
    </Button>
  );
}
