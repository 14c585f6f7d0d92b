// Some things want the second factor once more. Whatever was asked waits; when the factor was shown it goes on by itself.
import { Button, Stack, Text, TextInput } from '@mantine/core';
import { Dialog } from '../design/dialog.tsx';
import { IconFingerprint } from '@tabler/icons-react';
import { type FormEvent, useEffect, useState, useSyncExternalStore } from 'react';
import { api, call } from '../api/call.ts';
import { challengeFactor, proveFactor } from '../api/operations/account.ts';
import type { SignedIn } from '@gatehouse/contracts/admin/session.ts';
import { isApiProblem } from '../api/problem.ts';
import { Failure, problemText } from '../design/failure.tsx';
import type { FactorChallenge, FactorProof } from '@gatehouse/contracts/admin/passkeys.ts';
import { answerWithPasskey, isDismissed } from './passkey.ts';
import { sessionTexts } from './texts.ts';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: () => void;
}

let waiting: readonly Waiting[] = [];
const watchers = new Set<() => void>();

function become(next: readonly Waiting[]): void {
  waiting = next;
  for (const watcher of watchers) watcher();
}

/** For the way to the server: resolves once the factor was shown, rejects when somebody thinks better of it. */
export function askForFactor(): Promise<void> {
  return new Promise((resolve, reject) => become([...waiting, { resolve, reject }]));
}

/** The session was replaced by one that says when the factor was shown; nothing else about it is another. */
function adopt({ csrfToken }: SignedIn): void {
  api.csrfToken = csrfToken;
}

export function ShowFactor() {
  const asked = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => waiting,
  );
  const t = sessionTexts.use();
  const settle = (how: (each: Waiting) => void) => {
    become([]);
    for (const each of asked) how(each);
  };
  return (
    <Dialog
      opened={asked.length > 0}
      onClose={() => settle(({ reject }) => reject())}
      title={t('factorTitle')}
      zIndex={900}
    >
      {asked.length > 0 && <Proof onShown={() => settle(({ resolve }) => resolve())} />}
    </Dialog>
  );
}

function Proof({ onShown }: { onShown: () => void }) {
  const t = sessionTexts.use();
  const [challenge, setChallenge] = useState<FactorChallenge>();
  const [problem, setProblem] = useState<unknown>();
  const [code, setCode] = useState('');
  const [word, setWord] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    call(challengeFactor, {}).then(({ answer }) => setChallenge(answer), setProblem);
  }, []);

  async function prove(made: () => Promise<FactorProof>): Promise<void> {
    setBusy(true);
    setWord('');
    try {
      const { answer } = await call(proveFactor, { body: await made() });
      adopt(answer);
      onShown();
    } catch (error) {
      setWord(
        isDismissed(error)
          ? t('passkeyDismissed')
          : isApiProblem(error, 'wrong-factor')
            ? t('wrongFactor')
            : problemText(error),
      );
      // A challenge is good once.
      const fresh = await call(challengeFactor, {}).catch(() => undefined);
      if (fresh) setChallenge(fresh.answer);
    } finally {
      setBusy(false);
      setCode('');
    }
  }

  if (problem !== undefined) return <Failure problem={problem} />;
  const has = (factor: 'passkey' | 'totp') => challenge?.factors.includes(factor) === true;
  return (
    <Stack>
      <Text size="sm">{t('factorWhy')}</Text>
      {word !== '' && (
        <Text size="sm" c="red" role="alert">
          {word}
        </Text>
      )}
      {challenge && has('passkey') && (
        <Button
          data-autofocus
          loading={busy}
          leftSection={<IconFingerprint size={20} aria-hidden />}
          onClick={() => void prove(async () => ({ passkey: await answerWithPasskey(challenge) }))}
        >
          {t('passkey')}
        </Button>
      )}
      {has('totp') && (
        <form
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            if (/^\d{6}$/.test(code.trim())) void prove(async () => ({ code: code.trim() }));
            else setWord(t('codeForm'));
          }}
        >
          <Stack gap="sm">
            <TextInput
              label={t('code')}
              description={t('codeHint')}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              autoComplete="one-time-code"
              inputMode="numeric"
            />
            <Button type="submit" variant={has('passkey') ? 'default' : 'filled'} loading={busy}>
              {t('factorGo')}
            </Button>
          </Stack>
        </form>
      )}
    </Stack>
  );
}
