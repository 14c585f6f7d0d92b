/**
 * Which resources a device gets, and which not because another of the same name is nearer (POL-09). The result keeps who
 * won, along which assignment and against whom, as policies do.
 */
import type { AssignmentPath } from '../settings/resolve.ts';
import { targetKinds } from '../settings/resolve.ts';
import { compareText } from '../text-order.ts';
import { type ResourceFields, type ResourceKind, resourceDefinition } from './catalogue.ts';

export interface AssignedResource {
  readonly resourceId: string;
  readonly kind: ResourceKind;
  readonly name: string;
  readonly version: number;
  readonly fields: ResourceFields;
  readonly path: AssignmentPath;
  /** Among assignments of the same kind of target, the higher wins. */
  readonly priority: number;
}

/** One of those that were equal, without its fields. */
export type ResourceCandidate = Pick<AssignedResource, 'resourceId' | 'name' | 'version' | 'path'>;

export interface ResolvedResource extends AssignedResource {
  readonly why: 'only-one' | 'nearest';
  /** All that lay claim to its place, itself included, in order of rank. */
  readonly candidates: readonly ResourceCandidate[];
}

export interface ResolvedResources {
  readonly resources: readonly ResolvedResource[];
  readonly outdone: readonly {
    readonly resource: ResourceCandidate & { kind: ResourceKind };
    readonly by: ResourceCandidate;
  }[];
}

function compareRank(a: AssignedResource, b: AssignedResource): number {
  return (
    targetKinds.indexOf(a.path.targetKind) - targetKinds.indexOf(b.path.targetKind) ||
    b.priority - a.priority ||
    compareText(a.name, b.name) ||
    compareText(a.resourceId, b.resourceId) ||
    compareText(a.path.targetId, b.path.targetId)
  );
}

/** What two resources must share to be in each other's way. */
function placeOf({ kind, resourceId, fields }: AssignedResource): string {
  const { uniqueBy } = resourceDefinition(kind);
  if (uniqueBy === undefined) return `${kind}/${resourceId}`;
  return uniqueBy === true ? kind : `${kind}/by/${String(fields[uniqueBy] ?? resourceId)}`;
}

/** Does not depend on the order of what it is given; the result is in the order of ids. */
export function resolveResources(assigned: readonly AssignedResource[]): ResolvedResources {
  const resources: ResolvedResource[] = [];
  const outdone: ResolvedResources['outdone'][number][] = [];
  const ranked = assigned.toSorted(compareRank);
  for (const claims of Map.groupBy(ranked, placeOf).values()) {
    const [winner] = claims;
    if (winner === undefined) continue;
    const candidates = claims.map(toCandidate);
    resources.push({ ...winner, why: claims.length === 1 ? 'only-one' : 'nearest', candidates });
    const losers = new Map(
      claims.filter(({ resourceId }) => resourceId !== winner.resourceId).map((one) => [one.resourceId, one]),
    );
    for (const loser of losers.values()) {
      outdone.push({ resource: { ...toCandidate(loser), kind: loser.kind }, by: toCandidate(winner) });
    }
  }
  return {
    resources: resources.toSorted((a, b) => compareText(a.resourceId, b.resourceId)),
    outdone: outdone.toSorted((a, b) => compareText(a.resource.resourceId, b.resource.resourceId)),
  };
}

function toCandidate({ resourceId, name, version, path }: AssignedResource): ResourceCandidate {
  return { resourceId, name, version, path };
}
