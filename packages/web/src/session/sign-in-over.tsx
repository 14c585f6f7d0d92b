// The session ended while somebody was at work: the sign-in comes over the page, and the page stays as it is.
import { Anchor, Modal, Stack, Text } from '@mantine/core';
import { useSession } from './session.ts';
import { SignInForm } from './sign-in-form.tsx';
import { sessionTexts } from './texts.ts';

export function SignInOver() {
  const t = sessionTexts.use();
  const session = useSession();
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
        <SignInForm email={session.person.me.label} />
        <Anchor size="sm" href={location.pathname}>
          {t('other')}
        </Anchor>
      </Stack>
    </Modal>
  );
}
