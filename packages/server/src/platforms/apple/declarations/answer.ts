// What a device asks about its declarations, and what it says of them: the port of the Apple platform, filled. One transaction
// answers one question; between questions the device is told what it was promised (see `served` in the table).
import { canonicalJson } from '@gatehouse/core/audit/canonical-json.ts';
import type { Sealer } from '../../../kernel/sealed/sealer.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import { lockDevice } from '../../../modules/devices/index.ts';
import type { DeclarationsAnswer, DeclarationsPort } from '../declarations-port.ts';
import { openContent } from '../desired-state/contents.ts';
import { declarationKinds } from '../desired-state/desired.ts';
import { declarationsToken, inOrder } from './declarations-token.ts';
import { findAsset, findServed, selectSets, selectWanted, serveSet, type SetRow } from './queries.ts';
import { recordStatus, type StatusDeps } from './record-status.ts';

export interface DeclarationDeps extends StatusDeps {
  readonly sealer: Pick<Sealer, 'seal' | 'open'>;
}

const gone: DeclarationsAnswer = { status: 404 };

const json = (value: unknown): DeclarationsAnswer => ({
  status: 200,
  body: Buffer.from(canonicalJson(value as never)),
});

export function createDeclarations(deps: DeclarationDeps): DeclarationsPort {
  return {
    async answer({ tx, target, now }, endpoint, data) {
      const { deviceId, channel } = target;
      if (endpoint === 'tokens') return answerTokens(tx, deviceId, channel, now);
      if (endpoint === 'declaration-items') return answerItems(tx, deviceId, channel);
      if (endpoint === 'status') {
        await recordStatus(deps, tx, target, data ?? new Uint8Array(), now);
        // Whatever it was: a report that is refused is sent again for ever.
        return { status: 200 };
      }
      const asked = readPath(endpoint);
      return asked === undefined ? { status: 400 } : answerDeclaration(deps, tx, deviceId, channel, asked);
    },
    async asset(tx, certificate, identifier) {
      const token = isIdentifier(identifier) ? await findAsset(tx, certificate, identifier) : undefined;
      const found = token === undefined ? undefined : await openContent(deps, tx, token);
      return found && { bytes: found.bytes, contentType: found.contentType ?? 'application/octet-stream' };
    },
  };
}

/** `Timestamp` is when the set last changed, so that the answer is the same until it does. */
export function syncTokens({ token, changed_at: changedAt }: Pick<SetRow, 'token' | 'changed_at'>) {
  return {
    SyncTokens: { DeclarationsToken: token, Timestamp: changedAt.toISOString().replace(/\.\d+Z$/, 'Z') },
  };
}

async function answerTokens(
  tx: TenantTx,
  deviceId: string,
  channel: string,
  now: number,
): Promise<DeclarationsAnswer> {
  const [wanted, sets] = await Promise.all([selectWanted(tx, deviceId, channel), selectSets(tx, [deviceId])]);
  const set = sets.find((each) => each.channel === channel);
  return json(syncTokens({ token: declarationsToken(wanted), changed_at: set?.changed_at ?? new Date(now) }));
}

const arrays = {
  activation: 'Activations',
  asset: 'Assets',
  configuration: 'Configurations',
  management: 'Management',
} as const;

async function answerItems(tx: TenantTx, deviceId: string, channel: string): Promise<DeclarationsAnswer> {
  await lockDevice(tx, deviceId);
  const wanted = inOrder(await selectWanted(tx, deviceId, channel));
  const token = declarationsToken(wanted);
  await serveSet(tx, deviceId, channel, token);
  const Declarations = Object.fromEntries(
    declarationKinds.map((kind) => [
      arrays[kind],
      wanted
        .filter((item) => item.kind === kind)
        .map(({ identifier, token: ServerToken }) => ({ Identifier: identifier, ServerToken })),
    ]),
  );
  return json({ Declarations, DeclarationsToken: token });
}

interface AskedDeclaration {
  readonly kind: string;
  readonly identifier: string;
}

/** Split at the first two slashes only: an identifier may hold any character. */
function readPath(endpoint: string): AskedDeclaration | undefined {
  const [, kind, identifier] = /^declaration\/([^/]+)\/(.+)$/s.exec(endpoint) ?? [];
  if (kind === undefined || identifier === undefined) return undefined;
  return (declarationKinds as readonly string[]).includes(kind) ? { kind, identifier } : undefined;
}

async function answerDeclaration(
  deps: Pick<DeclarationDeps, 'sealer'>,
  tx: TenantTx,
  deviceId: string,
  channel: string,
  { kind, identifier }: AskedDeclaration,
): Promise<DeclarationsAnswer> {
  if (!isIdentifier(identifier)) return gone;
  const token = await findServed(tx, deviceId, channel, { kind, identifier });
  const found = token === undefined ? undefined : await openContent(deps, tx, token);
  if (found === undefined) return gone;
  return json({ ...(JSON.parse(found.bytes.toString()) as object), ServerToken: token });
}

/** As long as an identifier may be, and nothing that the database cannot hold. */
function isIdentifier(text: string): boolean {
  return Buffer.byteLength(text) <= 64 && !/[\p{Cc}\p{Cs}]/u.test(text);
}
