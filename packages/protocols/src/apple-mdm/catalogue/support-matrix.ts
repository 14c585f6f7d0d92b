/** Where every type may be used, as rows for documents, console and command line. */
import { listTypes } from './find-type.ts';
import { accessRight } from './rights.ts';
import { type Family, type Platform, platforms, type SchemaType, type Support } from './schema.ts';
import { removedIn } from './usable.ts';

export interface PlatformSupport {
  readonly since: string;
  readonly deprecated?: string;
  readonly removed?: string;
  /** In plain words: `supervision`, `automated enrolment`. */
  readonly needs: readonly string[];
}

export interface SupportRow {
  readonly name: string;
  readonly type: string;
  readonly release: string;
  /** Platforms that it is not for are missing. */
  readonly platforms: { readonly [platform in Platform]?: PlatformSupport };
}

export function supportMatrix(family: Family): readonly SupportRow[] {
  return listTypes(family).map(supportOf);
}

export function supportOf({ name, type, release, os }: SchemaType): SupportRow {
  const rows = platforms.flatMap((platform) => {
    const support = os?.[platform];
    if (support?.introduced === undefined || support.introduced === 'n/a') return [];
    return [[platform, platformSupport(support)] as const];
  });
  return { name, type, release, platforms: Object.fromEntries(rows) };
}

function platformSupport(support: Support): PlatformSupport {
  const removed = removedIn(support);
  return {
    since: support.introduced ?? '',
    ...(support.deprecated === undefined ? {} : { deprecated: support.deprecated }),
    ...(removed === undefined ? {} : { removed }),
    needs: needsInWords(support),
  };
}

/** What a device, its enrolment and the channel must be. */
export function needsInWords(support: Support): string[] {
  const right = accessRight(support.right);
  return [
    ...(support.supervised === true ? ['supervision'] : []),
    ...(support.automated === true ? ['automated enrolment'] : []),
    ...(support.userApproved === true ? ['user-approved MDM'] : []),
    ...(support.manual === false ? ['MDM (not by hand)'] : []),
    ...(support.userEnrollment?.mode === 'forbidden' ? ['no user enrolment'] : []),
    ...channelNeeds(support),
    ...sharedIPadNeeds(support),
    ...declarativeNeeds(support),
    ...(right === undefined ? [] : [`right ${right.bit}`]),
  ];
}

function channelNeeds({ deviceChannel, userChannel }: Support): string[] {
  if (deviceChannel === false && userChannel === true) return ['user channel'];
  return deviceChannel === true && userChannel === false ? ['device channel'] : [];
}

function sharedIPadNeeds({ sharedIPad }: Support): string[] {
  if (sharedIPad?.mode === 'forbidden') return ['no Shared iPad'];
  if (sharedIPad?.mode === 'required') return ['Shared iPad'];
  if (sharedIPad?.mode !== 'allowed') return [];
  return channelNeeds(sharedIPad).map((channel) => `on Shared iPad the ${channel}`);
}

function declarativeNeeds({ enrollments, scopes }: Support): string[] {
  return [
    ...(enrollments === undefined ? [] : [`enrolment: ${enrollments.join(', ') || 'none'}`]),
    ...(scopes === undefined ? [] : [`scope: ${scopes.join(', ') || 'none'}`]),
  ];
}
