// Mail servers behind the gateway: each with whose mail it holds, the test, and the form; found by a mail address if need be.
import { ActionIcon, Button, Card, Group, List, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import type { MailServer } from '@gatehouse/contracts/admin/mail.ts';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange, useList } from '../../../api/hooks.ts';
import {
  assignMailServer,
  createMailServer,
  deleteMailServer,
  getMailServer,
  listMailServerAssignments,
  listMailServers,
  tryMailServer,
  unassignMailServer,
  updateMailServer,
} from '../../../api/operations/mail-gate.ts';
import { Dialog } from '../../../design/dialog.tsx';
import { Ask } from '../../../design/ask.tsx';
import { CopyText } from '../../../design/copy-text.tsx';
import { Created, Edited } from '../../../design/edited.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Hint } from '../../../design/hint.tsx';
import { Loading } from '../../../design/loading.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { Plain } from '../../../design/plain.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { StatusMark } from '../../../design/status-mark.tsx';
import { useMay } from '../../../session/session.ts';
import { type Chosen, ChooseThing } from '../../choices/choose-thing.tsx';
import { gateTexts } from '../texts.ts';
import { TrialButton } from '../trial-button.tsx';
import { FindServer } from './find-server.tsx';
import { ServerFields } from './server-fields.tsx';
import { mailTexts } from './texts.ts';

type Editing = { readonly server: MailServer } | { readonly url: string };

export function Servers() {
  const t = mailTexts.use();
  const shared = gateTexts.use();
  const mayManage = useMay()('mail.manage');
  const [editing, setEditing] = useState<Editing>();
  const [finding, setFinding] = useState(false);
  const list = useList(listMailServers, { query: { limit: 100 } }, { live: ['mail-server.*'] });
  if (list.error) return <Failure problem={list.error} retry={list.refetch} />;
  if (list.isPending) return <Loading lines={4} />;
  const add = mayManage && (
    <Group>
      <Button onClick={() => setEditing({ url: '' })}>{t('addServer')}</Button>
      <Button variant="default" onClick={() => setFinding(true)}>
        {t('discover')}
      </Button>
    </Group>
  );
  const done = ({ name }: MailServer) => {
    setEditing(undefined);
    notifyDone(shared('saved', { name: plainLine(name, 60) }));
  };
  return (
    <Stack gap="md">
      {list.items.length === 0 ? (
        <EmptyState title={t('serversEmptyTitle')} action={add}>
          {t('serversEmpty')}
        </EmptyState>
      ) : (
        add
      )}
      {list.items.map((server) => (
        <ServerCard
          key={server.id}
          server={server}
          mayManage={mayManage}
          onEdit={() => setEditing({ server })}
        />
      ))}
      <Dialog
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
        title={
          editing !== undefined && 'server' in editing
            ? t('editServer', { name: plainLine(editing.server.name, 60) })
            : t('addServer')
        }
        size="lg"
      >
        {editing !== undefined &&
          ('server' in editing ? (
            <Edited
              read={getMailServer}
              change={updateMailServer}
              given={{ params: { mailServerId: editing.server.id } }}
              names={{
                name: shared('name'),
                url: t('url'),
                loginForm: t('loginForm'),
                lockoutAttempts: t('lockout'),
                trust: t('trust'),
                enabled: t('enabled'),
              }}
              refreshes={[listMailServers]}
              onDone={done}
            >
              {({ thing, ...saving }) => <ServerFields server={thing} {...saving} />}
            </Edited>
          ) : (
            <Created create={createMailServer} refreshes={[listMailServers]} onDone={done}>
              {(saving) => <ServerFields url={editing.url} {...saving} />}
            </Created>
          ))}
      </Dialog>
      <Dialog opened={finding} onClose={() => setFinding(false)} title={t('discoverTitle')} size="lg">
        {finding && (
          <FindServer
            onFound={(url) => {
              setFinding(false);
              setEditing({ url });
            }}
          />
        )}
      </Dialog>
    </Stack>
  );
}

interface ServerCardProps {
  readonly server: MailServer;
  readonly mayManage: boolean;
  readonly onEdit: () => void;
}

function ServerCard({ server, mayManage, onEdit }: ServerCardProps) {
  const t = mailTexts.use();
  const shared = gateTexts.use();
  const [removing, setRemoving] = useState(false);
  const remove = useChange(deleteMailServer, {
    refreshes: [listMailServers],
    onDone: () => notifyDone(shared('removed', { name: plainLine(server.name, 60) })),
  });
  const name = plainLine(server.name, 60);
  return (
    <Card component="section" aria-label={name}>
      <Group justify="space-between" align="flex-start" mb="xs">
        <Group gap="sm">
          <Title order={2} size="h3">
            <Plain text={server.name} limit={60} />
          </Title>
          <StatusMark
            kind={server.enabled ? 'ok' : 'unchecked'}
            word={shared(server.enabled ? 'on' : 'off')}
          />
        </Group>
        {mayManage && (
          <Group gap="xs">
            <TrialButton
              operation={tryMailServer}
              given={{ params: { mailServerId: server.id } }}
              name={server.name}
              refreshes={[]}
            />
            <Button size="compact-sm" variant="default" onClick={onEdit}>
              {shared('edit')}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => setRemoving(true)}>
              {shared('remove')}
            </Button>
          </Group>
        )}
      </Group>
      <Text size="sm" mb="sm" component="div">
        <CopyText value={server.url} />
      </Text>
      <Assignments server={server} mayManage={mayManage} />
      <Ask
        opened={removing}
        onClose={() => setRemoving(false)}
        title={t('removeServer', { name })}
        verb={shared('remove')}
        danger
        busy={remove.isPending}
        problem={remove.error}
        onConfirm={() => remove.mutate({ params: { mailServerId: server.id } })}
      >
        <Text size="sm">{t('removeServerText')}</Text>
      </Ask>
    </Card>
  );
}

const targetKinds = ['organization', 'domain', 'group', 'user'] as const;
type TargetKind = (typeof targetKinds)[number];

function Assignments({ server, mayManage }: { server: MailServer; mayManage: boolean }) {
  const t = mailTexts.use();
  const [kind, setKind] = useState<TargetKind>('domain');
  const [domain, setDomain] = useState('');
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const params = { mailServerId: server.id };
  const list = useList(listMailServerAssignments, { params, query: { limit: 100 } });
  const refreshes = [listMailServerAssignments];
  const assign = useChange(assignMailServer, {
    refreshes,
    onDone: () => {
      setDomain('');
      setChosen(null);
    },
  });
  const unassign = useChange(unassignMailServer, { refreshes });
  const target = kind === 'organization' ? '' : kind === 'domain' ? domain.trim().toLowerCase() : chosen?.id;
  const complete = kind === 'organization' || (target !== undefined && target !== '');
  return (
    <Stack gap="xs">
      <Text fw={550} size="sm">
        {t('whose')}
      </Text>
      {list.items.length === 0 && !list.isPending && (
        <Text size="sm" c="dimmed">
          {t('whoseNobody')}
        </Text>
      )}
      <List listStyleType="none" spacing={2}>
        {list.items.map((each) => {
          const name =
            each.targetKind === 'organization' ? t('target.organization') : (each.targetName ?? each.target);
          const label = t('unassign', { name: plainLine(name, 60) });
          return (
            <List.Item key={each.id}>
              <Group gap="xs">
                <Text span size="sm">
                  <Plain text={name} limit={80} />
                </Text>
                {mayManage && (
                  <Hint label={label}>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      size="sm"
                      aria-label={label}
                      onClick={() => unassign.mutate({ params: { mailAssignmentId: each.id } })}
                    >
                      <IconTrash size={14} aria-hidden />
                    </ActionIcon>
                  </Hint>
                )}
              </Group>
            </List.Item>
          );
        })}
      </List>
      {mayManage && (
        <Group align="flex-end" gap="sm">
          <Select
            label={t('assignTo')}
            data={targetKinds.map((each) => ({ value: each, label: t(`target.${each}`) }))}
            value={kind}
            allowDeselect={false}
            w={180}
            onChange={(next) => next !== null && setKind(next as TargetKind)}
          />
          {kind === 'domain' && (
            <TextInput
              label={t('domain')}
              value={domain}
              maxLength={253}
              onChange={(event) => setDomain(event.currentTarget.value)}
            />
          )}
          {(kind === 'group' || kind === 'user') && (
            <ChooseThing
              key={kind}
              what={kind}
              label={t(`target.${kind}`)}
              chosen={chosen}
              onChoose={setChosen}
            />
          )}
          <Button
            variant="default"
            disabled={!complete}
            loading={assign.isPending}
            onClick={() =>
              assign.mutate({ params, body: { targetKind: kind, ...(target ? { target } : {}) } })
            }
          >
            {t('assign')}
          </Button>
        </Group>
      )}
      {(assign.error ?? unassign.error) && <Failure problem={assign.error ?? unassign.error} />}
    </Stack>
  );
}
