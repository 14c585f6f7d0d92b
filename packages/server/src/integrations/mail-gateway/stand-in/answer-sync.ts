// Sync, GetItemEstimate and ItemOperations of a mailbox that holds nothing, or one message.
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import {
  estimateAnswer,
  fetchAnswer,
  isAtLeast,
  type OwnMessage,
  type ProtocolVersion,
  readEstimateRequest,
  readFetchRequest,
  readSyncRequest,
  syncAnswer,
  type SyncCollectionAnswer,
  type SyncCollectionRequest,
  syncFailure,
  type SyncRequest,
} from '@gatehouse/protocols/activesync/index.ts';
import { inboxId, isFolder } from './folders.ts';
import { hold } from './hold.ts';
import { firstInboxKey, inboxKey, readInboxKey } from './sync-keys.ts';

export interface Mailbox {
  readonly version: ProtocolVersion;
  readonly body: Uint8Array;
  /** What is in the inbox; undefined: nothing. */
  readonly message: OwnMessage | undefined;
  readonly signal: AbortSignal;
}

/** A mailbox as it should be after a Sync: an empty body says that nothing changed. */
export async function answerSync(mailbox: Mailbox): Promise<Uint8Array> {
  const { version, body, signal } = mailbox;
  let request: SyncRequest | undefined;
  try {
    request = readSyncRequest(body);
  } catch (error) {
    if (error instanceof DecodeError) return syncFailure({ status: 4 });
    throw error;
  }
  // What a client asked last time is not kept, so that it costs nothing to serve it.
  if (request === undefined || request.partial) return syncFailure({ status: 13 });
  if (request.collections.length === 0) return syncFailure({ status: 4 });
  const limit = limitOf(request);
  if (limit !== undefined) return syncFailure({ status: 14, limit });
  const answers = request.collections.map((each) => answerCollection(mailbox, each));
  if (answers.some(({ changed }) => changed))
    return syncAnswer(
      version,
      answers.map(({ answer }) => answer),
    );
  if (request.waitSeconds !== undefined) await hold(request.waitSeconds, signal);
  return isAtLeast(version, '12.1')
    ? new Uint8Array()
    : syncAnswer(
        version,
        answers.map(({ answer }) => answer),
      );
}

/** Wait is 1 to 59 minutes, HeartbeatInterval 60 to 3540 seconds: the same time (MS-ASCMD sections 2.2.3.182 and 2.2.3.79.2). */
function limitOf({ waitSeconds, waitUnit }: SyncRequest): number | undefined {
  if (waitSeconds === undefined || (waitSeconds >= 60 && waitSeconds <= 3_540)) return undefined;
  const nearest = waitSeconds < 60 ? 60 : 3_540;
  return waitUnit === 'minutes' ? nearest / 60 : nearest;
}

interface Answered {
  readonly answer: SyncCollectionAnswer;
  readonly changed: boolean;
}

function answerCollection({ version, message }: Mailbox, asked: SyncCollectionRequest): Answered {
  const { collectionId, syncKey, bodyWishes, commands } = asked;
  const failed = (status: 3 | 12, key: string): Answered => ({
    answer: { collectionId, syncKey: key, status, bodyWishes },
    changed: true,
  });
  // A folder of the mail server, or of a list that is no more: the list of folders is asked for anew.
  if (!isFolder(version, collectionId)) return failed(12, syncKey);
  if (syncKey === '0')
    return {
      answer: { collectionId, syncKey: inboxKey(firstInboxKey), status: 1, bodyWishes },
      changed: true,
    };
  const key = readInboxKey(syncKey);
  if (key === undefined) return failed(3, '0');
  const there = collectionId === inboxId && asked.getChanges ? message : undefined;
  const keeps = !asked.getChanges || key.message === (there?.serverId ?? null);
  const refused = commands.flatMap((each) =>
    each.kind === 'add'
      ? [{ clientId: each.clientId, ...(each.class === undefined ? {} : { class: each.class }) }]
      : [],
  );
  const fetched = commands.flatMap((each) => {
    if (each.kind !== 'fetch') return [];
    const found = message?.serverId === each.serverId && collectionId === inboxId ? { message } : {};
    return [{ serverId: each.serverId, ...found }];
  });
  const changed = !keeps || commands.length > 0;
  const next = keeps ? key.message : (there?.serverId ?? null);
  return {
    answer: {
      collectionId,
      syncKey: changed ? inboxKey({ turn: key.turn + 1, message: next }) : syncKey,
      status: 1,
      ...(keeps || there === undefined ? {} : { added: [there] }),
      ...(keeps || key.message === null ? {} : { deleted: [key.message] }),
      ...(refused.length === 0 ? {} : { refused }),
      ...(fetched.length === 0 ? {} : { fetched }),
      bodyWishes,
    },
    changed,
  };
}

/** @throws DecodeError */
export function answerEstimate({ version, body, message }: Mailbox): Uint8Array {
  return estimateAnswer(
    version,
    readEstimateRequest(body).map(({ collectionId, syncKey }) => {
      if (!isFolder(version, collectionId)) return { collectionId, status: 2 };
      if (syncKey === '0') return { collectionId, status: 3 };
      const key = readInboxKey(syncKey);
      if (key === undefined) return { collectionId, status: 4 };
      const has = key.message === (message?.serverId ?? null) || collectionId !== inboxId;
      return { collectionId, status: 1, estimate: has ? 0 : 1 };
    }),
  );
}

/** @returns undefined where something else than messages is asked for. @throws DecodeError */
export function answerFetch({ version, body, message }: Mailbox): Uint8Array | undefined {
  const asked = readFetchRequest(body);
  if (asked === undefined) return undefined;
  return fetchAnswer(
    version,
    asked.map((each) =>
      message !== undefined && message.serverId === each.serverId ? { ...each, message } : each,
    ),
  );
}
