// How new devices come in: with Authenticate and the first TokenUpdate, each let in and written by one statement that devices of one
// moment share. What needs a decision between the two (a device that was here before, a user's channel, a key to be made) is only
// let in by it and goes the long way, in check-ins/.
import type { CheckInMessage } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { VerifiedCertificate } from '../../modules/certificates/index.ts';
import type { AppleDeps } from './apple-deps.ts';
import type { AskArrival } from './arrival-queries.ts';
import { introductionOf } from './check-ins/authenticate.ts';
import { sealTokens } from './check-ins/token-update.ts';
import { introductionOrder, tokensOrder } from './enrolment-queries.ts';
import { createEntries, type Entry } from './entry-queries.ts';

/** Between a device's two messages lie seconds; whoever is forgotten meanwhile takes a statement more. */
const mostIntroduced = 20_000;

export interface Coming {
  /** Asks at the door, as AppleDeps.arrivals does. */
  readonly arrivals: AskArrival;
  /** Whether the message was written by the statement that let it in. */
  isWritten(): boolean;
}

/** @returns undefined for whoever comes as everybody does. */
export type Entrance = (
  certificate: VerifiedCertificate,
  message: CheckInMessage,
  requestId: string,
) => Coming | undefined;

export function createEntrance(deps: Pick<AppleDeps, 'database' | 'clock' | 'events' | 'sealer'>): Entrance {
  const enter = createEntries(deps.database);
  /** The channels of devices that have said who they are, here and a moment ago: what their tokens are sealed for. */
  const introduced = new Map<string, string>();

  function introduce(deviceId: string, channelId: string): void {
    introduced.set(deviceId, channelId);
    if (introduced.size <= mostIntroduced) return;
    for (const oldest of introduced.keys()) {
      introduced.delete(oldest);
      break;
    }
  }

  function come(brought: Pick<Entry, 'brings' | 'order'>, whenWritten: () => void): Coming {
    let written = false;
    return {
      async arrivals(organizationId, arrival) {
        const { standing, isWritten } = await enter(organizationId, {
          deviceId: arrival.deviceId,
          arrival,
          ...brought,
        });
        written = isWritten;
        if (isWritten) whenWritten();
        return { standing, told: undefined };
      },
      isWritten: () => written,
    };
  }

  return (certificate, message, requestId) => {
    const { organizationId, deviceId } = certificate;
    const { identity } = message;
    if (identity.channel !== '') return undefined;
    const now = deps.clock.now();
    if (message.type === 'Authenticate') {
      const introduction = introductionOf({ deviceId, certificate, now }, undefined, message);
      return come({ brings: 'introduction', order: introductionOrder(introduction) }, () =>
        introduce(deviceId, introduction.channelId),
      );
    }
    if (message.type !== 'TokenUpdate') return undefined;
    const channelId = introduced.get(deviceId);
    if (channelId === undefined) return undefined;
    introduced.delete(deviceId);
    const opening = { organizationId, deviceId, identity, requestId, now, isNewDevice: true };
    const tokens = sealTokens(deps, opening, { channelId, enrolled: false }, message);
    return tokens && come({ brings: 'tokens', order: tokensOrder(tokens) }, () => undefined);
  };
}
