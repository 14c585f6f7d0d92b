/**
 * What the user may know about the agent (AGT-10, SCN-10): last contact, verdict and why, messages. No keys, no certificates:
 * the same is shown by `agent status`, the local socket and `agent diagnostics` (AGT-T09).
 */
import type { AgentPosture } from '@gatehouse/contracts/agent.ts';
import { nextAttempt } from '@gatehouse/core/schedules/schedule.ts';
import type { AgentState, StoredMessage } from '../state/agent-state.ts';
import type { Identity } from '../state/identity.ts';

export interface AgentStatus {
  readonly enrolled: boolean;
  readonly agentVersion: string;
  readonly deviceId?: string;
  readonly organization?: string;
  readonly server?: string;
  /** ISO 8601, as all times here. */
  readonly enrolledAt?: string;
  readonly lastContactAt?: string;
  readonly nextAttemptAt?: string;
  readonly failedAttempts?: number;
  readonly lastError?: string;
  readonly waitingReports?: number;
  readonly certificateExpiresAt?: string;
  readonly policyVersion?: string;
  readonly posture?: AgentPosture;
  readonly supportContact?: string;
  readonly lastScans?: Readonly<Record<string, string>>;
  readonly messages?: readonly { readonly at: string; readonly text: string }[];
  readonly leaving?: boolean;
}

export interface StatusSources {
  readonly identity: Identity | undefined;
  readonly state: AgentState;
  readonly waitingReports: number;
  readonly agentVersion: string;
}

export function statusOf({ identity, state, waitingReports, agentVersion }: StatusSources): AgentStatus {
  if (identity === undefined) return { enrolled: false, agentVersion };
  const { enrolledAt, credential } = identity;
  const contact = state.policy?.settings['support.contact'];
  return {
    enrolled: true,
    agentVersion,
    deviceId: identity.deviceId,
    organization: identity.organization,
    server: identity.server,
    enrolledAt: iso(enrolledAt),
    ...(state.lastSuccessAt === null ? {} : { lastContactAt: iso(state.lastSuccessAt) }),
    nextAttemptAt: iso(nextAttempt(state.schedule, { ...state, enrolledAt })),
    failedAttempts: state.failures,
    ...(state.lastError === null ? {} : { lastError: state.lastError }),
    waitingReports,
    certificateExpiresAt: iso(credential.notAfter),
    ...(state.appliedPolicyVersion === null ? {} : { policyVersion: state.appliedPolicyVersion }),
    ...(state.posture === null ? {} : { posture: state.posture }),
    ...(typeof contact === 'string' ? { supportContact: contact } : {}),
    lastScans: Object.fromEntries(Object.entries(state.lastScanAt).map(([scan, at]) => [scan, iso(at)])),
    messages: state.messages.map(({ receivedAt, text }: StoredMessage) => ({ at: iso(receivedAt), text })),
    ...(state.leaving === null ? {} : { leaving: true }),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
