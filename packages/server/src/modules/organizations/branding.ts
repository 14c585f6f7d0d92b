// How an organization looks to its people: name, colour, words, logo (ARC-12).
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Branding, BrandingChanges, PublicBranding } from '@gatehouse/contracts/admin/branding.ts';
import { actorReference } from '@gatehouse/core/actor.ts';
import { judgeAccent, neededContrast } from '@gatehouse/core/branding/accent.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { type BrandImage, logoLimits, readBrandImage } from './brand-image.ts';
import {
  type BrandingRow,
  lockBranding,
  type LogoRow,
  type LookRow,
  selectBranding,
  selectLogo,
  selectLook,
  updateBrandingRow,
  updateLogo,
} from './branding-queries.ts';
import type { RecordAudit } from './ports.ts';
import { selectOrganization } from './queries.ts';

export interface BrandingDeps {
  readonly database: Database;
  readonly audit: RecordAudit;
  readonly clock: Clock;
}

export async function readBranding(
  deps: Pick<BrandingDeps, 'database'>,
  actor: TenantPrincipal,
): Promise<Branding> {
  requirePermission(actor, 'organizations.read');
  return deps.database.withTenant(
    actor.organizationId,
    async (tx) => presentBranding(await selectBranding(tx), await slugOf(tx)),
    { readOnly: true },
  );
}

/** @throws DomainError `unprocessable` reason `poor-contrast`, with the nearest shade that will do. */
export async function updateBranding(
  deps: BrandingDeps,
  actor: TenantPrincipal,
  changes: BrandingChanges,
): Promise<Branding> {
  requirePermission(actor, 'settings.manage');
  if (typeof changes.accent === 'string') requireContrast(changes.accent);
  return change(deps, actor, async (tx, row, at, by) => {
    const after = {
      ...row,
      name: changes.name === undefined ? row.name : changes.name,
      accent: changes.accent === undefined ? row.accent : changes.accent,
      texts: changes.texts ?? row.texts,
      updated_at: at,
      updated_by: by,
    };
    await updateBrandingRow(tx, after as BrandingRow);
    return {
      ...(after.name === row.name ? {} : { name: { before: row.name, after: after.name } }),
      ...(after.accent === row.accent ? {} : { accent: { before: row.accent, after: after.accent } }),
      ...(changes.texts === undefined ? {} : { texts: 'changed' }),
    };
  });
}

function requireContrast(accent: string): void {
  const { accepted, contrast, proposal } = judgeAccent(accent);
  if (accepted) return;
  throw new DomainError(
    'unprocessable',
    `${accent} stands out from white by ${contrast} to 1 only, and ${neededContrast} is needed: ${proposal} is the nearest shade`,
    { reason: 'poor-contrast', detail: { contrast, needed: neededContrast, proposal } },
  );
}

/** @throws DomainError `invalid-input` for what is no picture, `too-large`. */
export async function uploadLogo(
  deps: BrandingDeps,
  actor: TenantPrincipal,
  upload: Readable,
): Promise<Branding> {
  requirePermission(actor, 'settings.manage');
  const image = readBrandImage(await readAtMost(upload, logoLimits.bytes));
  const hash = createHash('sha256').update(image.content).digest();
  return change(deps, actor, async (tx, _row, at, by) => {
    await updateLogo(tx, { hash, ...image }, { at, by });
    return { logo: { hash: hash.toString('hex'), width: image.width, height: image.height } };
  });
}

export async function removeLogo(deps: BrandingDeps, actor: TenantPrincipal): Promise<Branding> {
  requirePermission(actor, 'settings.manage');
  return change(deps, actor, async (tx, _row, at, by) => {
    await updateLogo(tx, null, { at, by });
    return { logo: null };
  });
}

async function change(
  deps: BrandingDeps,
  actor: TenantPrincipal,
  work: (tx: TenantTx, row: BrandingRow, at: Date, by: string) => Promise<NonNullable<Shown>>,
): Promise<Branding> {
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const by = actorReference(actor);
    const row = await lockBranding(tx, by);
    const show = await work(tx, row, new Date(deps.clock.now()), by);
    await deps.audit(tx, {
      actor,
      action: 'organizations.update-branding',
      target: { kind: 'organization', id: tx.organizationId },
      outcome: 'done',
      show,
    });
    return presentBranding(await selectBranding(tx), await slugOf(tx));
  });
}
type Shown = Parameters<RecordAudit>[1]['show'];

async function readAtMost(stream: Readable, most: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > most)
      throw new DomainError('too-large', `A logo has at most ${most / 1024} KiB`, { detail: { most } });
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function slugOf(tx: TenantTx): Promise<string> {
  return (await selectOrganization(tx))?.slug ?? '';
}

const endings: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
};

function presentLook(
  row: Pick<BrandingRow, 'accent' | 'texts' | 'logo_hash' | 'logo_type' | 'logo_width' | 'logo_height'>,
  slug: string,
): Pick<Branding, 'accent' | 'logo' | 'texts'> {
  const { accent, texts, logo_hash: hash, logo_type: type, logo_width: width, logo_height: height } = row;
  return {
    ...(accent === null ? {} : { accent }),
    ...(hash === null || type === null || width === null || height === null
      ? {}
      : { logo: { href: `/branding/${slug}/${hash.toString('hex')}.${endings[type]}`, width, height } }),
    texts,
  };
}

function presentBranding(row: BrandingRow | undefined, slug: string): Branding {
  if (row === undefined) return { texts: {} };
  return {
    ...(row.name === null ? {} : { name: row.name }),
    ...presentLook(row, slug),
    updatedAt: row.updated_at.toISOString(),
    updatedBy: row.updated_by,
  };
}

/** What pages that everybody may open show of an organization. */
export async function readLook(
  deps: Pick<BrandingDeps, 'database'>,
  organizationId: string,
): Promise<PublicBranding> {
  const [row] = await deps.database.tenantQuery<LookRow>(organizationId, selectLook);
  return presentWhole(row);
}

/** The same for a letter, with the logo itself when mail programs are sure to show it. */
export async function readLetterLook(
  tx: TenantTx,
): Promise<PublicBranding & { readonly logoPng: Buffer | undefined }> {
  const row = await tx.one<LookRow>(selectLook, [tx.organizationId]);
  const logo =
    row?.logo_type === 'image/png'
      ? await tx.one<LogoRow>(selectLogo, [tx.organizationId, row.logo_hash])
      : undefined;
  return { ...presentWhole(row), logoPng: logo?.logo };
}

function presentWhole(row: LookRow | undefined): PublicBranding {
  if (!row) return { name: '', texts: {} };
  return {
    name: row.name ?? row.organization_name,
    ...presentLook(row, row.slug),
    ...(row.support === null ? {} : { support: row.support as NonNullable<PublicBranding['support']> }),
  };
}

/** @param file as the logo's address names it: `<sha256>.<ending>`. */
export async function readLogo(
  deps: Pick<BrandingDeps, 'database'>,
  organizationId: string,
  file: string,
): Promise<(Pick<BrandImage, 'content'> & { mediaType: string }) | undefined> {
  const [, hash = '', ending] = /^([0-9a-f]{64})\.(png|jpg|webp)$/.exec(file) ?? [];
  if (hash === '') return undefined;
  const [row] = await deps.database.tenantQuery<LogoRow>(organizationId, selectLogo, [
    Buffer.from(hash, 'hex'),
  ]);
  return row && endings[row.logo_type] === ending
    ? { content: row.logo, mediaType: row.logo_type }
    : undefined;
}
