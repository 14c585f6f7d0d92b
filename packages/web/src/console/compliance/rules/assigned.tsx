// To whom a rule is assigned; giving it to more, and taking it away again. Each is looked at before it is done.
import { ActionIcon, Alert, Button, Group, List, Stack, Text } from '@mantine/core';
import type { Assignment } from '@gatehouse/contracts/admin/policies.ts';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange } from '../../../api/hooks.ts';
import { countComplianceRules } from '../../../api/operations/compliance.ts';
import { createAssignment, deleteAssignment, listAssignments } from '../../../api/operations/policies.ts';
import type { ApiProblem } from '../../../api/problem.ts';
import { Ask } from '../../../design/ask.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Hint } from '../../../design/hint.tsx';
import { Plain } from '../../../design/plain.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { useMay, useMe } from '../../../session/session.ts';
import { complianceTexts } from '../texts.ts';
import { everybody, targetText, toSentTarget } from './target.ts';
import { TargetFields } from './target-fields.tsx';
import { ruleTexts } from './texts.ts';

const refreshes = [listAssignments, countComplianceRules];

export function Assigned({ ruleId, assignments }: { ruleId: string; assignments: readonly Assignment[] }) {
  const t = ruleTexts.use();
  const shared = complianceTexts.use();
  const may = useMay();
  const { me } = useMe();
  const [target, setTarget] = useState(everybody);
  const [leaving, setLeaving] = useState<Assignment>();
  const assign = useChange(createAssignment, { refreshes, onDone: () => setTarget(everybody) });
  const unassign = useChange(deleteAssignment, { refreshes, onDone: () => setLeaving(undefined) });
  const sent = toSentTarget(target, me.organizationId ?? '');
  const give = (confirmed: boolean) => {
    if (sent === undefined) return;
    assign.mutate({
      body: { item: { kind: 'rule', id: ruleId }, ...sent, ...(confirmed ? { confirmed } : {}) },
    });
  };
  const mayAssign = may('policies.assign');
  return (
    <Stack gap="sm">
      {assignments.length === 0 ? (
        <Text size="sm">{t('notAssigned')}</Text>
      ) : (
        <List listStyleType="none" aria-label={t('assignedTo')} spacing={4}>
          {assignments.map((assignment) => {
            const name = targetText(assignment, shared);
            const label = t('unassign', { name: plainLine(name, 60) });
            return (
              <List.Item key={assignment.id}>
                <Group gap="xs">
                  <Plain text={name} />
                  {mayAssign && (
                    <Hint label={label}>
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        size="sm"
                        aria-label={label}
                        onClick={() => setLeaving(assignment)}
                      >
                        <IconTrash size={14} aria-hidden />
                      </ActionIcon>
                    </Hint>
                  )}
                </Group>
              </List.Item>
            );
          })}
        </List>
      )}
      {mayAssign && (
        <Group align="flex-end">
          <TargetFields target={target} onChange={setTarget} />
          <Button
            variant="default"
            disabled={sent === undefined}
            loading={assign.isPending}
            onClick={() => give(false)}
          >
            {t('assign')}
          </Button>
        </Group>
      )}
      {assign.error && <AssignRefused problem={assign.error} onConfirm={() => give(true)} />}
      <Ask
        opened={leaving !== undefined}
        onClose={() => {
          setLeaving(undefined);
          unassign.reset();
        }}
        title={t('unassignTitle', {
          name: leaving === undefined ? '' : plainLine(targetText(leaving, shared), 60),
        })}
        verb={t('unassignVerb')}
        busy={unassign.isPending}
        problem={unassign.error}
        onConfirm={() =>
          leaving && unassign.mutate({ params: { assignmentId: leaving.id }, query: { confirmed: true } })
        }
      >
        <Text size="sm">{t('unassignText')}</Text>
      </Ask>
    </Stack>
  );
}

function AssignRefused({ problem, onConfirm }: { problem: ApiProblem; onConfirm: () => void }) {
  const t = ruleTexts.use();
  if (problem.reason !== 'catches-many') return <Failure problem={problem} />;
  const { newlyDenied, fleet } = problem.context as { newlyDenied?: number; fleet?: number };
  return (
    <Alert color="orange" variant="light" role="alert">
      <Stack gap="xs" align="flex-start">
        {t('assignCatches', { count: newlyDenied ?? 0, fleet: fleet ?? 0 })}
        <Button size="xs" color="red" onClick={onConfirm}>
          {t('assignAnyway')}
        </Button>
      </Stack>
    </Alert>
  );
}
