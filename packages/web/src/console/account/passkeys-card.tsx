// The own passkeys: several, named, and never the last factor taken away where one is demanded.
import type { Passkey } from '@gatehouse/contracts/admin/passkeys.ts';
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { Dialog } from '../../design/dialog.tsx';
import { IconFingerprint } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { useChange, useRead } from '../../api/hooks.ts';
import {
  addPasskey,
  listOwnPasskeys,
  listOwnSessions,
  offerPasskey,
  removePasskey,
  renamePasskey,
} from '../../api/operations/account.ts';
import { isApiProblem } from '../../api/problem.ts';
import { Ask } from '../../design/ask.tsx';
import { Failure, problemText } from '../../design/failure.tsx';
import { notifyDone } from '../../design/notify.tsx';
import { plainLine } from '../../design/plain-text.ts';
import { Plain } from '../../design/plain.tsx';
import { Time } from '../../design/time.tsx';
import { hasPasskeys, isDismissed, isKnownHere, makePasskey } from '../../session/passkey.ts';
import { begin } from '../../session/session.ts';
import { Part } from './part.tsx';
import { accountTexts } from './texts.ts';

export function PasskeysCard() {
  const t = accountTexts.use();
  const { data, error, refetch } = useRead(listOwnPasskeys, {});
  const [adding, setAdding] = useState(false);
  const [renamed, setRenamed] = useState<Passkey>();
  const [removed, setRemoved] = useState<Passkey>();
  const remove = useChange(removePasskey, {
    refreshes: [listOwnPasskeys],
    onDone: () => setRemoved(undefined),
  });
  return (
    <Part title={t('passkeys')} text={t('passkeysText')}>
      {error && <Failure problem={error} retry={() => void refetch()} />}
      {data?.items.length === 0 && <Text size="sm">{t('noPasskeys')}</Text>}
      {data?.items.map((passkey) => (
        <Group key={passkey.id} justify="space-between" wrap="wrap">
          <div>
            <Text fw={500}>
              <Plain text={passkey.name} limit={100} />
            </Text>
            <Text size="sm" c="dimmed" component="div">
              {t('added')} <Time at={passkey.createdAt} /> · {t('used')}{' '}
              {passkey.lastUsedAt === undefined ? t('never') : <Time at={passkey.lastUsedAt} />}
              {passkey.backedUp && <> · {t('synced')}</>}
            </Text>
          </div>
          <Group gap="xs">
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`${t('rename')}: ${plainLine(passkey.name, 80)}`}
              onClick={() => setRenamed(passkey)}
            >
              {t('rename')}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`${t('remove')}: ${plainLine(passkey.name, 80)}`}
              onClick={() => setRemoved(passkey)}
            >
              {t('remove')}
            </Button>
          </Group>
        </Group>
      ))}
      {hasPasskeys() ? (
        <Button
          leftSection={<IconFingerprint size={18} aria-hidden />}
          onClick={() => setAdding(true)}
          style={{ alignSelf: 'flex-start' }}
        >
          {t('addPasskey')}
        </Button>
      ) : (
        <Text size="sm">{t('noWebauthn')}</Text>
      )}
      <Dialog opened={adding} onClose={() => setAdding(false)} title={t('addPasskey')}>
        {adding && <Add onClose={() => setAdding(false)} />}
      </Dialog>
      <Dialog opened={renamed !== undefined} onClose={() => setRenamed(undefined)} title={t('rename')}>
        {renamed && <Rename passkey={renamed} onClose={() => setRenamed(undefined)} />}
      </Dialog>
      <Ask
        opened={removed !== undefined}
        onClose={() => {
          setRemoved(undefined);
          remove.reset();
        }}
        title={t('removeAsk', { name: removed?.name ?? '' })}
        verb={t('remove')}
        danger
        consequences={{
          goes: [isApiProblem(remove.error, 'last-second-factor') ? t('lastFactor') : t('removeGoes')],
        }}
        busy={remove.isPending}
        problem={remove.error}
        onConfirm={() => removed && remove.mutate({ params: { passkeyId: removed.id } })}
      />
    </Part>
  );
}

function NameField({ name, onChange }: { name: string; onChange: (name: string) => void }) {
  const t = accountTexts.use();
  return (
    <TextInput
      label={t('passkeyName')}
      description={t('passkeyNameHint')}
      value={name}
      onChange={(event) => onChange(event.currentTarget.value)}
      maxLength={100}
      required
      data-autofocus
    />
  );
}

function Add({ onClose }: { onClose: () => void }) {
  const t = accountTexts.use();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);

  async function add(): Promise<void> {
    setBusy(true);
    setProblem('');
    try {
      const { answer: offer } = await call(offerPasskey, {});
      const made = await makePasskey(offer);
      const { answer } = await call(addPasskey, { body: { ...made, name: name.trim() } });
      await begin(answer);
      await client.invalidateQueries({ queryKey: [listOwnPasskeys.id] });
      await client.invalidateQueries({ queryKey: [listOwnSessions.id] });
      notifyDone(t('passkeyAdded', { name: name.trim() }));
      onClose();
    } catch (error) {
      setProblem(
        isDismissed(error) ? t('dismissed') : isKnownHere(error) ? t('knownHere') : problemText(error),
      );
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') void add();
      }}
    >
      <Stack>
        <NameField name={name} onChange={setName} />
        {problem !== '' && (
          <Text c="red" size="sm" role="alert">
            {problem}
          </Text>
        )}
        <Button type="submit" loading={busy}>
          {t('addPasskey')}
        </Button>
      </Stack>
    </form>
  );
}

function Rename({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const t = accountTexts.use();
  const [name, setName] = useState(passkey.name);
  const rename = useChange(renamePasskey, { refreshes: [listOwnPasskeys], onDone: onClose });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '')
          rename.mutate({ params: { passkeyId: passkey.id }, body: { name: name.trim() } });
      }}
    >
      <Stack>
        <NameField name={name} onChange={setName} />
        {rename.error && <Failure problem={rename.error} />}
        <Button type="submit" loading={rename.isPending}>
          {t('rename')}
        </Button>
      </Stack>
    </form>
  );
}
