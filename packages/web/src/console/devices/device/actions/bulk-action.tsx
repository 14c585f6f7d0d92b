// One action for many devices: what would happen to each is looked up before anything does, and what happened is told for each.
import { Alert, Button, Group, List, Modal, Stack, Table, Text } from '@mantine/core';
import type { CommandPreview, QueuedCommands } from '@gatehouse/contracts/admin/commands.ts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../../../api/call.ts';
import { useChange } from '../../../../api/hooks.ts';
import { previewCommand, queueCommands } from '../../../../api/operations/device.ts';
import type { ApiProblem } from '../../../../api/problem.ts';
import { Ask } from '../../../../design/ask.tsx';
import { Failure } from '../../../../design/failure.tsx';
import { Plain } from '../../../../design/plain.tsx';
import { useFields } from './action-dialog.tsx';
import type { CommandAction } from './action-catalogue.ts';
import { BudgetMeter } from './budget-meter.tsx';
import { countOutcomes, countPreview } from './bulk-counts.ts';
import { consequencesOf } from './consequences.ts';
import { actionTexts } from './texts.ts';

export interface BulkActionProps {
  readonly action: CommandAction;
  /** At most a thousand; what was selected when it was asked, and nothing that joins later. */
  readonly deviceIds: readonly string[];
  readonly onClose: () => void;
  /** After something was ordered. */
  readonly onDone?: () => void;
}

export function BulkAction({ action, deviceIds, onClose, onDone }: BulkActionProps) {
  const t = actionTexts.use();
  const [ids, setIds] = useState(deviceIds);
  const preview = useQuery<CommandPreview, ApiProblem>({
    queryKey: [previewCommand.id, action.name, ids],
    queryFn: async ({ signal }) =>
      (await call(previewCommand, { body: { name: action.name, deviceIds: [...ids] }, signal }))
        .answer as CommandPreview,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [outcome, setOutcome] = useState<QueuedCommands>();
  const title = t('bulkAsk', { action: t(action.name), count: ids.length });
  if (outcome !== undefined && preview.data !== undefined) {
    return (
      <Modal opened onClose={onClose} title={t(action.name)} size="lg">
        <Outcome
          outcome={outcome}
          preview={preview.data}
          onClose={onClose}
          onRetry={(failed) => {
            setOutcome(undefined);
            setIds(failed);
          }}
        />
      </Modal>
    );
  }
  if (preview.data === undefined) {
    return (
      <Modal opened onClose={onClose} title={title}>
        {preview.error === null ? (
          <Text role="status">{t('bulkLooking')}</Text>
        ) : (
          <Failure problem={preview.error} retry={() => void preview.refetch()} />
        )}
      </Modal>
    );
  }
  return (
    <Question
      key={ids.join()}
      action={action}
      preview={preview.data}
      title={title}
      onClose={onClose}
      onAnswer={(answer) => {
        setOutcome(answer);
        onDone?.();
      }}
    />
  );
}

function Question(props: {
  action: CommandAction;
  preview: CommandPreview;
  title: string;
  onClose: () => void;
  onAnswer: (answer: QueuedCommands) => void;
}) {
  const { action, preview, title, onClose, onAnswer } = props;
  const t = actionTexts.use();
  const counts = countPreview(preview);
  const fields = useFields(action.fields ?? []);
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const order = useChange(queueCommands, { onDone: onAnswer });
  const heavy = action.tier >= 2;
  if (counts.able.length === 0) {
    return (
      <Modal opened onClose={onClose} title={title}>
        <Stack>
          <Text>{t('bulkNobody')}</Text>
          <Reasons counts={counts} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('bulkClose')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    );
  }
  return (
    <Ask
      opened
      onClose={onClose}
      title={title}
      verb={t('bulkVerb', { action: t(action.name), count: counts.able.length })}
      danger={action.group === 'remove'}
      needsReason={heavy}
      busy={order.isPending}
      problem={order.error}
      onConfirm={({ reason }) => {
        fields.setTried(true);
        if (fields.missing || order.isPending) return;
        order.mutate({
          body: {
            name: action.name,
            deviceIds: counts.able,
            params: fields.params,
            ...(reason === '' ? {} : { reason }),
          },
          idempotencyKey,
        });
      }}
      {...(heavy
        ? { typed: String(counts.able.length), consequences: consequencesOf(action, undefined, t) }
        : {})}
    >
      <List size="sm">
        <List.Item>{t('bulkWill', { count: counts.able.length })}</List.Item>
        {counts.needApproval > 0 && (
          <List.Item>{t('bulkApproval', { count: counts.needApproval })}</List.Item>
        )}
        {counts.waiting > 0 && <List.Item>{t('bulkAlready', { count: counts.waiting })}</List.Item>}
      </List>
      <Reasons counts={counts} />
      {fields.inputs(fields.tried)}
      {heavy && counts.able.length > 1 && <Text size="sm">{t('bulkCanary')}</Text>}
      {heavy && <BudgetMeter further={counts.able.length - counts.needApproval} />}
    </Ask>
  );
}

function Reasons({ counts }: { counts: ReturnType<typeof countPreview> }) {
  const t = actionTexts.use();
  const sum = counts.reasons.reduce((total, { count }) => total + count, 0);
  if (sum === 0) return null;
  return (
    <Alert variant="light" color="gray" title={t('bulkNot', { count: sum })}>
      <List size="sm">
        {counts.reasons.map(({ message, count }) => (
          <List.Item key={message}>
            {count} × {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function Outcome(props: {
  outcome: QueuedCommands;
  preview: CommandPreview;
  onClose: () => void;
  onRetry: (deviceIds: string[]) => void;
}) {
  const { outcome, preview, onClose, onRetry } = props;
  const t = actionTexts.use();
  const { sent, held, failed } = countOutcomes(outcome);
  const names = new Map(preview.items.map((item) => [item.deviceId, item.deviceName]));
  return (
    <Stack>
      <List size="sm">
        {sent > 0 && <List.Item>{t('bulkSent', { count: sent })}</List.Item>}
        {held > 0 && <List.Item>{t('bulkHeld', { count: held })}</List.Item>}
        {failed.length > 0 && <List.Item>{t('bulkFailed', { count: failed.length })}</List.Item>}
      </List>
      {failed.length > 0 && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('device')}</Table.Th>
              <Table.Th>{t('why')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {failed.slice(0, 100).map((item) => (
              <Table.Tr key={item.deviceId}>
                <Table.Td>
                  <Plain text={names.get(item.deviceId) ?? item.deviceId} limit={80} />
                </Table.Td>
                <Table.Td>{item.refusal?.message}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Group justify="flex-end">
        {failed.length > 0 && (
          <Button variant="default" onClick={() => onRetry(failed.map(({ deviceId }) => deviceId))}>
            {t('bulkRetry')}
          </Button>
        )}
        <Button onClick={onClose}>{t('bulkClose')}</Button>
      </Group>
    </Stack>
  );
}
