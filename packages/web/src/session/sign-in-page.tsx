// Where everybody begins who is not signed in.
import { Card, Center, Stack, Text, Title } from '@mantine/core';
import { useEffect } from 'react';
import { BrandMark } from '../design/brand-mark.tsx';
import { knownOrganization, SignInForm } from './sign-in-form.tsx';
import { openSession } from './session.ts';
import { sessionTexts } from './texts.ts';

export function SignInPage() {
  const t = sessionTexts.use();
  useEffect(() => {
    document.title = `${t('title')} – Gatehouse`;
  }, [t]);
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack w="100%" maw={400} gap="lg">
        <Stack gap="xs" align="center">
          <BrandMark slug={knownOrganization()} size={44} />
          <Title order={1}>{t('title')}</Title>
        </Stack>
        <Card>
          <SignInForm />
        </Card>
      </Stack>
    </Center>
  );
}

export function UnreachablePage() {
  const t = sessionTexts.use();
  useEffect(() => {
    const timer = setInterval(() => void openSession(), 3_000);
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
