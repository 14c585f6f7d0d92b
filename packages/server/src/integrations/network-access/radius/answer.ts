// What a RADIUS server is answered about a station: the one stored decision of its device, put into attributes by the
// organization's rules. What was answered is noted in the same transaction, so that a change that follows can be told.
import { chooseReply, type Reply, worstSubject } from '@gatehouse/core/network-access/reply-rules.ts';
import type { RestRequest } from '@gatehouse/protocols/radius/index.ts';
import type { GateDeps } from '../gate-deps.ts';
import { findSubjects, selectSettings } from './answer-queries.ts';
import { noteAnswer } from './session-queries.ts';
import { rulesOf } from './settings.ts';
import { stationOf } from './stations.ts';

export function answerRadius(
  deps: Pick<GateDeps, 'database' | 'clock'>,
  organizationId: string,
  request: RestRequest,
): Promise<Reply> {
  const { guid, mac } = stationOf(request);
  return deps.database.withTenant(organizationId, async (tx) => {
    const [settings, subjects] = await Promise.all([
      selectSettings(tx),
      guid !== undefined
        ? findSubjects(tx, 'guid', guid)
        : mac !== undefined
          ? findSubjects(tx, 'mac', mac)
          : [],
    ]);
    const subject = worstSubject(subjects);
    const { rule, reply } = chooseReply(rulesOf(settings), subject);
    const station = mac ?? guid;
    if (station !== undefined) {
      const at = new Date(deps.clock.now());
      await noteAnswer(tx, { station, decision: subject.decision, rule, at });
    }
    return reply;
  });
}
