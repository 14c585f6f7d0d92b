/** What the guide finds out about the organization, live: every step by the list that shows it elsewhere. */
import { useRead } from '../../api/hooks.ts';
import { listComplianceRules } from '../../api/operations/compliance.ts';
import { findDevices } from '../../api/operations/choices.ts';
import { getApplePushCertificate } from '../../api/operations/integrations.ts';
import { listPolicies, listSchedules } from '../../api/operations/policies.ts';
import { listAdministrators, listRoles, readSettings } from '../../api/operations/settings.ts';
import { useMay } from '../../session/session.ts';
import type { Found } from './guide-steps.ts';

export function useFound(): Found {
  const may = useMay();
  const settings = useRead(readSettings, {}, { enabled: may('organizations.read') });
  const push = useRead(getApplePushCertificate, {}, { enabled: may('push.read') });
  const policies = useRead(listPolicies, { query: { limit: 10 } }, { enabled: may('policies.read') });
  const schedules = useRead(listSchedules, { query: { limit: 10 } }, { enabled: may('policies.read') });
  const rules = useRead(listComplianceRules, { query: { limit: 50 } }, { enabled: may('rules.read') });
  const people = useRead(
    listAdministrators,
    { query: { limit: 100 } },
    { enabled: may('administrators.read') },
  );
  const roles = useRead(listRoles, { query: { limit: 200 } }, { enabled: may('administrators.read') });
  const devices = useRead(
    findDevices,
    { query: { limit: 1 } },
    { enabled: may('devices.read'), live: ['device.registered'] },
  );
  const deciding = new Set(
    roles.data?.items.flatMap((role) =>
      role.permissions.includes('approvals.decide') ? [role.reference] : [],
    ),
  );
  return {
    ...(settings.data && { support: Object.keys(settings.data.support ?? {}).length > 0 }),
    ...(push.data && { push: push.data.state }),
    ...(policies.data && { policyVersions: policies.data.items.map(({ version }) => version) }),
    ...(schedules.data && { scheduleVersions: schedules.data.items.map(({ version }) => version) }),
    ...(rules.data && { rulesInForce: rules.data.items.filter(({ enabled }) => enabled).length }),
    ...(people.data &&
      roles.data && {
        deciders: people.data.items.filter(({ role, state }) => state === 'active' && deciding.has(role))
          .length,
      }),
    ...(devices.data && { devices: devices.data.items.length }),
  };
}
