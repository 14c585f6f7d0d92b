// Devices that nobody knows: what is known of each, which enrolled device it may be, and the decision, one by one or in bulk.
import { Button, Group, Select, Stack, Text } from '@mantine/core';
import type { MailDevice, MailSettings } from '@gatehouse/contracts/admin/mail.ts';
import { strangerTreatments } from '@gatehouse/core/mail/mail-device.ts';
import { useState } from 'react';
import { useChange, useList, useRead } from '../../../api/hooks.ts';
import { findDevice } from '../../../api/operations/choices.ts';
import { changeMailSettings, getMailSettings, listMailDevices } from '../../../api/operations/mail-gate.ts';
import { Dialog } from '../../../design/dialog.tsx';
import { Ask } from '../../../design/ask.tsx';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { notifyProblem } from '../../../design/notify.tsx';
import { Plain } from '../../../design/plain.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { Time } from '../../../design/time.tsx';
import { useMay } from '../../../session/session.ts';
import { type Chosen, ChooseThing } from '../../choices/choose-thing.tsx';
import { gateTexts } from '../texts.ts';
import { sureSuggestion, waiting } from './mail-view.ts';
import { mailTexts } from './texts.ts';
import { useDecisions } from './use-decisions.ts';

export function Approve() {
  const t = mailTexts.use();
  const shared = gateTexts.use();
  const mayDecide = useMay()('mail.approve');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<{
    readonly decision: 'approve' | 'block';
    readonly ids: readonly string[];
  }>();
  const [linking, setLinking] = useState<MailDevice>();
  const list = useList(listMailDevices, { query: waiting }, { live: ['mail-device.*'], every: 10_000 });
  const mayManage = useMay()('mail.manage');
  const settings = useRead(getMailSettings, {});
  const treat = useChange(changeMailSettings, {
    refreshes: [getMailSettings, listMailDevices],
    onError: (problem) => notifyProblem(problem),
  });
  const { isBusy, decide, link } = useDecisions();
  if (list.error) return <Failure problem={list.error} retry={list.refetch} />;
  const chosen = list.items.filter(({ id }) => selected.has(id));
  const sure = chosen.flatMap((device) => {
    const deviceId = sureSuggestion(device);
    return deviceId === undefined ? [] : [[device.id, deviceId] as const];
  });
  const columns: Column<MailDevice>[] = [
    {
      key: 'user',
      title: t('user'),
      card: 'title',
      width: '20%',
      render: ({ userName, login }) => <Plain text={userName ?? login} limit={60} />,
    },
    {
      key: 'agent',
      title: t('agent'),
      render: ({ type, userAgent, mailId }) => (
        <Plain text={[type, userAgent ?? mailId].filter(Boolean).join(' · ')} limit={90} />
      ),
    },
    {
      key: 'first',
      title: t('firstSeen'),
      width: '8.5rem',
      card: 'mark',
      render: ({ firstSeenAt }) => <Time at={firstSeenAt} />,
    },
    {
      key: 'suggestions',
      title: t('suggestions'),
      width: '18rem',
      render: (device) => (
        <Suggestion
          device={device}
          {...(mayDecide ? { onLink: (deviceId: string) => void link([[device.id, deviceId]]) } : {})}
        />
      ),
    },
    ...(mayDecide
      ? [
          {
            key: 'actions',
            title: shared('actions'),
            width: '15rem',
            render: (device: MailDevice) => (
              <Group gap="xs" wrap="nowrap">
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => setAsking({ decision: 'approve', ids: [device.id] })}
                >
                  {t('letIn')}
                </Button>
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => setAsking({ decision: 'block', ids: [device.id] })}
                >
                  {t('block')}
                </Button>
                <Button
                  size="compact-sm"
                  variant="subtle"
                  onClick={() => setLinking(device)}
                  aria-label={t('linkOther')}
                >
                  …
                </Button>
              </Group>
            ),
          },
        ]
      : []),
  ];
  const isApproving = asking?.decision === 'approve';
  const count = asking?.ids.length ?? 0;
  return (
    <>
      <Text size="sm" c="dimmed">
        {t('approveMeaning')}
      </Text>
      {settings.data && (
        <Select
          label={t('strangers')}
          data={strangerTreatments.map((each) => ({ value: each, label: t(`strangers_${each}`) }))}
          value={settings.data.strangers}
          allowDeselect={false}
          disabled={!mayManage || treat.isPending}
          w={380}
          maw="100%"
          onChange={(next) =>
            next !== null && treat.mutate({ body: { strangers: next as MailSettings['strangers'] } })
          }
        />
      )}
      {chosen.length > 0 && (
        <Group>
          {sure.length > 0 && (
            <Button
              loading={isBusy}
              onClick={() => {
                setSelected(new Set());
                void link(sure);
              }}
            >
              {t('linkSelected', { count: sure.length })}
            </Button>
          )}
          <Button
            variant="default"
            onClick={() => setAsking({ decision: 'approve', ids: chosen.map(({ id }) => id) })}
          >
            {t('letInSelected', { count: chosen.length })}
          </Button>
          <Button
            variant="default"
            onClick={() => setAsking({ decision: 'block', ids: chosen.map(({ id }) => id) })}
          >
            {t('blockSelected', { count: chosen.length })}
          </Button>
        </Group>
      )}
      <DataTable
        label={t('approve')}
        columns={columns}
        rows={list.items}
        rowKey={({ id }) => id}
        rowLabel={({ userName, login, type }) => `${userName ?? login} ${type}`}
        {...(mayDecide ? { selection: { selected, onChange: setSelected } } : {})}
        isPending={list.isPending}
        hasMore={list.hasMore}
        loadMore={list.loadMore}
        empty={<EmptyState title={t('approveEmptyTitle')}>{t('approveEmpty')}</EmptyState>}
      />
      <Ask
        opened={asking !== undefined}
        onClose={() => setAsking(undefined)}
        title={t(isApproving ? 'letInTitle' : 'blockTitle', { count })}
        verb={t(isApproving ? 'letIn' : 'block')}
        danger={!isApproving}
        needsReason
        busy={isBusy}
        onConfirm={({ reason }) => {
          if (asking === undefined) return;
          setAsking(undefined);
          setSelected(new Set());
          void decide(asking.decision, asking.ids, reason);
        }}
      >
        <Text size="sm">{t(isApproving ? 'letInText' : 'blockText')}</Text>
      </Ask>
      <Dialog opened={linking !== undefined} onClose={() => setLinking(undefined)} title={t('linkTitle')}>
        {linking !== undefined && (
          <LinkOther
            onLink={(deviceId) => {
              setLinking(undefined);
              void link([[linking.id, deviceId]]);
            }}
          />
        )}
      </Dialog>
    </>
  );
}

function LinkOther({ onLink }: { onLink: (deviceId: string) => void }) {
  const t = mailTexts.use();
  const [device, setDevice] = useState<Chosen | null>(null);
  return (
    <Stack>
      <Text size="sm">{t('linkHint')}</Text>
      <ChooseThing what="device" label={t('linkChoose')} chosen={device} onChoose={setDevice} />
      <Group justify="flex-end">
        <Button disabled={device === null} onClick={() => device && onLink(device.id)}>
          {t('linkDo')}
        </Button>
      </Group>
    </Stack>
  );
}

/** The likeliest enrolled device, by its name, with what speaks for it. */
function Suggestion({ device, onLink }: { device: MailDevice; onLink?: (deviceId: string) => void }) {
  const t = mailTexts.use();
  const [best] = device.suggestions;
  const { data } = useRead(
    findDevice,
    { params: { deviceId: best?.deviceId ?? '' } },
    { enabled: best !== undefined },
  );
  if (best === undefined)
    return (
      <Text span size="sm" c="dimmed">
        {t('noSuggestion')}
      </Text>
    );
  const name = plainLine(data?.name || best.deviceId, 30);
  const why = `${best.evidence.map((kind) => t(`evidence.${kind}`)).join(', ')} · ${t('score', { score: best.score })}`;
  return onLink === undefined ? (
    <span>
      {name} ({why})
    </span>
  ) : (
    <Button size="compact-sm" variant="light" title={why} onClick={() => onLink(best.deviceId)}>
      {t('link', { name })}
    </Button>
  );
}
