// Who else states a setting for the same devices, who wins and by which rule: below the field in a line, at the side in full.
import { Stack, Table, Text, Title } from '@mantine/core';
import type { PolicyCollisions } from '@gatehouse/contracts/admin/policy-effects.ts';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { StatusMark, type StatusKind } from '../../../design/status-mark.tsx';
import { valueText } from '../editor/field-words.ts';
import { type EditorKey, editorTexts } from '../editor/texts.ts';
import type { Collision, Verdict } from '../model/collisions.ts';
import type { Field } from '../model/field.ts';
import { type PolicyTextKey, policyTexts } from '../texts.ts';

const kinds: Readonly<Record<Verdict, StatusKind>> = {
  stricter: 'grace',
  nearer: 'grace',
  still: 'info',
  equal: 'info',
  ours: 'ok',
};

export function CollisionNote({ collision, field }: { collision: Collision; field: Field | undefined }) {
  const t = policyTexts.use();
  const te = editorTexts.use();
  const value = field === undefined ? String(collision.value) : valueText(field.node, collision.value, te);
  return (
    <StatusMark
      kind={kinds[collision.verdict]}
      word={t(`collision_${collision.verdict}` as PolicyTextKey, {
        winner: collision.winner,
        value,
        count: collision.devices,
      })}
    />
  );
}

export interface CollisionTableProps {
  readonly field: Field;
  readonly collisions: readonly Collision[];
  readonly answer: PolicyCollisions | undefined;
}

export function CollisionTable({ field, collisions, answer }: CollisionTableProps) {
  const t = policyTexts.use();
  const te = editorTexts.use();
  if (answer === undefined) return null;
  return (
    <Stack gap={6}>
      <Title order={3} size="h5">
        {t('collisions')}
      </Title>
      {collisions.length === 0 && (
        <Text size="sm" c="dimmed">
          {t(answer.devices === 0 ? 'collisionsUnassigned' : 'collisionsNone')}
        </Text>
      )}
      {collisions.map((collision, index) => (
        <div key={`${collision.winner}/${index}`}>
          <CollisionNote collision={collision} field={field} />
          <Table fz="sm" verticalSpacing={4} horizontalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('suite')}</Table.Th>
                <Table.Th>{t('along')}</Table.Th>
                <Table.Th>{t('value')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {collision.candidates.map((candidate) => (
                <Table.Tr key={`${candidate.suiteId}/${candidate.along}`}>
                  <Table.Th scope="row" fw={candidate.wins ? 650 : 400}>
                    <RouteLink to={`/policies/suites/${candidate.suiteId}`} size="sm">
                      <Plain text={candidate.suite} limit={60} />
                    </RouteLink>{' '}
                    v{candidate.version}
                    {candidate.wins && ` – ${t('wins')}`}
                  </Table.Th>
                  <Table.Td>
                    <Plain text={candidate.along} limit={60} />
                  </Table.Td>
                  <Table.Td>
                    <Plain text={valueText(field.node, candidate.value, te)} limit={80} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Text size="xs" c="dimmed">
            {te(`merge_${collision.rule}` as EditorKey)}
          </Text>
        </div>
      ))}
      {!answer.complete && (
        <Text size="xs" c="dimmed">
          {t('collisionsMore')}
        </Text>
      )}
    </Stack>
  );
}
