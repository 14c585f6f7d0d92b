// What applies to the device: what should be on it and how far it has come, and for each setting which policy won and against whom.
import { Accordion, Button, List, Stack, Table, Text, Title } from '@mantine/core';
import type { DesiredState, EffectivePolicy } from '@gatehouse/contracts/admin/policies.ts';
import { useChange, useRead } from '../../../../api/hooks.ts';
import { getDesiredState, getEffectivePolicy, retryDesiredItem } from '../../../../api/operations/device.ts';
import { EmptyState } from '../../../../design/empty-state.tsx';
import { Facts } from '../../../../design/facts.tsx';
import { Failure } from '../../../../design/failure.tsx';
import { Loading } from '../../../../design/loading.tsx';
import { notifyDone, notifyProblem } from '../../../../design/notify.tsx';
import { Plain } from '../../../../design/plain.tsx';
import { plainLine } from '../../../../design/plain-text.ts';
import { RouteLink } from '../../../../design/route-link.tsx';
import { addressWith } from '../../../../design/search-params.ts';
import { type StatusKind, StatusMark } from '../../../../design/status-mark.tsx';
import { formatTime } from '../../../../language/format.ts';
import { useMay } from '../../../../session/session.ts';
import { deviceTexts } from '../texts.ts';
import { useDeviceId, useEvery } from '../use-device.ts';
import { type SettingRow, settingRows } from './settings-shown.ts';
import { policyTexts } from './texts.ts';

export function PoliciesTab() {
  const deviceId = useDeviceId();
  const every = useEvery();
  const policy = useRead(getEffectivePolicy, { params: { deviceId } }, every);
  const desired = useRead(getDesiredState, { params: { deviceId } }, every);
  const d = deviceTexts.use();
  const t = policyTexts.use();
  return (
    <Stack>
      {desired.data !== undefined ? (
        <DesiredItems items={desired.data.items} />
      ) : desired.isPending ? (
        <Loading />
      ) : (
        <Failure
          problem={desired.error}
          title={d('partMissing', { part: t('items') })}
          retry={() => void desired.refetch()}
        />
      )}
      {policy.data !== undefined ? (
        <EffectiveSettings policy={policy.data} />
      ) : policy.isPending ? (
        <Loading />
      ) : (
        <Failure
          problem={policy.error}
          title={d('partMissing', { part: t('settings') })}
          retry={() => void policy.refetch()}
        />
      )}
    </Stack>
  );
}

type Item = DesiredState['items'][number];

const stateKinds = {
  pending: 'pending',
  sent: 'pending',
  installed: 'ok',
  failed: 'bad',
  withheld: 'grace',
  removing: 'pending',
  foreign: 'info',
  outdone: 'unchecked',
} as const satisfies Record<Item['state'], StatusKind>;

function DesiredItems({ items }: { items: readonly Item[] }) {
  const t = policyTexts.use();
  const d = deviceTexts.use();
  const may = useMay();
  const deviceId = useDeviceId();
  const retry = useChange(retryDesiredItem, {
    refreshes: [getDesiredState],
    onError: (problem) => notifyProblem(problem, t('retry')),
  });
  return (
    <section aria-labelledby="desired">
      <Title order={2} id="desired" mb="xs">
        {t('items')}
      </Title>
      {items.length === 0 ? (
        <EmptyState title={t('itemsNone')}>{t('itemsNoneText')}</EmptyState>
      ) : (
        <Table aria-label={t('items')} layout="fixed" style={{ overflowWrap: 'anywhere' }}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('item')}</Table.Th>
              <Table.Th>{d('state')}</Table.Th>
              <Table.Th>{t('reason')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((item) => (
              <Table.Tr key={`${item.channel} ${item.form} ${item.identifier}`}>
                <Table.Th scope="row" fw={500}>
                  {item.source.kind === 'resource' && item.source.id !== null && may('resources.read') ? (
                    <RouteLink to={`/policies/resources/${item.source.id}`} size="sm">
                      <Plain text={item.source.name || item.identifier} limit={100} />
                    </RouteLink>
                  ) : (
                    <Plain text={item.source.name || item.identifier} limit={100} />
                  )}
                  <Text size="xs" c="dimmed">
                    {t(`source_${item.source.kind}`)} · {item.form}
                  </Text>
                </Table.Th>
                <Table.Td>
                  <StatusMark
                    kind={stateKinds[item.state]}
                    word={t(`state_${item.state}`)}
                    {...(item.since === null ? {} : { since: item.since })}
                  />
                </Table.Td>
                <Table.Td>
                  {item.reason !== null && <Plain text={item.reason} limit={400} />}
                  {item.attempts > 0 && (
                    <Text size="xs" c="dimmed">
                      {t('attempts', { count: item.attempts })}
                      {item.nextAttemptAt !== null &&
                        ` · ${t('nextAttempt', { time: formatTime(item.nextAttemptAt) })}`}
                    </Text>
                  )}
                  {item.state === 'failed' && may('devices.refresh') && (
                    <Button
                      size="compact-sm"
                      variant="default"
                      loading={retry.isPending}
                      onClick={() =>
                        retry.mutate(
                          {
                            params: { deviceId },
                            body: { channel: item.channel, form: item.form, identifier: item.identifier },
                          },
                          {
                            onSuccess: () =>
                              notifyDone(t('retryDone', { name: plainLine(item.source.name, 60) })),
                          },
                        )
                      }
                    >
                      {t('retry')}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </section>
  );
}

function EffectiveSettings({ policy }: { policy: EffectivePolicy }) {
  const t = policyTexts.use();
  const { set, defaults } = settingRows(policy);
  const { acknowledgedVersion, version, scheduleOrigin } = policy;
  return (
    <section aria-labelledby="settings">
      <Title order={2} id="settings" mb="xs">
        {t('settings')}
      </Title>
      <Facts
        rows={[
          {
            label: t('version'),
            value: t(
              acknowledgedVersion === null ? 'never' : acknowledgedVersion === version ? 'current' : 'old',
            ),
          },
          {
            label: t('schedule'),
            value:
              scheduleOrigin === null ? (
                t('scheduleDefault')
              ) : (
                <Plain
                  text={t('scheduleFrom', {
                    name: scheduleOrigin.name,
                    target: t(`target_${scheduleOrigin.path.targetKind}`, {
                      name: scheduleOrigin.path.targetName,
                    }),
                  })}
                />
              ),
          },
        ]}
      />
      {set.length === 0 ? (
        <Text size="sm" my="sm">
          {t('noneSet')}
        </Text>
      ) : (
        <SettingTable rows={set} label={t('set')} />
      )}
      {defaults.length > 0 && (
        <Accordion variant="contained" transitionDuration={0} keepMounted={false} order={3} mt="sm">
          <Accordion.Item value="defaults">
            <Accordion.Control>{t('defaults', { count: defaults.length })}</Accordion.Control>
            <Accordion.Panel>
              <SettingTable rows={defaults} label={t('why_default')} />
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      )}
    </section>
  );
}

function SettingTable({ rows, label }: { rows: readonly SettingRow[]; label: string }) {
  const t = policyTexts.use();
  return (
    <Table aria-label={label} layout="fixed" mt="sm" style={{ overflowWrap: 'anywhere' }}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('setting')}</Table.Th>
          <Table.Th w="25%">{t('value')}</Table.Th>
          <Table.Th>
            {t('winner')} · {t('why')}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row.name}>
            <Table.Th scope="row" fw={400}>
              {row.name}
            </Table.Th>
            <Table.Td>
              <Plain text={row.value} limit={100} />
            </Table.Td>
            <Table.Td>
              <Origin row={row} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Origin({ row: { origin, losers } }: { row: SettingRow }) {
  const t = policyTexts.use();
  const { winner, why, candidates } = origin;
  const reason = t(`why_${why}`, { count: candidates.length });
  if (winner === null) return reason;
  return (
    <>
      <RouteLink
        to={addressWith(`/policies/suites/${winner.policyId}`, { version: winner.policyVersion })}
        size="sm"
      >
        <Plain text={winner.policyName} limit={80} />
      </RouteLink>{' '}
      · {t(`target_${winner.path.targetKind}`, { name: plainLine(winner.path.targetName, 60) })}
      <Text size="xs" c="dimmed">
        {reason}
      </Text>
      {losers.length > 0 && (
        <List size="xs">
          {losers.map((loser) => (
            <List.Item key={`${loser.policyId} ${loser.path.targetId}`}>
              <Plain
                text={t('lost', {
                  name: loser.policyName,
                  version: loser.policyVersion,
                  value: loser.value,
                })}
              />
            </List.Item>
          ))}
        </List>
      )}
    </>
  );
}
