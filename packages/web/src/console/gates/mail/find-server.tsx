// Finding the mail server of a domain by what its Autodiscover says, step by step; hosts outside of it only when confirmed.
import { Alert, Button, Group, List, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import type { MailServerDiscovery } from '@gatehouse/contracts/admin/mail-discovery.ts';
import { useState } from 'react';
import { useChange } from '../../../api/hooks.ts';
import { discoverMailServer } from '../../../api/operations/mail-gate.ts';
import { Failure } from '../../../design/failure.tsx';
import { Plain } from '../../../design/plain.tsx';
import { mailTexts } from './texts.ts';

export function FindServer({ onFound }: { onFound: (url: string) => void }) {
  const t = mailTexts.use();
  const [address, setAddress] = useState('');
  const [password, setPassword] = useState('');
  const [confirmed, setConfirmed] = useState<readonly string[]>([]);
  const search = useChange(discoverMailServer);
  const ask = (hosts: readonly string[]) =>
    search.mutate({
      body: {
        address: address.trim(),
        ...(password === '' ? {} : { password }),
        ...(hosts.length === 0 ? {} : { confirmedHosts: [...hosts] }),
      },
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        ask(confirmed);
      }}
    >
      <Stack gap="sm">
        <TextInput
          type="email"
          required
          withAsterisk={false}
          label={t('discoverAddress')}
          value={address}
          maxLength={254}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <PasswordInput
          label={t('discoverPassword')}
          description={t('discoverPasswordHint')}
          value={password}
          autoComplete="off"
          maxLength={1_000}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {search.error && <Failure problem={search.error} />}
        {search.data && (
          <Found
            discovery={search.data}
            onUse={onFound}
            onConfirm={(hosts) => {
              const all = [...new Set([...confirmed, ...hosts])];
              setConfirmed(all);
              ask(all);
            }}
          />
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={search.isPending} disabled={address.trim() === ''}>
            {t('discoverDo')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface FoundProps {
  readonly discovery: MailServerDiscovery;
  readonly onUse: (url: string) => void;
  readonly onConfirm: (hosts: readonly string[]) => void;
}

function Found({ discovery: { url, steps, toConfirm }, onUse, onConfirm }: FoundProps) {
  const t = mailTexts.use();
  return (
    <Stack gap="xs" role="status">
      <List type="ordered" size="sm">
        {steps.map(({ asked, outcome, host }, index) => (
          <List.Item key={`${asked}/${index}`}>
            <Plain text={asked} limit={120} /> – {t(`step.${outcome}`)}{' '}
            {host !== undefined && <Plain text={host} limit={80} />}
          </List.Item>
        ))}
      </List>
      {url === null ? (
        <Text>{t('discoverNothing')}</Text>
      ) : (
        <Group>
          <Text>
            <Plain text={t('discoverFound', { url })} />
          </Text>
          <Button size="xs" onClick={() => onUse(url)}>
            {t('discoverUse')}
          </Button>
        </Group>
      )}
      {toConfirm.length > 0 && (
        <Alert color="orange" variant="light">
          <Stack gap="xs" align="flex-start">
            <Plain text={t('discoverConfirm', { hosts: toConfirm.join(', ') })} />
            <Button size="xs" variant="default" onClick={() => onConfirm(toConfirm)}>
              {t('discoverConfirmDo')}
            </Button>
          </Stack>
        </Alert>
      )}
    </Stack>
  );
}
