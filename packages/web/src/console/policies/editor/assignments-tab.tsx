// To whom something is assigned, with how many devices each reaches; to assign and to take back.
import type { Assignment, NewAssignment } from '@gatehouse/contracts/admin/policies.ts';
import type { AssignmentReach } from '@gatehouse/contracts/admin/policy-effects.ts';
import { Button, Checkbox, Group, Modal, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { type List, useChange } from '../../../api/hooks.ts';
import {
  createAssignment,
  deleteAssignment,
  getAssignmentReach,
  listAssignments,
  previewPolicyCollisions,
} from '../../../api/operations/policies.ts';
import { isApiProblem } from '../../../api/problem.ts';
import { Ask } from '../../../design/ask.tsx';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Hint } from '../../../design/hint.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { Plain } from '../../../design/plain.tsx';
import { Time } from '../../../design/time.tsx';
import { formatNumber } from '../../../language/format.ts';
import { useMay, useMe } from '../../../session/session.ts';
import { type Chosen, ChooseThing } from '../../choices/choose-thing.tsx';
import { type PolicyTextKey, policyTexts, type SayPolicy } from '../texts.ts';
import { platformName } from './support-badges.tsx';

export interface AssignedItem {
  readonly kind: 'policy' | 'schedule' | 'resource';
  readonly id: string;
  readonly name: string;
}

export interface AssignmentsTabProps {
  readonly item: AssignedItem;
  readonly assignments: List<Assignment>;
  readonly reach: AssignmentReach | undefined;
}

const refreshes = [listAssignments, getAssignmentReach, previewPolicyCollisions];

export function AssignmentsTab({ item, assignments, reach }: AssignmentsTabProps) {
  const t = policyTexts.use();
  const mayAssign = useMay()('policies.assign');
  const [assigning, setAssigning] = useState(false);
  const [leaving, setLeaving] = useState<Assignment | undefined>(undefined);
  const counts = new Map((reach?.assignments ?? []).map((each) => [each.assignmentId, each.devices]));
  const assign = (
    <Hint label={t('mayNotAssign')} disabled={mayAssign}>
      <Button variant="default" disabled={!mayAssign} onClick={() => setAssigning(true)}>
        {t('assign')}
      </Button>
    </Hint>
  );
  return (
    <Stack gap="md">
      {assignments.items.length > 0 && <Group>{assign}</Group>}
      {assignments.error ? (
        <Failure problem={assignments.error} retry={assignments.refetch} />
      ) : (
        <DataTable
          label={t('assignments')}
          columns={columnsOf(t, counts, mayAssign ? setLeaving : undefined)}
          rows={assignments.items}
          rowKey={(row) => row.id}
          rowLabel={(row) => row.target.name ?? row.target.id}
          hasMore={assignments.hasMore}
          loadMore={assignments.loadMore}
          isPending={assignments.isPending}
          empty={
            <EmptyState title={t('noAssignments')} action={assign}>
              {t('noAssignmentsText')}
            </EmptyState>
          }
        />
      )}
      {assigning && <AssignDialog item={item} onClose={() => setAssigning(false)} />}
      {leaving !== undefined && (
        <Unassign
          item={item}
          assignment={leaving}
          devices={counts.get(leaving.id) ?? 0}
          onClose={() => setLeaving(undefined)}
        />
      )}
    </Stack>
  );
}

function columnsOf(
  t: SayPolicy,
  counts: ReadonlyMap<string, number>,
  onTakeBack: ((assignment: Assignment) => void) | undefined,
): readonly Column<Assignment>[] {
  return [
    {
      key: 'target',
      title: t('target'),
      card: 'title',
      render: (row) => (
        <>
          {t(`target_${row.target.kind}` as PolicyTextKey)}:{' '}
          <Plain text={row.target.name ?? '–'} limit={80} />
        </>
      ),
    },
    {
      key: 'platform',
      title: t('platform'),
      render: (row) => (row.platform === null ? t('anyPlatform') : platformName(row.platform)),
    },
    { key: 'priority', title: t('priority'), width: '7rem', align: 'end', render: (row) => row.priority },
    {
      key: 'devices',
      title: t('devices'),
      width: '7rem',
      align: 'end',
      render: (row) => formatNumber(counts.get(row.id) ?? 0),
    },
    { key: 'since', title: t('changed'), render: (row) => <Time at={row.createdAt} /> },
    ...(onTakeBack === undefined
      ? []
      : [
          {
            key: 'back',
            title: t('unassign'),
            width: '9rem',
            render: (row: Assignment) => (
              <Button
                variant="subtle"
                size="compact-sm"
                aria-label={`${t('unassign')}: ${plainLine(row.target.name ?? row.target.id, 80)}`}
                onClick={() => onTakeBack(row)}
              >
                {t('unassign')}
              </Button>
            ),
          },
        ]),
  ];
}

const targetKinds = ['group', 'user', 'device', 'organization'] as const;
type TargetKind = (typeof targetKinds)[number];
const platforms = ['ios', 'macos', 'linux', 'android', 'windows'] as const;

function AssignDialog({ item, onClose }: { item: AssignedItem; onClose: () => void }) {
  const t = policyTexts.use();
  const { me } = useMe();
  const [kind, setKind] = useState<TargetKind>('group');
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [platform, setPlatform] = useState<string | null>(null);
  const [priority, setPriority] = useState<number | string>(0);
  const [confirmed, setConfirmed] = useState(false);
  const [tried, setTried] = useState(false);
  const change = useChange(createAssignment, {
    refreshes,
    onDone: () => {
      notifyDone(t('assigned', { name: item.name }));
      onClose();
    },
  });
  const organizationId = me.organizationId;
  const targetId = kind === 'organization' ? organizationId : chosen?.id;
  return (
    <Modal
      closeButtonProps={{ 'aria-label': t('close') }}
      opened
      onClose={onClose}
      title={t('assignTitle', { name: item.name })}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (targetId === undefined) return;
          const body = {
            item: { kind: item.kind, id: item.id },
            target: { kind, id: targetId },
            platform,
            priority: Number(priority) || 0,
            ...(confirmed ? { confirmed } : {}),
          } as NewAssignment;
          change.mutate({ body });
        }}
      >
        <Stack gap="sm">
          <Select
            label={t('target')}
            allowDeselect={false}
            value={kind}
            onChange={(value) => {
              setKind((value ?? 'group') as TargetKind);
              setChosen(null);
            }}
            data={targetKinds.map((each) => ({ value: each, label: t(`target_${each}` as PolicyTextKey) }))}
          />
          {kind !== 'organization' && (
            <ChooseThing
              key={kind}
              what={kind}
              label={t(`target_${kind}` as PolicyTextKey)}
              chosen={chosen}
              onChoose={setChosen}
              error={tried && targetId === undefined ? t('chooseTarget') : undefined}
              required
            />
          )}
          <Select
            label={t('platform')}
            placeholder={t('anyPlatform')}
            clearable
            value={platform}
            onChange={setPlatform}
            data={platforms.map((each) => ({ value: each, label: platformName(each) }))}
          />
          <NumberInput
            label={t('priority')}
            description={t('priorityHint')}
            value={priority}
            onChange={setPriority}
            min={-1_000}
            max={1_000}
            allowDecimal={false}
          />
          {isApiProblem(change.error, 'assigned') ? (
            <Text c="red" size="sm" role="alert">
              {t('alreadyAssigned')}
            </Text>
          ) : (
            change.error && <Failure problem={change.error} />
          )}
          {isApiProblem(change.error, 'catches-many') && (
            <Checkbox
              label={t('confirmMany')}
              checked={confirmed}
              onChange={(event) => setConfirmed(event.currentTarget.checked)}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={change.isPending}>
              {t('assign')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface UnassignProps {
  readonly item: AssignedItem;
  readonly assignment: Assignment;
  readonly devices: number;
  readonly onClose: () => void;
}

function Unassign({ item, assignment, devices, onClose }: UnassignProps) {
  const t = policyTexts.use();
  const [confirmed, setConfirmed] = useState(false);
  const change = useChange(deleteAssignment, {
    refreshes,
    onDone: () => {
      notifyDone(t('unassigned', { name: item.name }));
      onClose();
    },
  });
  return (
    <Ask
      opened
      onClose={onClose}
      title={t('unassignTitle', { name: item.name, target: assignment.target.name ?? '' })}
      verb={t('unassign')}
      danger
      busy={change.isPending}
      problem={change.error}
      consequences={{ after: [t('unassignAfter', { count: devices })] }}
      onConfirm={() =>
        change.mutate({
          params: { assignmentId: assignment.id },
          query: confirmed ? { confirmed: true } : {},
        })
      }
    >
      {isApiProblem(change.error, 'catches-many') && (
        <Checkbox
          label={t('confirmMany')}
          checked={confirmed}
          onChange={(event) => setConfirmed(event.currentTarget.checked)}
        />
      )}
    </Ask>
  );
}
