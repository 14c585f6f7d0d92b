// What a change would do: counts with the devices behind them, by platform, group and reason, and the devices one by one.
import type { SimulatedDevice, Simulation } from '@gatehouse/contracts/admin/simulations.ts';
import { Button, Group, List, Select, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useList } from '../../api/hooks.ts';
import { listSimulatedDevices, type SimulatedEffect } from '../../api/operations/simulations.ts';
import { Bars } from '../../design/charts.tsx';
import { type Column, DataTable } from '../../design/data-table.tsx';
import { Failure } from '../../design/failure.tsx';
import { Plain } from '../../design/plain.tsx';
import { RouteLink } from '../../design/route-link.tsx';
import { StatusMark } from '../../design/status-mark.tsx';
import { formatNumber, formatShare, formatTime } from '../../language/format.ts';
import { isWithoutEffect, mostConcerned, shareOf, type SummaryLine, summaryLines } from './summary.ts';
import { simulationTexts } from './texts.ts';

type Say = ReturnType<typeof simulationTexts.use>;
type TextKey = Parameters<Say>[0];

const gateNames = new Set(['network', 'mail', 'vpn', 'apps', 'content']);
const tones = { bad: 'bad', ok: 'ok', grace: 'grace', plain: 'info' } as const;

/** Of `useSimulation()`, or of one that was run before (`useSimulationResult`). */
export function SimulationFound({ simulation }: { simulation: Simulation }) {
  const t = simulationTexts.use();
  const { counts, fleet } = simulation;
  const [effect, setEffect] = useState<SimulatedEffect | 'all' | undefined>(undefined);
  return (
    <Stack gap="sm" role="region" aria-label={t('result')}>
      <Text size="sm" c="dimmed">
        {t('basis', {
          time: formatTime(simulation.createdAt),
          examined: formatNumber(counts.examined),
          fleet: formatNumber(fleet),
        })}
      </Text>
      {isWithoutEffect(counts) ? (
        <StatusMark kind="ok" word={t('none')} />
      ) : (
        <>
          <List listStyleType="none" spacing={4} aria-label={t('result')}>
            {summaryLines(counts).map((line) => (
              <List.Item key={`${line.key}/${line.of ?? ''}`}>
                <Group gap="xs">
                  <StatusMark kind={tones[line.tone]} word={lineText(line, t)} />
                  {line.count > 0 && (
                    <Text size="sm" c="dimmed">
                      {t('ofFleet', {
                        share: formatShare(shareOf(line.count, fleet)),
                        fleet: formatNumber(fleet),
                      })}
                    </Text>
                  )}
                </Group>
              </List.Item>
            ))}
          </List>
          <Breakdown simulation={simulation} />
          <Group>
            <Button
              size="xs"
              variant="default"
              onClick={() => setEffect((before) => (before === undefined ? 'all' : undefined))}
              aria-expanded={effect !== undefined}
            >
              {t(effect === undefined ? 'showDevices' : 'hideDevices')}
            </Button>
          </Group>
          {effect !== undefined && <Devices simulation={simulation} effect={effect} onEffect={setEffect} />}
        </>
      )}
    </Stack>
  );
}

function lineText({ key, count, of }: SummaryLine, t: Say): string {
  const named = of !== undefined && gateNames.has(of) ? t(`gate_${of}` as TextKey) : (of ?? '');
  return t(key, { count, of: named });
}

function Breakdown({ simulation: { counts } }: { simulation: Simulation }) {
  const t = simulationTexts.use();
  const parts = [
    [t('byReason'), counts.byReason],
    [t('byPlatform'), counts.byPlatform],
    [t('byGroup'), counts.byGroup],
  ] as const;
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      {parts.map(([title, shares]) => {
        const shown = mostConcerned(shares);
        return shown.length === 0 ? null : (
          <div key={title}>
            <Title order={3} size="h5" mb={4}>
              {title}
            </Title>
            <Bars
              label={title}
              bars={shown.map((share) => ({
                label: share.name,
                value: Math.max(share.notCompliant, share.losing),
                tone: 'bad',
              }))}
            />
          </div>
        );
      })}
    </SimpleGrid>
  );
}

interface DevicesProps {
  readonly simulation: Simulation;
  readonly effect: SimulatedEffect | 'all';
  readonly onEffect: (effect: SimulatedEffect | 'all') => void;
}

function Devices({ simulation, effect, onEffect }: DevicesProps) {
  const t = simulationTexts.use();
  const list = useList(listSimulatedDevices, {
    params: { simulationId: simulation.id },
    query: { effect: effect === 'all' ? undefined : effect },
  });
  const effects = [...new Set(summaryLines(simulation.counts).map((line) => line.effect))];
  return (
    <Stack gap="xs">
      <Select
        label={t('effect')}
        w={280}
        maw="100%"
        allowDeselect={false}
        value={effect}
        onChange={(value) => value !== null && onEffect(value as SimulatedEffect | 'all')}
        data={[
          { value: 'all', label: t('everyEffect') },
          ...effects.map((each) => ({ value: each, label: t(`effect_${each}` as TextKey) })),
        ]}
      />
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('devices')}
          columns={deviceColumns(t)}
          rows={list.items}
          rowKey={(row) => row.deviceId}
          rowLabel={(row) => row.name}
          rowLink={(row) => `/devices/${row.deviceId}`}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          isPending={list.isPending}
          isStale={list.isStale}
          empty={<Text c="dimmed">{t('noneListed')}</Text>}
        />
      )}
      {simulation.listed < simulation.counts.changed && (
        <Text size="sm" c="dimmed">
          {t('listedFirst', { count: simulation.listed })}
        </Text>
      )}
    </Stack>
  );
}

function deviceColumns(t: Say): readonly Column<SimulatedDevice>[] {
  const word = (compliant: boolean) => t(compliant ? 'compliant' : 'notCompliant');
  return [
    {
      key: 'name',
      title: t('name'),
      card: 'title',
      render: (row) => (
        <RouteLink to={`/devices/${row.deviceId}`} size="sm">
          <Plain text={row.name === '' ? row.deviceId : row.name} />
        </RouteLink>
      ),
    },
    { key: 'owner', title: t('owner'), render: (row) => <Plain text={row.userName ?? '–'} /> },
    {
      key: 'change',
      title: t('change'),
      card: 'mark',
      render: ({ before, after }) => (
        <StatusMark
          kind={after.compliant ? 'ok' : 'bad'}
          word={
            before.compliant === after.compliant
              ? word(after.compliant)
              : `${word(before.compliant)} → ${word(after.compliant)}`
          }
        />
      ),
    },
    {
      key: 'because',
      title: t('because'),
      render: ({ reasons }) => <Plain text={reasons.map(({ name }) => name).join(', ') || '–'} />,
    },
    {
      key: 'later',
      title: t('ends'),
      render: ({ later }) => {
        const [next] = later;
        return next === undefined ? '–' : formatTime(next.at);
      },
    },
  ];
}
