// What is to come and what was: who ordered it and why, how far it got, and the way to cancel what no device has yet.
import { Button, Collapse, Group, Stack, Table, Text, Title, UnstyledButton } from '@mantine/core';
import type { Command } from '@gatehouse/contracts/admin/commands.ts';
import { commandDefinition } from '@gatehouse/core/commands/catalogue.ts';
import { IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange, useList } from '../../../../api/hooks.ts';
import {
  cancelCommand,
  getCommand,
  listAvailableCommands,
  listCommands,
} from '../../../../api/operations/device.ts';
import { Ask } from '../../../../design/ask.tsx';
import { EmptyState } from '../../../../design/empty-state.tsx';
import { Failure } from '../../../../design/failure.tsx';
import { JsonText } from '../../../../design/json-text.tsx';
import { Loading } from '../../../../design/loading.tsx';
import { Plain } from '../../../../design/plain.tsx';
import { StatusMark } from '../../../../design/status-mark.tsx';
import { Time } from '../../../../design/time.tsx';
import { formatTime } from '../../../../language/format.ts';
import { useMay } from '../../../../session/session.ts';
import { ActorName } from '../../../actors/actor-name.tsx';
import { deviceTexts } from '../texts.ts';
import { useDeviceId, useEvery } from '../use-device.ts';
import { commandName, commandStateKind, commandStateText, isUpcoming } from './command-words.ts';
import { commandTexts } from './texts.ts';

export function CommandsTab() {
  const t = commandTexts.use();
  const d = deviceTexts.use();
  const deviceId = useDeviceId();
  const list = useList(listCommands, { params: { deviceId } }, useEvery());
  const [asked, setAsked] = useState<Command>();
  const cancel = useChange(cancelCommand, {
    refreshes: [listCommands, getCommand, listAvailableCommands],
    onDone: () => setAsked(undefined),
  });
  if (list.isPending) return <Loading lines={5} height={36} />;
  if (list.error !== null && list.items.length === 0)
    return <Failure problem={list.error} retry={list.refetch} />;
  const upcoming = list.items.filter(isUpcoming).toReversed();
  const past = list.items.filter((command) => !isUpcoming(command));
  return (
    <Stack>
      <Title order={2}>{t('upcoming')}</Title>
      {upcoming.length === 0 ? (
        <Text c="dimmed" size="sm">
          {t('upcomingNone')}
        </Text>
      ) : (
        <CommandTable label={t('upcoming')} commands={upcoming} onCancel={setAsked} />
      )}
      <Title order={2}>{t('past')}</Title>
      {past.length === 0 ? (
        <EmptyState title={t('pastNone')}>{t('pastNoneText')}</EmptyState>
      ) : (
        <CommandTable label={t('past')} commands={past} />
      )}
      {list.hasMore && (
        <Group>
          <Button variant="default" onClick={list.loadMore} loading={list.isLoadingMore}>
            {d('loadMore')}
          </Button>
        </Group>
      )}
      {asked !== undefined && (
        <Ask
          opened
          onClose={() => setAsked(undefined)}
          title={t('cancelAsk', { command: commandName(asked.name) })}
          verb={t('cancel')}
          keep={t('keep')}
          busy={cancel.isPending}
          problem={cancel.error}
          onConfirm={() => cancel.mutate({ params: { commandId: asked.id }, body: {} })}
        >
          <Text size="sm">{t('cancelNotice')}</Text>
        </Ask>
      )}
    </Stack>
  );
}

function CommandTable(props: {
  label: string;
  commands: readonly Command[];
  onCancel?: (command: Command) => void;
}) {
  const t = commandTexts.use();
  const d = deviceTexts.use();
  return (
    <Table.ScrollContainer minWidth={320} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table aria-label={props.label} verticalSpacing="xs">
        <Table.Thead visibleFrom="sm">
          <Table.Tr>
            <Table.Th>{t('command')}</Table.Th>
            <Table.Th>{d('state')}</Table.Th>
            <Table.Th>{t('who')}</Table.Th>
            <Table.Th>{t('when')}</Table.Th>
            <Table.Th>{t('result')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.commands.map((command) => (
            <CommandRow
              key={command.id}
              command={command}
              {...(props.onCancel === undefined ? {} : { onCancel: props.onCancel })}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function CommandRow({ command, onCancel }: { command: Command; onCancel?: (command: Command) => void }) {
  const t = commandTexts.use();
  const may = useMay();
  const [open, setOpen] = useState(false);
  const name = commandName(command.name);
  const hidden = command.state === 'acknowledged' && commandDefinition(command.name).privateResult;
  const who = command.origin === 'system' ? t('byRule') : <ActorName reference={command.requestedBy} />;
  const detail = {
    name: command.name,
    ...(command.channel === '' ? {} : { channel: command.channel }),
    params: command.params,
    ...(command.result === null ? {} : { result: command.result }),
    ...(command.errors === null ? {} : { errors: command.errors }),
  };
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Th scope="row" fw={550}>
        {name}
        <Text size="xs" c="dimmed" hiddenFrom="sm" component="div">
          {who} · <Time at={command.createdAt} />
        </Text>
        <div>
          <UnstyledButton
            fz="xs"
            c="dimmed"
            aria-expanded={open}
            aria-label={t('detailOf', { command: name })}
            onClick={() => setOpen(!open)}
            mih={24}
          >
            <IconChevronRight size={12} aria-hidden style={{ rotate: open ? '90deg' : '0deg' }} />{' '}
            {t('detail')}
          </UnstyledButton>
          <Collapse expanded={open}>
            <JsonText value={detail} label={t('detailOf', { command: name })} />
          </Collapse>
        </div>
      </Table.Th>
      <Table.Td>
        <StatusMark kind={commandStateKind(command)} word={commandStateText(command)} />
      </Table.Td>
      <Table.Td visibleFrom="sm">{who}</Table.Td>
      <Table.Td visibleFrom="sm">
        <Time at={command.createdAt} />
        {isUpcoming(command) && (
          <Text size="xs" c="dimmed">
            {t('expires', { time: formatTime(command.expiresAt) })}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {command.finishedAt !== null && <Time at={command.finishedAt} />}
        {command.reason !== null && (
          <Text size="sm">
            <Plain text={command.reason} />
          </Text>
        )}
        {hidden && (
          <Text size="xs" c="dimmed">
            {t('hidden')}
          </Text>
        )}
        {onCancel !== undefined && command.state === 'queued' && may('commands.cancel') && (
          <Button size="compact-sm" variant="default" onClick={() => onCancel(command)}>
            {t('cancel')}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
