// How far what was just ordered has come: on the page, not inside a payload somewhere.
import { Alert, Button, CloseButton, Group, Text } from '@mantine/core';
import { useChange, useRead } from '../../../../api/hooks.ts';
import {
  cancelCommand,
  getCommand,
  listAvailableCommands,
  listCommands,
} from '../../../../api/operations/device.ts';
import { notifyProblem } from '../../../../design/notify.tsx';
import { Plain } from '../../../../design/plain.tsx';
import { useMay } from '../../../../session/session.ts';
import { commandName, commandStateText } from '../commands/command-words.ts';
import { useDeviceId } from '../use-device.ts';
import { actionTexts } from './texts.ts';
import { forgetUnderway, useUnderway } from './underway-store.ts';

const colours = {
  queued: 'gate',
  delivered: 'gate',
  acknowledged: 'green',
  failed: 'red',
  expired: 'orange',
  cancelled: 'gray',
} as const;

export function Underway() {
  const commandId = useUnderway(useDeviceId());
  const may = useMay();
  return commandId === undefined || !may('commands.read') ? null : <Progress commandId={commandId} />;
}

function Progress({ commandId }: { commandId: string }) {
  const t = actionTexts.use();
  const may = useMay();
  const { data: command } = useRead(getCommand, { params: { commandId } }, { every: 3_000, keep: true });
  const cancel = useChange(cancelCommand, {
    refreshes: [getCommand, listCommands, listAvailableCommands],
    onError: (problem) => notifyProblem(problem, t('cancel')),
  });
  if (command === undefined) return null;
  return (
    <Alert color={colours[command.state]} variant="light" py="xs" role="status">
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Text size="sm">
            {t('underway', { action: commandName(command.name), state: commandStateText(command) })}
          </Text>
          {command.reason !== null && (
            <Text size="sm">
              <Plain text={command.reason} />
            </Text>
          )}
          {command.state === 'acknowledged' && command.name === 'lock-device' && (
            <Text size="xs" c="dimmed">
              {command.result === null || Object.keys(command.result).length === 0 ? null : t('pinInEscrow')}
            </Text>
          )}
        </div>
        <Group gap="xs" wrap="nowrap">
          {command.state === 'queued' && may('commands.cancel') && (
            <Button
              size="xs"
              variant="default"
              loading={cancel.isPending}
              onClick={() => cancel.mutate({ params: { commandId }, body: {} })}
            >
              {t('cancel')}
            </Button>
          )}
          <CloseButton aria-label={t('close')} onClick={forgetUnderway} />
        </Group>
      </Group>
    </Alert>
  );
}
