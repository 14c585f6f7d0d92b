import { publicEventNames } from '@gatehouse/core/events/event-catalogue.ts';
import type { Webhook } from '@gatehouse/contracts/admin/webhooks.ts';
import { Button, Card, Group, Modal, MultiSelect, Stack, Text, TextInput, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useChange, useList } from '../../../api/hooks.ts';
import {
  createWebhook,
  deleteWebhook,
  listWebhooks,
  pingWebhook,
  updateWebhook,
} from '../../../api/operations/integrations.ts';
import { Ask } from '../../../design/ask.tsx';
import { CopyText } from '../../../design/copy-text.tsx';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { Failure } from '../../../design/failure.tsx';
import { notifyDone, notifyProblem } from '../../../design/notify.tsx';
import { Plain } from '../../../design/plain.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { type StatusKind, StatusMark } from '../../../design/status-mark.tsx';
import { integrationTexts } from '../texts.ts';

export function WebhooksCard() {
  const t = integrationTexts.use();
  const [adding, setAdding] = useState(false);
  const [deleting, setDeleting] = useState<Webhook | null>(null);
  const [secret, setSecret] = useState<{ readonly name: string; readonly secret: string } | null>(null);
  const list = useList(listWebhooks, { query: { limit: 100 } }, { every: 15_000 });
  const refreshes = [listWebhooks];
  const onError = (problem: unknown) => notifyProblem(problem);
  const ping = useChange(pingWebhook, { refreshes, onDone: () => notifyDone(t('hookPinged')), onError });
  const change = useChange(updateWebhook, { refreshes, onError });
  const remove = useChange(deleteWebhook, { refreshes, onDone: () => setDeleting(null) });
  const columns: Column<Webhook>[] = [
    {
      key: 'name',
      title: t('hookName'),
      width: '12rem',
      card: 'title',
      render: (hook) => <Plain text={hook.name} />,
    },
    { key: 'url', title: t('hookUrl'), render: (hook) => <Plain text={hook.url} limit={80} /> },
    {
      key: 'state',
      title: t('hookState'),
      width: '12rem',
      card: 'mark',
      render: (hook) => <HookState hook={hook} />,
    },
    {
      key: 'do',
      title: '',
      width: '19rem',
      render: (hook) => (
        <Group gap={4} wrap="nowrap">
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => ping.mutate({ params: { webhookId: hook.id } })}
          >
            {t('hookPing')}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() =>
              change.mutate({
                params: { webhookId: hook.id },
                body: { state: hook.state === 'enabled' ? 'disabled' : 'enabled' },
              })
            }
          >
            {hook.state === 'enabled' ? t('hookOff') : t('hookOn')}
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => setDeleting(hook)}>
            {t('hookDelete')}
          </Button>
        </Group>
      ),
    },
  ];
  const name = plainLine(deleting?.name ?? '', 60);
  return (
    <Card component="section" aria-label={t('hooks')}>
      <Group justify="space-between" align="flex-start" wrap="nowrap" mb="sm">
        <div>
          <Title order={2}>{t('hooks')}</Title>
          <Text size="sm" c="dimmed">
            {t('hooksMeaning')}
          </Text>
        </div>
        <Button variant="default" onClick={() => setAdding(true)} flex="none">
          {t('hookAdd')}
        </Button>
      </Group>
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('hooks')}
          columns={columns}
          rows={list.items}
          rowKey={(hook) => hook.id}
          rowLabel={(hook) => hook.name}
          isPending={list.isPending}
          empty={<Text c="dimmed">{t('hookEmpty')}</Text>}
        />
      )}
      <Modal opened={adding} onClose={() => setAdding(false)} title={t('hookTitle')}>
        {adding && (
          <HookForm
            onDone={(made) => {
              setAdding(false);
              setSecret(made);
            }}
          />
        )}
      </Modal>
      <Modal
        opened={secret !== null}
        onClose={() => setSecret(null)}
        title={t('hookSecret', { name: plainLine(secret?.name ?? '', 60) })}
      >
        <Stack gap="sm">
          <Text size="sm">{t('hookSecretText')}</Text>
          {secret && <CopyText value={secret.secret} />}
          <Button onClick={() => setSecret(null)}>{t('close')}</Button>
        </Stack>
      </Modal>
      <Ask
        opened={deleting !== null}
        onClose={() => setDeleting(null)}
        title={t('hookDeleteTitle', { name })}
        verb={t('hookDelete')}
        keep={t('hookKeep')}
        danger
        busy={remove.isPending}
        problem={remove.error}
        onConfirm={() => deleting && remove.mutate({ params: { webhookId: deleting.id } })}
      >
        <Text size="sm">{t('hookDeleteText')}</Text>
      </Ask>
    </Card>
  );
}

function HookState({ hook }: { hook: Webhook }) {
  const t = integrationTexts.use();
  const failing = hook.failingSince !== null;
  const kind: StatusKind = hook.state === 'disabled' ? 'unchecked' : failing ? 'bad' : 'ok';
  const word = hook.state === 'disabled' ? t('hookDisabled') : failing ? t('hookFailing') : t('hookGood');
  const why = hook.stateReason ?? hook.lastFailure;
  return (
    <StatusMark
      kind={kind}
      word={hook.waiting > 0 ? `${word}, ${t('hookWaiting', { count: hook.waiting })}` : word}
      {...(why === null || kind === 'ok' ? {} : { why: <Plain text={why} /> })}
      since={hook.failingSince ?? undefined}
    />
  );
}

function HookForm({ onDone }: { onDone: (made: { name: string; secret: string }) => void }) {
  const t = integrationTexts.use();
  const [name, setName] = useState('');
  const [url, setUrl] = useState('https://');
  const [events, setEvents] = useState<string[]>(['device.posture-changed']);
  const [tried, setTried] = useState(false);
  const create = useChange(createWebhook, { refreshes: [listWebhooks], onDone });
  const wrong = {
    name: name.trim() === '',
    url: !/^https:\/\/[^\s/]+/.test(url),
    events: events.length === 0,
  };
  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    if (wrong.name || wrong.url || wrong.events) return;
    const chosen = publicEventNames.filter((each) => events.includes(each));
    create.mutate({ body: { name: name.trim(), url, events: chosen }, idempotencyKey: crypto.randomUUID() });
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput
          label={t('hookName')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={tried && wrong.name ? t('needed') : undefined}
          maxLength={100}
          data-autofocus
        />
        <TextInput
          label={t('hookUrl')}
          type="url"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          error={tried && wrong.url ? t('hookUrlWrong') : undefined}
          maxLength={2048}
        />
        <MultiSelect
          label={t('hookEvents')}
          data={[...publicEventNames]}
          value={events}
          onChange={setEvents}
          error={tried && wrong.events ? t('hookNeeded') : undefined}
          searchable
          clearable
        />
        {create.error && <Failure problem={create.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={create.isPending}>
            {t('hookAdd')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
