// Signing in: password first, then the code of those who have a second factor.
import { Alert, Button, Divider, PasswordInput, Stack, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { call } from '../api/call.ts';
import { signIn } from '../api/operations/session.ts';
import { isApiProblem } from '../api/problem.ts';
import { problemText } from '../design/failure.tsx';
import { formatDuration } from '../language/format.ts';
import { PasskeyButton } from './passkey-button.tsx';
import { begin } from './session.ts';
import { sessionTexts } from './texts.ts';

const organizationKey = 'gatehouse-sign-in-organization';

/** What the address names, as after setting up an account; else where somebody signed in from this browser before. */
export const knownOrganization = (): string | undefined =>
  new URLSearchParams(location.search).get('organization') ??
  localStorage.getItem(organizationKey) ??
  undefined;

export function SignInForm({ email: known }: { email?: string }) {
  const t = sessionTexts.use();
  const [organization, setOrganization] = useState(() => knownOrganization() ?? '');
  const [email, setEmail] = useState(known ?? '');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [asksCode, setAsksCode] = useState(false);
  const [problem, setProblem] = useState('');
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const complete =
      organization.trim() !== '' &&
      email.trim() !== '' &&
      password !== '' &&
      (!asksCode || /^\d{6}$/.test(code.trim()));
    setMissing(!complete);
    if (!complete) return;
    setBusy(true);
    setProblem('');
    try {
      const body = { organization: organization.trim(), email: email.trim(), password };
      const { answer } = await call(signIn, { body: asksCode ? { ...body, code: code.trim() } : body });
      localStorage.setItem(organizationKey, organization.trim());
      if (answer !== undefined) await begin(answer);
    } catch (error) {
      if (isApiProblem(error, 'second-factor-required')) setAsksCode(true);
      else if (isApiProblem(error, 'passkey-required')) setProblem(t('passkeyRequired'));
      else setProblem(explain(error));
      setCode('');
    } finally {
      setBusy(false);
    }
  }

  function explain(error: unknown): string {
    if (!isApiProblem(error)) return problemText(error);
    if (error.status === 429) {
      const seconds = error.context['retryAfterSeconds'];
      return t('throttled', { wait: formatDuration(1000 * (typeof seconds === 'number' ? seconds : 60)) });
    }
    if (error.reason === 'service-account') return t('machine');
    if (error.status === 401 || error.status === 400) return asksCode ? t('wrongCode') : t('wrong');
    return problemText(error);
  }

  const required = (value: string) => (missing && value.trim() === '' ? t('required') : undefined);
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        {problem !== '' && (
          <Alert color="red" icon={<IconAlertTriangle aria-hidden />} role="alert">
            {problem}
          </Alert>
        )}
        <TextInput
          label={t('organization')}
          description={t('organizationHint')}
          value={organization}
          onChange={(event) => setOrganization(event.currentTarget.value)}
          error={required(organization)}
          autoComplete="organization"
          autoCapitalize="none"
          spellCheck={false}
          disabled={asksCode}
        />
        <TextInput
          label={t('email')}
          type="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={required(email)}
          autoComplete="username"
          disabled={asksCode}
        />
        <PasswordInput
          label={t('password')}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={required(password)}
          autoComplete="current-password"
          disabled={asksCode}
        />
        {asksCode && (
          <TextInput
            label={t('code')}
            description={t('codeHint')}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            error={missing ? t('codeForm') : undefined}
            autoComplete="one-time-code"
            inputMode="numeric"
            autoFocus
          />
        )}
        <Button type="submit" loading={busy} fullWidth size="md">
          {t('submit')}
        </Button>
        {!asksCode && (
          <>
            <Divider label={t('or')} />
            <PasskeyButton onProblem={setProblem} />
          </>
        )}
      </Stack>
    </form>
  );
}
