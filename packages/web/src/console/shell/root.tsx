// Who sees what: nobody signed in sees the sign-in, everybody else the console.
import { Button, Stack, Text, Title } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { EmptyState } from '../../design/empty-state.tsx';
import { Page } from '../../design/page.tsx';
import { RouteLink } from '../../design/route-link.tsx';
import { useSession } from '../../session/session.ts';
import { SignInPage, UnreachablePage } from '../../session/sign-in-page.tsx';
import { Shell } from './shell.tsx';
import { shellTexts } from './texts.ts';

export function Root() {
  const session = useSession();
  if (session.state === 'unknown') return null;
  if (session.state === 'nobody') return <SignInPage />;
  if (session.state === 'unreachable') return <UnreachablePage />;
  return <Shell />;
}

export function NotFoundPage() {
  const t = shellTexts.use();
  return (
    <Page title={t('notFound')}>
      <EmptyState title={t('notFoundText')} action={<RouteLink to="/">{t('toOverview')}</RouteLink>} />
    </Page>
  );
}

export function BrokenPage({ error }: ErrorComponentProps) {
  const t = shellTexts.use();
  return (
    <Stack role="alert" align="flex-start">
      <Title order={1}>{t('broken')}</Title>
      <Text>{t('brokenText')}</Text>
      <Text ff="monospace" size="sm">
        {String(error).slice(0, 300)}
      </Text>
      <Button onClick={() => location.reload()}>{t('reload')}</Button>
    </Stack>
  );
}
