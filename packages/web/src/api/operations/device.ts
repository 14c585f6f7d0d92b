/** One device: what it is, what is known of it, why it has or lacks access, and what is done with it. */
import type { Administrator } from '@gatehouse/contracts/admin/administrators.ts';
import type { AuditEntry } from '@gatehouse/contracts/admin/audit.ts';
import type { Certificate } from '@gatehouse/contracts/admin/certificates.ts';
import type {
  AvailableCommands,
  Command,
  CommandPreview,
  LocationPlaces,
  NewCommand,
  NewCommands,
  QueuedCommands,
} from '@gatehouse/contracts/admin/commands.ts';
import type {
  Device,
  DeviceChanges,
  DeviceExplanation as ExplanationContract,
  DeviceFacts,
  EscrowList,
  EscrowValues,
  FactChange,
  PostureChange,
  StandingChange,
} from '@gatehouse/contracts/admin/devices.ts';
import type { DesiredItemName, DesiredState, EffectivePolicy } from '@gatehouse/contracts/admin/policies.ts';
import type { Explanation } from '@gatehouse/core/compliance/explain.ts';
import type { Gate } from '@gatehouse/core/compliance/gate.ts';
import { operation } from '../call.ts';
import type { PageOf, Paging } from './shapes.ts';

/** With rules and gates as the core explains them: what the contract leaves open is theirs. */
export type DeviceExplanation = Omit<ExplanationContract, 'rules' | 'gates'> &
  Pick<Explanation, 'rules' | 'gates'>;

export const getDevice = operation<{ answer: Device }>()('getDevice', 'GET', '/devices/:deviceId');

export const updateDevice = operation<{ body: DeviceChanges; answer: Device }>()(
  'updateDevice',
  'PATCH',
  '/devices/:deviceId',
);
export const explainDevice = operation<{
  query: { gate?: Gate | undefined; at?: string | undefined; language?: 'en' | 'de' };
  answer: DeviceExplanation;
}>()('explainDevice', 'GET', '/devices/:deviceId/explain');

export const listPostureChanges = operation<{ query: Paging; answer: PageOf<PostureChange> }>()(
  'listPostureChanges',
  'GET',
  '/devices/:deviceId/posture-changes',
);

export const readDeviceFacts = operation<{
  query: { scan?: string; without?: 'sensitive' | 'personal' };
  answer: DeviceFacts;
}>()('readDeviceFacts', 'GET', '/devices/:deviceId/facts');

export const listFactChanges = operation<{
  query: Paging & { readonly fact?: string };
  answer: PageOf<FactChange>;
}>()('listFactChanges', 'GET', '/devices/:deviceId/history');

export const getEffectivePolicy = operation<{ answer: EffectivePolicy }>()(
  'getEffectivePolicy',
  'GET',
  '/devices/:deviceId/effective-policy',
);

export const getDesiredState = operation<{ answer: DesiredState }>()(
  'getDesiredState',
  'GET',
  '/devices/:deviceId/desired-state',
);

export const retryDesiredItem = operation<{ body: DesiredItemName }>()(
  'retryDesiredItem',
  'POST',
  '/devices/:deviceId/desired-state/retry',
);

export const listCertificates = operation<{
  query: Paging & { readonly deviceId?: string };
  answer: PageOf<Certificate>;
}>()('listCertificates', 'GET', '/certificates');

export const listCommands = operation<{ query: Paging; answer: PageOf<Command> }>()(
  'listCommands',
  'GET',
  '/devices/:deviceId/commands',
);

export const getCommand = operation<{ answer: Command }>()('getCommand', 'GET', '/commands/:commandId');

export const cancelCommand = operation<{ body: { reason?: string }; answer: Command }>()(
  'cancelCommand',
  'POST',
  '/commands/:commandId/cancel',
);

export const queueCommand = operation<{ body: NewCommand; answer: Command }>()(
  'queueCommand',
  'POST',
  '/devices/:deviceId/commands',
);

export const queueCommands = operation<{ body: NewCommands; answer: QueuedCommands }>()(
  'queueCommands',
  'POST',
  '/commands',
);

export const listAvailableCommands = operation<{ answer: AvailableCommands }>()(
  'listAvailableCommands',
  'GET',
  '/devices/:deviceId/available-commands',
);

export const previewCommand = operation<{
  body: { deviceIds: string[]; name: Command['name'] };
  answer: CommandPreview;
}>()('previewCommand', 'POST', '/command-previews');

export const lookAtLocation = operation<{
  body: { reason?: string; trail?: boolean };
  answer: LocationPlaces;
}>()('lookAtLocation', 'POST', '/devices/:deviceId/location-looks');

export const listEscrow = operation<{ answer: EscrowList }>()(
  'listEscrow',
  'GET',
  '/devices/:deviceId/escrow',
);

export const revealEscrow = operation<{ body: { reason: string }; answer: EscrowValues }>()(
  'revealEscrow',
  'POST',
  '/devices/:deviceId/escrow/:kind/reveal',
);

export const blockDevice = operation<{ body: StandingChange; answer: Device }>()(
  'blockDevice',
  'POST',
  '/devices/:deviceId/block',
);
export const unblockDevice = operation<{ body: StandingChange; answer: Device }>()(
  'unblockDevice',
  'POST',
  '/devices/:deviceId/unblock',
);
export const unmanageDevice = operation<{ body: StandingChange; answer: Device }>()(
  'unmanageDevice',
  'POST',
  '/devices/:deviceId/unmanage',
);
export const barDevice = operation<{ body: StandingChange; answer: Device }>()(
  'barDevice',
  'POST',
  '/devices/:deviceId/bar',
);
export const unbarDevice = operation<{ body: StandingChange; answer: Device }>()(
  'unbarDevice',
  'POST',
  '/devices/:deviceId/unbar',
);
export const deleteDevice = operation()('deleteDevice', 'DELETE', '/devices/:deviceId');

export const listDeviceAudit = operation<{
  query: Paging & { readonly target?: string };
  answer: PageOf<AuditEntry>;
}>()('listAuditEntries', 'GET', '/audit');

/** For names beside what people did. */
export const listAdministratorNames = operation<{ query: Paging; answer: PageOf<Administrator> }>()(
  'listAdministrators',
  'GET',
  '/administrators',
);
