// What needs somebody now, and how the fleet stands. Each tile stands and fails alone; each number leads to its devices.
import { Button, Grid, Group, Select, Stack, Text } from '@mantine/core';
import type { Attention, FleetDays, Overview } from '@gatehouse/contracts/admin/overview.ts';
import { standings } from '@gatehouse/core/compliance/standing.ts';
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useRead } from '../../api/hooks.ts';
import { listFleetDays, readAttention, readOverview } from '../../api/operations/fleet.ts';
import type { ApiProblem } from '../../api/problem.ts';
import { Bars, Meter, StackedArea, Tile, type Tone } from '../../design/charts.tsx';
import { EmptyState } from '../../design/empty-state.tsx';
import { Failure } from '../../design/failure.tsx';
import { Loading } from '../../design/loading.tsx';
import { Page } from '../../design/page.tsx';
import { plainLine } from '../../design/plain-text.ts';
import { RouteLink, useAddressOf } from '../../design/route-link.tsx';
import { StatusMark } from '../../design/status-mark.tsx';
import { Time } from '../../design/time.tsx';
import { formatDate, formatDuration, formatNumber, formatShare } from '../../language/format.ts';
import { useMay } from '../../session/session.ts';
import { listOf, reasonQuery } from '../fleet/device-lists.ts';
import { fleetTexts } from '../fleet/texts.ts';
import {
  attentionLink,
  complianceTrend,
  gateQuery,
  platformQuery,
  silenceQuery,
  standingQuery,
  versionQuery,
} from './links.ts';
import { LiveFeed } from './live-feed.tsx';
import { overviewTexts } from './texts.ts';

const everyMs = 30_000;
const news = ['device.posture-changed', 'device.registered', 'device.unmanaged', 'device.deleted'];

export function OverviewPage() {
  const t = overviewTexts.use();
  const addressOf = useAddressOf();
  const may = useMay();
  const figures = useRead(readOverview, {}, { every: everyMs, live: news, keep: true });
  const attention = useRead(
    readAttention,
    {},
    { every: everyMs, live: [...news, 'alert.raised'], keep: true },
  );
  const days = useRead(listFleetDays, { query: { days: 30 } }, { every: 300_000 });
  const isNew = figures.data?.devices === 0;
  return (
    <Page
      title={t('title')}
      meaning={
        figures.data && (
          <>
            {t('asOf', { time: '' })}
            <Time at={figures.data.asOf} form="time" />
          </>
        )
      }
      action={
        may('enrollments.read') && (
          <Button component="a" href={addressOf('/enrolment')}>
            {t('enrol')}
          </Button>
        )
      }
    >
      {isNew && (
        <EmptyState title={t('welcome')} action={<RouteLink to="/setup-guide">{t('guide')}</RouteLink>}>
          {t('welcomeText')}
        </EmptyState>
      )}
      <Grid gap="md">
        <Grid.Col span={12} order={1}>
          <Tile title={t('attention')}>
            <Part of={attention}>{(data) => <AttentionList items={data.items} />}</Part>
          </Tile>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }} order={{ base: 3, lg: 2 }}>
          <Stack gap="md">
            <Tile title={figures.data ? countText(t, figures.data.devices) : t('fleetTile')}>
              <Part of={figures}>{(data) => <Platforms figures={data} />}</Part>
            </Tile>
            <Tile title={t('versions')}>
              <Part of={figures}>{(data) => <Versions figures={data} />}</Part>
            </Tile>
            <Tile title={t('silence')}>
              <Part of={figures}>{(data) => <Silence figures={data} />}</Part>
            </Tile>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }} order={{ base: 4, lg: 3 }}>
          <Stack gap="md">
            <Tile title={t('complianceTile')}>
              <Part of={figures}>{(data) => <Standings figures={data} />}</Part>
              <Part of={days}>{(data) => <Compliance days={data.items} />}</Part>
            </Tile>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }} order={{ base: 2, lg: 4 }}>
          <Stack gap="md">
            <Tile title={t('gates')}>
              <Part of={figures}>{(data) => <Gates figures={data} />}</Part>
            </Tile>
            <Tile title={t('reasons')}>
              <Part of={figures}>{(data) => <Reasons figures={data} />}</Part>
            </Tile>
            <LiveFeed />
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
}

type Say = ReturnType<typeof overviewTexts.use>;

const countText = (t: Say, count: number): string =>
  t('fleet', { count }).replace(String(count), formatNumber(count));

function Part<Data>({
  of,
  children,
}: {
  of: UseQueryResult<Data, ApiProblem>;
  children: (data: Data) => ReactNode;
}) {
  if (of.data !== undefined) return children(of.data);
  if (of.error !== null) return <Failure problem={of.error} retry={() => void of.refetch()} />;
  return <Loading lines={4} height={20} />;
}

const marks = { critical: 'bad', warning: 'grace', info: 'info' } as const;

function AttentionList({ items }: { items: Attention['items'] }) {
  const t = overviewTexts.use();
  if (items.length === 0) return <StatusMark kind="ok" word={t('nothing')} />;
  return (
    <Stack component="ul" gap="xs" m={0} p={0} style={{ listStyle: 'none' }}>
      {items.map((item) => {
        const slots = {
          count: item.count ?? 0,
          subject: plainLine(item.subject ?? '', 80),
          until: item.until === null ? '' : formatDate(item.until),
        };
        return (
          <Group component="li" key={`${item.kind} ${item.subject} ${item.severity}`} gap="sm">
            <StatusMark kind={marks[item.severity]} word={t(item.severity)} />
            <RouteLink to={attentionLink(item)} size="sm" fw={600}>
              {t(item.kind, slots)}
            </RouteLink>
            {item.since !== null && (
              <Text size="sm" c="dimmed" component="span">
                <Time at={item.since} />
              </Text>
            )}
          </Group>
        );
      })}
    </Stack>
  );
}

function Platforms({ figures }: { figures: Overview }) {
  const f = fleetTexts.use();
  const t = overviewTexts.use();
  return (
    <Bars
      label={t('fleetTile')}
      bars={figures.platforms.map(({ platform, devices }) => ({
        label: f(platform),
        value: devices,
        to: listOf(platformQuery(platform)),
      }))}
    />
  );
}

const tones: Readonly<Record<(typeof standings)[number], Tone>> = {
  bad: 'bad',
  stale: 'stale',
  unknown: 'stale',
  grace: 'grace',
  exempt: 'exempt',
  unchecked: 'stale',
  ok: 'ok',
};

function Standings({ figures }: { figures: Overview }) {
  const f = fleetTexts.use();
  const t = overviewTexts.use();
  return (
    <Bars
      label={t('complianceTile')}
      bars={standings
        .toReversed()
        .filter((each) => figures.standings[each] > 0)
        .map((each) => ({
          label: f(each),
          value: figures.standings[each],
          to: listOf(standingQuery(each)),
          tone: tones[each],
        }))}
    />
  );
}

function Compliance({ days }: { days: FleetDays['items'] }) {
  const t = overviewTexts.use();
  const f = fleetTexts.use();
  const trend = complianceTrend(days);
  if (trend === null || days.length < 2) {
    return (
      <Text size="sm" c="dimmed" mt="sm">
        {t('complianceSoon')}
      </Text>
    );
  }
  const points = Math.round(Math.abs(trend.change) * 1_000) / 10;
  const slots = { share: formatShare(trend.now), change: formatNumber(points), days: days.length - 1 };
  const title =
    points === 0 ? t('compliance', slots) : t(trend.change > 0 ? 'complianceUp' : 'complianceDown', slots);
  const shown = standings.toReversed().filter((each) => days.some((day) => (day.standings[each] ?? 0) > 0));
  return (
    <StackedArea
      title={title}
      steps={days.map(({ day }) => formatDate(`${day}T12:00:00Z`))}
      series={shown.map((each) => ({
        label: f(each),
        tone: tones[each],
        values: days.map(({ standings: of }) => of[each] ?? 0),
      }))}
    />
  );
}

const gateNames = ['network', 'mail', 'vpn'] as const;

function Gates({ figures }: { figures: Overview }) {
  const f = fleetTexts.use();
  return (
    <Stack gap="sm">
      {gateNames.map((gate) => (
        <div key={gate}>
          <Text size="sm" fw={600}>
            {f(gate)}
          </Text>
          <Meter
            label={f(gate)}
            parts={(
              [
                ['allow', 'ok'],
                ['quarantine', 'grace'],
                ['deny', 'bad'],
              ] as const
            ).map(([access, tone]) => ({
              label: f(access),
              value: figures.gates[gate][access],
              tone,
              to: listOf(gateQuery(gate, access)),
            }))}
          />
        </div>
      ))}
    </Stack>
  );
}

function Reasons({ figures }: { figures: Overview }) {
  const t = overviewTexts.use();
  const f = fleetTexts.use();
  if (figures.reasons.length === 0) return <StatusMark kind="ok" word={t('noReasons')} />;
  return (
    <Bars
      label={t('reasons')}
      bars={figures.reasons.map(({ rule, kind, name, devices }) => ({
        label: name === null ? f(`rule-${kind}` as 'rule-apps') : plainLine(name, 60),
        value: devices,
        to: listOf(reasonQuery(rule)),
        tone: 'bad',
      }))}
    />
  );
}

function Silence({ figures }: { figures: Overview }) {
  const t = overviewTexts.use();
  const f = fleetTexts.use();
  const span = (seconds: number | null) => formatDuration((seconds ?? 0) * 1_000);
  return (
    <Bars
      label={t('silence')}
      bars={figures.silence.map((bucket) => {
        const { fromSeconds, toSeconds, devices } = bucket;
        const slots = { from: span(fromSeconds), to: span(toSeconds) };
        const label =
          fromSeconds === null
            ? f('never')
            : fromSeconds === 0
              ? t('silenceLess', slots)
              : toSeconds === null
                ? t('silenceMore', slots)
                : t('silenceRange', slots);
        return { label, value: devices, to: listOf(silenceQuery(bucket)) };
      })}
    />
  );
}

function Versions({ figures }: { figures: Overview }) {
  const t = overviewTexts.use();
  const f = fleetTexts.use();
  const [chosen, setChosen] = useState<string | null>(null);
  const known = figures.platforms.filter(({ versions }) => versions.length > 0);
  const shown = known.find(({ platform }) => platform === chosen) ?? known[0];
  if (shown === undefined) return <Text c="dimmed">–</Text>;
  return (
    <Stack gap="xs">
      {known.length > 1 && (
        <Select
          aria-label={t('versions')}
          size="xs"
          data={known.map(({ platform }) => ({ value: platform, label: f(platform) }))}
          value={shown.platform}
          onChange={setChosen}
          allowDeselect={false}
          comboboxProps={{ transitionProps: { duration: 0 } }}
        />
      )}
      <Bars
        label={`${t('versions')}: ${f(shown.platform)}`}
        bars={shown.versions.slice(0, 8).map(({ version, devices }) => ({
          label: plainLine(version, 40),
          value: devices,
          to: listOf(versionQuery(shown.platform, version)),
        }))}
      />
    </Stack>
  );
}
