// What is assigned, and along which way it comes.
import { Stack, Text } from '@mantine/core';
import type { Assignment } from '@gatehouse/contracts/admin/policies.ts';
import { useQueries } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { listAssignments } from '../../api/operations/policies.ts';
import { Plain } from '../../design/plain.tsx';
import { plainLine } from '../../design/plain-text.ts';
import { RouteLink } from '../../design/route-link.tsx';
import { peopleTexts } from './texts.ts';

const places: Readonly<Record<string, string>> = {
  policy: '/policies/suites',
  resource: '/policies/resources',
  schedule: '/policies/schedules',
  rule: '/compliance/rules',
};

export interface AssignedTarget {
  readonly id: string;
  /** The group that it comes through. */
  readonly through: string | undefined;
}

export function useAssigned(targets: readonly AssignedTarget[], enabled = true) {
  const answers = useQueries({
    queries: targets.map(({ id }) => ({
      queryKey: [listAssignments.id, { query: { targetId: id, limit: 200 } }],
      queryFn: async () => (await call(listAssignments, { query: { targetId: id, limit: 200 } })).answer,
      enabled,
    })),
  });
  const items = answers.flatMap(({ data }, index) =>
    ((data as { items?: readonly Assignment[] } | undefined)?.items ?? []).map((assignment) => ({
      assignment,
      through: targets[index]?.through,
    })),
  );
  return { items, isPending: enabled && answers.some(({ isPending }) => isPending) };
}

export function Assigned({ targets, none }: { targets: readonly AssignedTarget[]; none: string }) {
  const t = peopleTexts.use();
  const { items, isPending } = useAssigned(targets);
  if (isPending) return null;
  if (items.length === 0) return <Text c="dimmed">{none}</Text>;
  return (
    <Stack gap={4} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
      {items.map(({ assignment: { id, item }, through }) => (
        <Text component="li" size="sm" key={`${id} ${through}`}>
          <RouteLink to={`${places[item.kind] ?? '/policies/suites'}/${item.id}`} size="sm">
            <Plain text={item.name ?? item.id} limit={80} />
          </RouteLink>{' '}
          <Text span c="dimmed" size="sm">
            {through === undefined ? t('directly') : t('through', { name: plainLine(through, 60) })}
          </Text>
        </Text>
      ))}
    </Stack>
  );
}
