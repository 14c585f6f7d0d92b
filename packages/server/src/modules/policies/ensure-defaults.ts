// What every organization starts with: basic security for everyone (POL-17) and the standard schedule (POL-01, POL-02).
import { defaultSchedule } from '@gatehouse/core/schedules/schedule.ts';
import { basicSuite, basicSuiteName } from '@gatehouse/core/settings/basic-suite.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { newId } from '../../kernel/ids.ts';
import {
  insertAssignment,
  insertPolicy,
  insertSchedule,
  insertVersion,
  type NewAssignment,
} from './queries.ts';

export const defaultScheduleName = 'Standard';

/** Makes what is missing by name; what an administrator has changed stays as it is. Part of the organization's creation. */
export async function ensureDefaults(tx: TenantTx): Promise<void> {
  const now = new Date();
  const [policy, schedule] = await Promise.all([
    insertPolicy(
      tx,
      {
        id: newId(),
        name: basicSuiteName,
        description: 'What every device owes: passcode, encryption, an untampered system, regular contact.',
        settings: basicSuite,
      },
      now,
    ),
    insertSchedule(tx, { id: newId(), name: defaultScheduleName, schedule: defaultSchedule }, now),
  ]);
  const assign = (itemKind: NewAssignment['itemKind'], itemId: string) =>
    insertAssignment(
      tx,
      {
        id: newId(),
        itemKind,
        itemId,
        targetKind: 'organization',
        targetId: tx.organizationId,
        platform: null,
        priority: 0,
      },
      now,
    );
  await Promise.all([
    policy && insertVersion(tx, policy, 'system:ensure-defaults', now),
    policy && assign('policy', policy.policy_id),
    schedule && assign('schedule', schedule.schedule_id),
  ]);
}
