// Where people begin who are not signed in, and what opens over the page when the session ends meanwhile.
import {
  Alert,
  Anchor,
  Button,
  Card,
  Center,
  Modal,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type FormEvent, useEffect, useState } from 'react';
import type { MySession } from '@gatehouse/contracts/my/session.ts';
import { call } from '../../api/call.ts';
import { isApiProblem } from '../../api/problem.ts';
import { problemText } from '../../design/failure.tsx';
import { BrandMark } from '../../design/brand-mark.tsx';
import { formatDuration } from '../../language/format.ts';
import { signInToPortal } from '../operations.ts';
import { begin, openPortalSession, usePortalSession } from './portal-session.ts';
import { signInTexts } from './texts.ts';

const organizationKey = 'gatehouse-my-organization';

/** The address may say it: `/my/?organization=acme`, as in invitations. */
function knownOrganization(): string {
  return (
    new URLSearchParams(location.search).get('organization') ?? localStorage.getItem(organizationKey) ?? ''
  );
}

/** @param slug of the organization, where it is known whose session ended. */
function SignInForm({ name: known = '', slug = '' }: { name?: string; slug?: string }) {
  const t = signInTexts.use();
  const [organization, setOrganization] = useState(() => slug || knownOrganization());
  // Asked only where the address does not say it.
  const [asksOrganization, setAsksOrganization] = useState(() => organization === '');
  const [name, setName] = useState(known);
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setTried(true);
    // The address may say the organization: only the server knows.
    if (name.trim() === '' || password === '') return;
    setBusy(true);
    setProblem('');
    try {
      const chosen = organization.trim().toLowerCase();
      const body = { ...(chosen === '' ? {} : { organization: chosen }), name: name.trim(), password };
      const { answer } = await call(signInToPortal, { body });
      if (chosen !== '') localStorage.setItem(organizationKey, chosen);
      await begin(answer as MySession);
    } catch (error) {
      if (isApiProblem(error, 'organization-required')) setAsksOrganization(true);
      else setProblem(explain(error));
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
    return error.status === 401 || error.status === 400 ? t('wrong') : problemText(error);
  }

  const required = (value: string) => (tried && value.trim() === '' ? t('required') : undefined);
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        {problem !== '' && (
          <Alert color="red" icon={<IconAlertTriangle aria-hidden />} role="alert">
            {problem}
          </Alert>
        )}
        {asksOrganization && (
          <TextInput
            label={t('organization')}
            description={t('organizationHint')}
            value={organization}
            onChange={(event) => setOrganization(event.currentTarget.value)}
            error={required(organization)}
            autoComplete="organization"
            autoCapitalize="none"
            spellCheck={false}
            size="md"
          />
        )}
        <TextInput
          label={t('name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={required(name)}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          size="md"
        />
        <PasswordInput
          label={t('password')}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={required(password)}
          autoComplete="current-password"
          size="md"
        />
        <Button type="submit" loading={busy} fullWidth size="md">
          {t('submit')}
        </Button>
      </Stack>
    </form>
  );
}

export function SignInPage() {
  const t = signInTexts.use();
  useEffect(() => {
    document.title = `${t('title')} – Gatehouse`;
  }, [t]);
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack w="100%" maw={400} gap="lg">
        <Stack gap="xs" align="center">
          <BrandMark slug={knownOrganization() || undefined} size={44} />
          <Title order={1}>{t('title')}</Title>
          <Text ta="center" c="dimmed">
            {t('intro')}
          </Text>
        </Stack>
        <Card>
          <SignInForm />
        </Card>
      </Stack>
    </Center>
  );
}

export function SignInOver() {
  const t = signInTexts.use();
  const session = usePortalSession();
  if (session.state !== 'ended') return null;
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t('endedTitle')}
      zIndex={1000}
    >
      <Stack>
        <Text size="sm">{t('ended')}</Text>
        <SignInForm name={session.me.email} slug={session.me.organization.slug} />
        <Anchor size="sm" href="/my/">
          {t('other')}
        </Anchor>
      </Stack>
    </Modal>
  );
}

export function UnreachablePage() {
  const t = signInTexts.use();
  useEffect(() => {
    const timer = setInterval(() => void openPortalSession(), 3_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack maw={400} role="alert">
        <Title order={1}>{t('unreachable')}</Title>
        <Text>{t('unreachableText')}</Text>
      </Stack>
    </Center>
  );
}
