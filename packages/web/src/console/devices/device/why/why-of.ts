/**
 * An explanation as a chain that one can follow: for a gate, each rule that stands against it from the fact to the effect, and
 * what is folded beside it, counted. It decides nothing and words nothing: both come from the server.
 */
import type { ExplainedRule } from '@gatehouse/core/compliance/explained.ts';
import type { Access, Gate } from '@gatehouse/core/compliance/gate.ts';
import type { AssignmentPath } from '@gatehouse/core/settings/resolve.ts';
import type { DeviceExplanation } from '../../../../api/operations/device.ts';

/** A policy or an assigned rule at the version that held, with the way along which it reaches the device. */
export interface Source {
  readonly kind: 'policy' | 'rule';
  readonly id: string;
  readonly name: string;
  readonly version: number | null;
  readonly path: AssignmentPath;
  readonly author: string | null;
  readonly publishedAt: number | null;
}

export interface WhyPath {
  readonly rule: ExplainedRule;
  readonly sources: readonly Source[];
  readonly effect: Access;
}

export interface Why {
  readonly access: Access;
  /** Since when the gate answers so. */
  readonly since: number | null;
  /** What stands against the gate without any rule: the device is blocked, or not managed. */
  readonly standing: readonly string[];
  /** The rules that decide, worst first; of an open gate none. */
  readonly deciding: readonly WhyPath[];
  /** They count for the gate and are met. */
  readonly passing: readonly WhyPath[];
  readonly exempt: readonly WhyPath[];
  /** They fail, and do not count for this gate. */
  readonly elsewhere: readonly WhyPath[];
  readonly mends: readonly string[];
  /** When it changes though nothing is reported. */
  readonly byItself: number | null;
}

const badness: Readonly<Record<Access, number>> = { deny: 2, quarantine: 1, allow: 0 };

export function whyOf(explanation: DeviceExplanation, gate: Gate): Why {
  const { access, reasons } = explanation.gates[gate];
  const paths = explanation.rules.map(
    (rule): WhyPath => ({ rule, sources: sourcesOf(rule, explanation), effect: rule.effects[gate] }),
  );
  const deciding = paths
    .filter(({ effect }) => effect !== 'allow')
    .toSorted((a, b) => badness[b.effect] - badness[a.effect]);
  const others = paths.filter(({ effect }) => effect === 'allow');
  const exempt = others.filter(({ rule }) => rule.exception !== null && rule.status !== 'compliant');
  const rest = others.filter((path) => !exempt.includes(path));
  const passing = rest.filter(({ rule }) => rule.status === 'compliant' && rule.gates.includes(gate));
  const elsewhere = rest.filter(({ rule }) => rule.status !== 'compliant');
  const moments = deciding.flatMap(({ rule: { status, graceEndsAt, changesAt } }) => {
    const at = status === 'in-grace' ? graceEndsAt : changesAt;
    return at === null ? [] : [at];
  });
  return {
    access,
    since: explanation.since[gate],
    standing: reasons.flatMap((reason) => (reason.code === 'rule' ? [] : [reason.text])),
    deciding,
    passing,
    exempt,
    elsewhere,
    mends: [...new Set(deciding.flatMap(({ rule }) => (rule.remedy === null ? [] : [rule.remedy])))],
    byItself: moments.length === 0 ? null : Math.min(...moments),
  };
}

/** Every policy that won one of the rule's settings, and the assigned rule; each once. */
export function sourcesOf(rule: ExplainedRule, explanation: DeviceExplanation): readonly Source[] {
  const found = new Map<string, Source>();
  if (rule.ruleId !== null && rule.assignedTo !== null) {
    const version = explanation.ruleVersions.find(
      (each) => each.ruleId === rule.ruleId && each.version === rule.ruleVersion,
    );
    found.set(`rule ${rule.ruleId}`, {
      kind: 'rule',
      id: rule.ruleId,
      name: rule.name ?? rule.title,
      version: rule.ruleVersion,
      path: rule.assignedTo,
      author: null,
      publishedAt: version === undefined ? null : Date.parse(version.createdAt),
    });
  }
  for (const { origin } of rule.demands) {
    if (origin === null || origin.winner === null) continue;
    const { policyId: id, policyName: name, policyVersion: version, path } = origin.winner;
    const published = explanation.policyVersions.find(
      (each) => each.policyId === id && each.version === version,
    );
    found.set(`policy ${id} ${path.targetId}`, {
      kind: 'policy',
      id,
      name,
      version,
      path,
      author: published?.author ?? null,
      publishedAt: published?.publishedAt ?? null,
    });
  }
  return [...found.values()];
}

/** The moments to which one can go back: each change of the gate’s answer, newest first, and the moment before it. */
export function momentsOf(
  changes: readonly { readonly at: string; readonly access: Readonly<Record<Gate, Access>> }[],
  gate: Gate,
): readonly { readonly at: string; readonly access: Access }[] {
  return changes.flatMap((change, index) => {
    const before = changes[index + 1];
    return before === undefined || before.access[gate] !== change.access[gate]
      ? [{ at: change.at, access: change.access[gate] }]
      : [];
  });
}
