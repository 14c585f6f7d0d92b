// Device queries: what is looked up for a question, and the answer that is written from the rows.
import { createHash } from 'node:crypto';
import {
  type DeviceIdentifier,
  decodeBatch,
  encodeDevicesAnswer,
} from '@gatehouse/protocols/cisco-ise/index.ts';
import type { Database } from '../../../kernel/db/database.ts';
import { type BatchCall, type ListCall, refusingMalformed, type SingleCall } from './calls.ts';
import { describeDevice, listedIdentifier } from './describe-device.ts';
import { lookUpsFor } from './look-ups.ts';
import type { PagingTokens } from './paging-token.ts';
import type { PostureReader } from './posture-reader.ts';
import {
  type Asker,
  type PageRequest,
  type Posture,
  type Reading,
  readByUser,
  readPage,
  type Standing,
} from './queries.ts';

/** Most devices in one answer; told to ISE in discovery. */
export const queryMaxSize = 1000;

export interface QueryDeps {
  readonly database: Pick<Database, 'tenantQuery'>;
  readonly reader: PostureReader;
  readonly tokens: PagingTokens;
}

/** The account and the devices have been read; writing the answer waits until the account is judged. */
export interface Asked {
  readonly account: Standing | undefined;
  readonly answer: () => Uint8Array;
}

export async function askForDevice(deps: QueryDeps, asker: Asker, call: SingleCall): Promise<Asked> {
  const { account, devices } = await deps.reader.find(asker, lookUpsFor(call.identifier));
  const claimants = devices.flat();
  return {
    account,
    answer: () =>
      encodeDevicesAnswer(
        {
          version: call.version,
          pagingInfo: '0',
          devices: claimants.length === 0 ? [] : [describeDevice(call.identifier, claimants)],
        },
        call.filter,
      ),
  };
}

export async function askForList(deps: QueryDeps, asker: Asker, call: ListCall): Promise<Asked> {
  const { selection, listedBy, version } = call;
  const scope = { ...asker, question: JSON.stringify([selection, listedBy]) };
  const page: PageRequest = {
    after: call.paging === '0' ? '0' : deps.tokens.decode(scope, call.paging),
    limit: queryMaxSize + 1,
    onlyWithMac: listedBy === 'macaddress',
  };
  const { account, devices } = await readList(deps, asker, call, page);
  return {
    account,
    answer() {
      const shown = devices.slice(0, queryMaxSize);
      const last = devices.length > queryMaxSize ? shown.at(-1) : undefined;
      return encodeDevicesAnswer(
        {
          version,
          pagingInfo: last === undefined ? '0' : deps.tokens.encode(scope, last.number),
          devices: shown.flatMap((row) => {
            const identifier = listedIdentifier(listedBy, row);
            return identifier === undefined ? [] : [describeDevice(identifier, [row])];
          }),
        },
        call.filter,
      );
    },
  };
}

function readList(
  { database }: QueryDeps,
  asker: Asker,
  { selection }: ListCall,
  page: PageRequest,
): Promise<Reading> {
  switch (selection.kind) {
    case 'username':
      return readByUser(database, asker, selection.value, page);
    case 'compliance':
      return readPage(database, asker, selection.value ? 'open' : 'shut', page);
    case 'all':
      return readPage(database, asker, 'registered', page);
    default:
      return selection satisfies never;
  }
}

/** One device for each identifier that fits one, nothing for the others, in the order of the question. */
export async function answerBatch(
  deps: QueryDeps,
  asker: Asker,
  call: BatchCall,
  contentType: string | undefined,
  body: Uint8Array,
): Promise<Uint8Array> {
  const asked = refusingMalformed(() => decodeBatch(contentType, body, call.criteria));
  const question = createHash('sha256').update(JSON.stringify(asked)).digest('base64');
  const scope = { ...asker, question };
  const start = call.paging === '0' ? 0 : Number(deps.tokens.decode(scope, call.paging));
  const part = asked.slice(start, start + queryMaxSize);
  const claimants = await findClaimants(deps.reader, asker, part);
  const end = start + part.length;
  return encodeDevicesAnswer(
    {
      version: call.version,
      pagingInfo: end < asked.length ? deps.tokens.encode(scope, String(end)) : '0',
      devices: part.flatMap((identifier, index) => {
        const rows = claimants[index] ?? [];
        return rows.length === 0 ? [] : [describeDevice(identifier, rows)];
      }),
    },
    call.filter,
  );
}

/** For each identifier, in whatever form it is stored, the devices under management that claim it. */
export async function findClaimants(
  reader: PostureReader,
  asker: Asker,
  identifiers: readonly DeviceIdentifier[],
): Promise<(readonly Posture[])[]> {
  const lookUps = identifiers.map(lookUpsFor);
  const { devices } = await reader.find(asker, lookUps.flat());
  let start = 0;
  return lookUps.map((forms) => {
    const found = devices.slice(start, start + forms.length).flat();
    start += forms.length;
    return found;
  });
}
