// Pictures of numbers: bars, lines, areas, meters. Each has its table one key away, and its title says what it shows.
import { ActionIcon, Card, Group, Table, Text, Title } from '@mantine/core';
import { IconChartBar, IconTable } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { formatNumber } from '../language/format.ts';
import { stackSeries, type Series } from './chart-shapes.ts';
import classes from './charts.module.css';
import { Hint } from './hint.tsx';
import { Plain } from './plain.tsx';
import { RouteLink } from './route-link.tsx';
import { designTexts } from './texts.ts';

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The list that has exactly these. */
  readonly to?: string;
  readonly tone?: Tone;
}

export type Tone = 'ok' | 'bad' | 'grace' | 'stale' | 'exempt' | 'plain';

const toneClass = (tone: Tone = 'plain') => classes[tone] ?? '';

/** Sorted as they are given; at most as many as one reads. */
export function Bars({ bars, label }: { bars: readonly Bar[]; label: string }) {
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <table className={classes.bars} aria-label={label}>
      <tbody>
        {bars.map((bar) => (
          <tr key={bar.label}>
            <th scope="row">
              <Plain text={bar.label} limit={80} />
            </th>
            <td className={classes.number}>
              {bar.to === undefined ? (
                formatNumber(bar.value)
              ) : (
                <RouteLink to={bar.to} size="sm">
                  {formatNumber(bar.value)}
                </RouteLink>
              )}
            </td>
            <td className={classes.track} aria-hidden>
              <svg width="100%" height="12" preserveAspectRatio="none">
                <rect
                  width={`${(bar.value / most) * 100}%`}
                  height="12"
                  rx="3"
                  className={toneClass(bar.tone)}
                />
              </svg>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Parts of a whole in one line. */
export function Meter({ parts, label }: { parts: readonly (Bar & { tone: Tone })[]; label: string }) {
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  const share = (value: number) => (total === 0 ? 0 : (value / total) * 100);
  const placed = parts.map((part, index) => ({
    ...part,
    width: share(part.value),
    x: share(parts.slice(0, index).reduce((sum, before) => sum + before.value, 0)),
  }));
  return (
    <div>
      <svg
        width="100%"
        height="14"
        role="img"
        aria-label={`${label}: ${parts.map((part) => `${part.label} ${part.value}`).join(', ')}`}
      >
        <rect width="100%" height="14" rx="4" className={classes.empty} />
        {placed.map((part) => (
          <rect
            key={part.label}
            x={`${part.x}%`}
            width={`${part.width}%`}
            height="14"
            className={toneClass(part.tone)}
          />
        ))}
      </svg>
      <Group gap="md" mt={4}>
        {parts.map((part) => (
          <Text key={part.label} size="xs">
            <svg width="10" height="10" aria-hidden>
              <rect width="10" height="10" rx="2" className={toneClass(part.tone)} />
            </svg>{' '}
            {part.label}{' '}
            {part.to === undefined ? (
              formatNumber(part.value)
            ) : (
              // Beside text of its colour, it is the line that makes it a link.
              <RouteLink to={part.to} size="xs" underline="always">
                {formatNumber(part.value)}
              </RouteLink>
            )}
          </Text>
        ))}
      </Group>
    </div>
  );
}

export interface AreaProps {
  /** Says what is seen: `96.4 % compliant, 0.8 points below last week`. */
  readonly title: string;
  /** What stands below each step. */
  readonly steps: readonly string[];
  readonly series: readonly (Series & { readonly tone: Tone })[];
  readonly action?: ReactNode;
}

/** Counts over time, one above the other. */
export function StackedArea({ title, steps, series, action }: AreaProps) {
  const t = designTexts.use();
  const id = useId();
  const [table, setTable] = useState(false);
  const { areas, most } = stackSeries(series, 600, 160);
  const switchTo = table ? t('asPicture') : t('asTable');
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" mb="xs">
        <Title order={3} id={id}>
          {title}
        </Title>
        <Group gap="xs" wrap="nowrap">
          {action}
          <Hint label={switchTo}>
            <ActionIcon variant="subtle" color="gray" aria-label={switchTo} onClick={() => setTable(!table)}>
              {table ? <IconChartBar size={18} aria-hidden /> : <IconTable size={18} aria-hidden />}
            </ActionIcon>
          </Hint>
        </Group>
      </Group>
      {table ? (
        <Table.ScrollContainer minWidth={360} mah={220}>
          <Table aria-labelledby={id} striped>
            <Table.Thead>
              <Table.Tr>
                <Table.Td />
                {series.map((each) => (
                  <Table.Th key={each.label}>{each.label}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {steps.map((step, index) => (
                <Table.Tr key={step}>
                  <Table.Th scope="row">{step}</Table.Th>
                  {series.map((each) => (
                    <Table.Td key={each.label}>{formatNumber(each.values[index] ?? 0)}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : (
        <>
          <svg
            viewBox="0 0 600 160"
            preserveAspectRatio="none"
            width="100%"
            height="160"
            role="img"
            aria-labelledby={id}
            className={classes.area}
          >
            {areas.map((path, index) => (
              <path key={series[index]?.label} d={path} className={toneClass(series[index]?.tone)} />
            ))}
          </svg>
          <Group justify="space-between" gap={4}>
            <Text size="xs" c="dimmed">
              {steps[0]}
            </Text>
            <Group gap="sm">
              {series.map((each) => (
                <Text key={each.label} size="xs">
                  <svg width="10" height="10" aria-hidden>
                    <rect width="10" height="10" rx="2" className={toneClass(each.tone)} />
                  </svg>{' '}
                  {each.label} {formatNumber(each.values.at(-1) ?? 0)}
                </Text>
              ))}
            </Group>
            <Text size="xs" c="dimmed">
              {steps.at(-1)} · {formatNumber(most)}
            </Text>
          </Group>
        </>
      )}
    </div>
  );
}

/** A part of an overview that stands and fails alone. */
export function Tile({
  title,
  children,
  action,
}: {
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <Card component="section" aria-label={title} h="100%">
      <Group justify="space-between" mb="xs" wrap="nowrap">
        <Title order={2} size="h3">
          {title}
        </Title>
        {action}
      </Group>
      {children}
    </Card>
  );
}
