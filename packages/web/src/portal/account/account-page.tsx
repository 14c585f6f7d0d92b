// The own details, how the page looks, the password, and where one is signed in.
import {
  Alert,
  Button,
  Card,
  Group,
  PasswordInput,
  SegmentedControl,
  Stack,
  Text,
  Title,
  useMantineColorScheme,
} from '@mantine/core';
import { type FormEvent, useId, useState } from 'react';
import { useChange, useRead } from '../../api/hooks.ts';
import { Facts } from '../../design/facts.tsx';
import { Failure } from '../../design/failure.tsx';
import { Loading } from '../../design/loading.tsx';
import { Page } from '../../design/page.tsx';
import { Plain } from '../../design/plain.tsx';
import { RouteLink } from '../../design/route-link.tsx';
import { Time } from '../../design/time.tsx';
import {
  chooseLanguage,
  currentLanguage,
  type Language,
  languageNames,
  languages,
} from '../../language/texts.ts';
import { changeMyPassword, endMySession, listMySessions } from '../operations.ts';
import shared from '../portal.module.css';
import { leavePortal, useMyself } from '../session/portal-session.ts';
import { browserName } from './browser-name.ts';
import { accountTexts } from './texts.ts';

export function AccountPage() {
  const t = accountTexts.use();
  const me = useMyself();
  const text = (value: string | null) =>
    value === null || value === '' ? null : <Plain text={value} limit={100} />;
  return (
    <Page
      title={t('title')}
      meaning={t('meaning')}
      action={
        <Button variant="default" size="md" onClick={() => void leavePortal()}>
          {t('signOut')}
        </Button>
      }
    >
      <Card component="section" aria-labelledby="details">
        <Stack gap="sm">
          <Title order={2} id="details">
            {t('details')}
          </Title>
          <Facts
            rows={[
              { label: t('name'), value: text(me.displayName) },
              { label: t('userName'), value: text(me.userName) },
              { label: t('domain'), value: text(me.domain) },
              { label: t('email'), value: text(me.email) },
              { label: t('employeeId'), value: text(me.employeeId) },
              { label: t('organization'), value: text(me.organization.name) },
            ]}
          />
          <Text size="sm" c="dimmed">
            {t('wrong')}
          </Text>
        </Stack>
      </Card>
      <Card component="section" aria-labelledby="documents">
        <Title order={2} id="documents">
          <RouteLink to="/documents">{t('documents')}</RouteLink>
        </Title>
        <Text size="sm" c="dimmed">
          {t('documentsText')}
        </Text>
      </Card>
      <Appearance />
      <PasswordForm length={me.passwordLength} />
      <Sessions />
    </Page>
  );
}

function Appearance() {
  const t = accountTexts.use();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [theme, language] = [useId(), useId()];
  return (
    <Card component="section" aria-labelledby="appearance">
      <Stack gap="sm">
        <Title order={2} id="appearance">
          {t('appearance')}
        </Title>
        <Group gap="lg">
          <div>
            <Text size="sm" fw={500} id={theme}>
              {t('theme')}
            </Text>
            <SegmentedControl
              aria-labelledby={theme}
              value={colorScheme}
              onChange={(value) => setColorScheme(value as 'auto' | 'light' | 'dark')}
              data={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: t(value) }))}
            />
          </div>
          <div>
            <Text size="sm" fw={500} id={language}>
              {t('language')}
            </Text>
            <SegmentedControl
              aria-labelledby={language}
              value={currentLanguage()}
              onChange={(value) => void chooseLanguage(value as Language)}
              data={languages.map((value) => ({ value, label: languageNames[value] }))}
            />
          </div>
        </Group>
      </Stack>
    </Card>
  );
}

function PasswordForm({ length }: { length: number }) {
  const t = accountTexts.use();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [repeat, setRepeat] = useState('');
  const [tried, setTried] = useState(false);
  const change = useChange(changeMyPassword, {
    refreshes: [listMySessions],
    onDone: () => {
      setCurrent('');
      setNext('');
      setRepeat('');
      setTried(false);
    },
  });
  const short = [...next].length < length;
  const refused = change.error?.reason;
  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    if (current === '' || short || next !== repeat) return;
    change.mutate({ body: { current, password: next } });
  }
  const wrongNow = refused === 'wrong-password' ? t('wrongPassword') : undefined;
  const common = refused === 'password-common' ? t('common') : undefined;
  return (
    <Card component="section" aria-labelledby="password">
      <form onSubmit={submit} noValidate>
        <Stack gap="sm" maw={420}>
          <Title order={2} id="password">
            {t('password')}
          </Title>
          {change.isSuccess && (
            <Alert color="green" role="status">
              {t('changed')}
            </Alert>
          )}
          {change.error && wrongNow === undefined && common === undefined && (
            <Failure problem={change.error} />
          )}
          <PasswordInput
            label={t('current')}
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
            error={tried && current === '' ? t('required') : wrongNow}
            autoComplete="current-password"
          />
          <PasswordInput
            label={t('next')}
            description={t('rule', { count: length })}
            value={next}
            onChange={(event) => setNext(event.currentTarget.value)}
            error={tried && short ? t('short', { count: length }) : common}
            autoComplete="new-password"
          />
          <PasswordInput
            label={t('repeat')}
            value={repeat}
            onChange={(event) => setRepeat(event.currentTarget.value)}
            error={tried && next !== repeat ? t('differ') : undefined}
            autoComplete="new-password"
          />
          <Button type="submit" loading={change.isPending}>
            {t('change')}
          </Button>
        </Stack>
      </form>
    </Card>
  );
}

function Sessions() {
  const t = accountTexts.use();
  const sessions = useRead(listMySessions, {});
  const end = useChange(endMySession, { refreshes: [listMySessions] });
  return (
    <Card component="section" aria-labelledby="sessions">
      <Stack gap="sm">
        <Title order={2} id="sessions">
          {t('sessions')}
        </Title>
        {sessions.error && sessions.data === undefined ? (
          <Failure problem={sessions.error} retry={() => void sessions.refetch()} />
        ) : sessions.data === undefined ? (
          <Loading lines={2} />
        ) : (
          <ul className={shared.list}>
            {sessions.data.items.map((session) => {
              const browser = browserName(session.browser) || t('browser');
              return (
                <li key={session.id} className={shared.entry}>
                  <Group justify="space-between" gap="xs">
                    <div>
                      <Text>
                        {browser}
                        {session.current && ` · ${t('thisOne')}`}
                      </Text>
                      <Text size="sm" c="dimmed" component="div">
                        {t('signedIn')} <Time at={session.createdAt} form="time" />, {t('lastUsed')}{' '}
                        <Time at={session.seenAt} />
                      </Text>
                    </div>
                    {!session.current && (
                      <Button
                        variant="default"
                        size="xs"
                        aria-label={t('endLabel', { browser })}
                        onClick={() => end.mutate({ params: { sessionId: session.id } })}
                      >
                        {t('end')}
                      </Button>
                    )}
                  </Group>
                </li>
              );
            })}
          </ul>
        )}
        {end.error && <Failure problem={end.error} />}
      </Stack>
    </Card>
  );
}
