// The agent platform: computers with our own agent. Wire words of its protocol become domain words here.
import { agentLimits } from '@gatehouse/contracts/agent.ts';
import { gatherLocking } from '../../kernel/db/gather-locking.ts';
import { createRateLimit } from '../../kernel/http/rate-limit.ts';
import {
  type AuthenticatedDevice,
  authenticateCertificate,
  CertificateRefused,
} from '../../modules/certificates/index.ts';
import { evaluateDevice } from '../../modules/compliance/index.ts';
import type { AgentDeps, AgentPlatformOptions } from './agent-deps.ts';
import { fullCheckIns } from './full-check-in.ts';
import { KnownSchedules } from './known-schedules.ts';
import { createHeldRequests } from './held-requests.ts';
import { PolicyHints } from './policy-hints.ts';
import { createQuietContacts } from './queries.ts';

/** The device behind a request, with the certificate that says so: a held request shows it again when it wakes. */
export interface RequestDevice {
  readonly device: AuthenticatedDevice;
  readonly certificate: Uint8Array;
  readonly requestId: string;
  /** Taken before the device was looked up; see held-requests.ts. */
  readonly mark: number;
}

export interface AgentPlatform {
  readonly deps: AgentDeps;
  /** @throws CertificateRefused */
  authenticate(certificate: Uint8Array, requestId: string): Promise<RequestDevice>;
  /** Lets go of every held request. */
  close(): void;
}

export function createAgentPlatform(options: AgentPlatformOptions): AgentPlatform {
  const { clock, refusals } = options;
  const held = createHeldRequests(options.notifications, { perDevice: agentLimits.heldRequests });
  const deps: AgentDeps = {
    ...options,
    reevaluate: (tx, deviceId, now) => evaluateDevice(options, tx, deviceId, now),
    held,
    schedules: new KnownSchedules(),
    countQuietContact: createQuietContacts(options.database),
    shareCheckIn: gatherLocking(
      (organizationId, asked) =>
        options.database.withTenant(organizationId, (tx) => fullCheckIns(tx, deps, asked)),
      { atOnce: 1, patienceMs: 50, spacingMs: 100 },
    ),
    policyHints: new PolicyHints(),
    checkIns: createRateLimit({ clock, burst: 20, perMinute: 20 }),
    requests: createRateLimit({ clock, burst: 60, perMinute: 120 }),
  };
  return {
    deps,
    async authenticate(certificate, requestId) {
      const mark = held.mark();
      try {
        const device = await authenticateCertificate(options, certificate, 'agent');
        return { device, certificate, requestId, mark };
      } catch (error) {
        if (error instanceof CertificateRefused && error.of) {
          const { organizationId, deviceId, serial } = error.of;
          refusals.note({
            organizationId,
            actor: { kind: 'device', id: deviceId },
            action: 'devices.authenticate',
            target: { kind: 'certificate', id: serial },
            reason: error.why,
            requestId,
          });
        }
        throw error;
      }
    },
    close: () => held.close(),
  };
}
