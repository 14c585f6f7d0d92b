// The stand-in: an ActiveSync server without mail, for people who have no mail server (STN-01 to STN-05), and the mailbox with one message
// for devices that do not get to theirs yet (EAS-09). It keeps nothing: what a client has is in the keys that it brings back.
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import {
  type CommandName,
  folderSyncAnswer,
  formatList,
  type OwnMessage,
  pingAnswer,
  protocolVersions,
  readFolderSyncRequest,
  readPingRequest,
  readSettingsRequest,
  refusal,
  settingsAnswer,
  wbxmlContentType,
} from '@gatehouse/protocols/activesync/index.ts';
import { type Language, languageFor, preferredLanguages } from '@gatehouse/core/languages.ts';
import { provePassword, type ProvePasswordDeps } from '../../../modules/users/index.ts';
import type { StandIn, StandInAnswer, StandInRequest } from '../stand-in-port.ts';
import { answerEstimate, answerFetch, answerSync } from './answer-sync.ts';
import { foldersFor, isFolder, keyOfFolders } from './folders.ts';
import { createGuidance, type GuidanceDeps, type ReadGuidance } from './guidance.ts';
import { hold } from './hold.ts';
import { instructionMessage } from './instruction.ts';

export type StandInDeps = ProvePasswordDeps & GuidanceDeps;

/** What is answered at all; Provision is the gateway’s. */
const commands: readonly CommandName[] = [
  'Sync',
  'FolderSync',
  'GetItemEstimate',
  'Ping',
  'Settings',
  'ItemOperations',
  'Provision',
];

/** In seconds, as with Exchange. */
const heartbeat = { shortest: 60, longest: 3_540 };
const mostPingFolders = 200;

export function createStandIn(deps: StandInDeps): StandIn {
  const guidance = createGuidance(deps);
  return {
    async prove({ organizationId, login, password, standing, requestId, address, wasRight }) {
      const shown = { organizationId, name: login, password, requestId, address, wasRight };
      const userId = await provePassword(deps, shown);
      return userId !== undefined && userId === standing.user?.userId;
    },
    options: () => ({
      'MS-Server-ActiveSync': '16.1',
      'MS-ASProtocolVersions': formatList(protocolVersions),
      'MS-ASProtocolCommands': formatList(commands),
    }),
    async answer(request) {
      try {
        return await answerCommand(guidance, request);
      } catch (error) {
        if (error instanceof DecodeError) return malformed(request);
        throw error;
      }
    },
  };
}

const wbxml = (body: Uint8Array): StandInAnswer =>
  body.length === 0
    ? { status: 200, headers: {} }
    : { status: 200, headers: { 'Content-Type': wbxmlContentType }, body };

function answerCommand(
  guidance: ReadGuidance,
  asked: StandInRequest,
): StandInAnswer | Promise<StandInAnswer> {
  switch (asked.request.command) {
    case 'FolderSync':
      return answerFolders(asked);
    case 'Sync':
    case 'GetItemEstimate':
    case 'ItemOperations':
      return answerMailbox(guidance, asked);
    case 'Ping':
      return answerPing(asked);
    case 'Settings':
      return answerSettings(asked);
    default:
      return refuse(asked);
  }
}

function answerFolders({ request, body, standing, acceptLanguage }: StandInRequest): StandInAnswer {
  const { version } = request;
  const { syncKey } = readFolderSyncRequest(body);
  const current = keyOfFolders(version);
  if (syncKey === current) return wbxml(folderSyncAnswer({ status: 1, syncKey, added: [] }));
  // Of a mail server, or of another version: the client forgets what it has and starts over.
  if (syncKey !== '0') return wbxml(folderSyncAnswer({ status: 9 }));
  const added = foldersFor(version, languageOf({ standing, acceptLanguage }));
  return wbxml(folderSyncAnswer({ status: 1, syncKey: current, added }));
}

async function answerMailbox(guidance: ReadGuidance, asked: StandInRequest): Promise<StandInAnswer> {
  const { request, body, signal } = asked;
  const message = asked.purpose === 'quarantine' ? await instructionFor(guidance, asked) : undefined;
  const mailbox = { version: request.version, body, message, signal };
  if (request.command === 'Sync') return wbxml(await answerSync(mailbox));
  if (request.command === 'GetItemEstimate') return wbxml(answerEstimate(mailbox));
  const fetched = answerFetch(mailbox);
  return fetched === undefined ? refuse(asked) : wbxml(fetched);
}

async function instructionFor(
  guidance: ReadGuidance,
  asked: StandInRequest,
): Promise<OwnMessage | undefined> {
  const { standing, organizationId, login, says } = asked;
  const { instruct, organization, enrollUrl, ownWords } = await guidance(organizationId);
  if (!instruct) return undefined;
  const seenAt = standing.mailDevice?.firstSeenAt;
  const until = standing.settings.enrolBy;
  // The same moment with every request, as far as one is known: the message is the same then.
  const receivedAt = new Date(seenAt ?? 0);
  return instructionMessage({
    language: languageOf(asked),
    organization,
    enrollUrl,
    ownWords,
    says,
    name: standing.user?.displayName ?? '',
    address: standing.user?.email ?? login,
    until: until !== null && until > receivedAt.getTime() ? until : null,
    receivedAt,
  });
}

async function answerPing({ request, body, signal }: StandInRequest): Promise<StandInAnswer> {
  const { heartbeatInterval, folders } = readPingRequest(body);
  // Which folders it was last time is not kept: the client says it once more, in full.
  if (heartbeatInterval === undefined || folders === undefined || folders.length === 0)
    return wbxml(pingAnswer({ status: 3 }));
  if (folders.length > mostPingFolders) return wbxml(pingAnswer({ status: 6, maxFolders: mostPingFolders }));
  const { shortest, longest } = heartbeat;
  if (heartbeatInterval < shortest || heartbeatInterval > longest) {
    const nearest = heartbeatInterval < shortest ? shortest : longest;
    return wbxml(pingAnswer({ status: 5, heartbeatInterval: nearest }));
  }
  // Folders of a mail server: the list of folders is another one now.
  if (folders.some(({ id }) => !isFolder(request.version, id))) return wbxml(pingAnswer({ status: 7 }));
  await hold(heartbeatInterval, signal);
  return wbxml(pingAnswer({ status: 1 }));
}

/** What the device tells of itself the gateway has noted already. There is nobody to be away for, and no password to be kept. */
function answerSettings({ request, body, standing }: StandInRequest): StandInAnswer {
  const { deviceInformation, otherParts } = readSettingsRequest(body);
  const email = standing.user?.email;
  return wbxml(
    settingsAnswer(request.version, {
      status: 1,
      ...(deviceInformation === undefined ? {} : { deviceInformation: 1 }),
      ...(otherParts.includes('oof') ? { oof: 3 } : {}),
      ...(otherParts.includes('devicePassword') ? { devicePassword: 7 } : {}),
      ...(otherParts.includes('rightsManagement') ? { rightsManagement: 3 } : {}),
      ...(otherParts.includes('userInformation')
        ? { userInformation: { status: 1, emailAddresses: email === undefined ? [] : [email] } }
        : {}),
    }),
  );
}

/** Nothing can be sent, found or moved here; in quarantine it could elsewhere, but not by this device. */
function refuse({ request, purpose }: StandInRequest): StandInAnswer {
  const reason = purpose === 'quarantine' ? 'access-denied' : 'not-supported';
  const { httpStatus, headers, body } = refusal(request.version, request.command, reason);
  return { status: httpStatus, headers, ...(body === undefined ? {} : { body }) };
}

/** In the words of the commands that have some for it, else as the protocol says it of all. */
function malformed({ request }: StandInRequest): StandInAnswer {
  switch (request.command) {
    case 'FolderSync':
      return wbxml(folderSyncAnswer({ status: 10 }));
    case 'Ping':
      return wbxml(pingAnswer({ status: 4 }));
    case 'Settings':
      return wbxml(settingsAnswer(request.version, { status: 2 }));
    default:
      return { status: 400, headers: {} };
  }
}

function languageOf({
  standing,
  acceptLanguage,
}: Pick<StandInRequest, 'standing' | 'acceptLanguage'>): Language {
  return languageFor(standing.user?.language, ...preferredLanguages(acceptLanguage));
}
