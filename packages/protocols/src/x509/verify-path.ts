/**
 * Certification path validation (RFC 5280, section 6), reduced to what is met here: a short path to a root we hold, one wanted
 * purpose. It answers with a reason instead of throwing, because a refused certificate is audited by that reason. Revocation is
 * not looked at: the stored row is the truth about that.
 */
import type { ExtendedKeyUsage } from './extensions.ts';
import { findForbiddenName } from './name-constraints.ts';
import { type Certificate, isSignedBy } from './parse-certificate.ts';
import { findKeyWeakness } from './public-keys.ts';

export type PathRefusal =
  | 'self-signed'
  | 'wrong-issuer'
  | 'bad-signature'
  | 'weak-signature'
  | 'weak-key'
  | 'expired'
  | 'not-yet-valid'
  | 'not-ca'
  | 'ca-as-leaf'
  | 'wrong-key-usage'
  | 'wrong-eku'
  | 'path-too-long'
  | 'name-not-permitted'
  | 'unknown-critical-extension';

export type PathVerdict =
  | { readonly ok: true; readonly chain: readonly Certificate[] }
  | { readonly ok: false; readonly reason: PathRefusal; readonly detail: string };

export interface PathQuestion {
  readonly leaf: Certificate;
  /** As sent by the peer, in any order; at most 10. */
  readonly intermediates: readonly Certificate[];
  readonly roots: readonly Certificate[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly usage: Extract<ExtendedKeyUsage, 'clientAuth' | 'serverAuth'>;
}

const pathLimits = { certificates: 6, intermediates: 10, signatureChecks: 32 } as const;

type Refused = Extract<PathVerdict, { ok: false }>;

export function verifyPath(question: PathQuestion): PathVerdict {
  if (question.intermediates.length > pathLimits.intermediates) {
    return refuse('path-too-long', `more than ${pathLimits.intermediates} intermediate certificates`);
  }
  const found = extend([question.leaf], question, { left: pathLimits.signatureChecks });
  if (!found.ok) return found;
  return findLeafProblem(question) ?? found;
}

/** Looks for an issuer of the last certificate, depth first, until a root is reached. Reports the problem met first. */
function extend(
  chain: readonly Certificate[],
  question: PathQuestion,
  checks: { left: number },
): PathVerdict {
  const current = chain.at(-1) ?? question.leaf;
  const label = describe(current);
  if (chain.length > 1 && question.roots.some((root) => root.fingerprint === current.fingerprint)) {
    return { ok: true, chain };
  }
  if (current.signatureAlgorithm.weak) {
    return refuse('weak-signature', `${label} is signed with ${current.signatureAlgorithm.name}`);
  }
  const candidates = [...question.roots, ...question.intermediates].filter(
    (candidate) =>
      Buffer.compare(candidate.subject.der, current.issuer.der) === 0 &&
      !chain.some((member) => member.fingerprint === candidate.fingerprint),
  );
  if (candidates.length === 0) {
    return Buffer.compare(current.issuer.der, current.subject.der) === 0
      ? refuse('self-signed', `${label} is its own issuer and no trusted root`)
      : refuse('wrong-issuer', `no trusted issuer ${current.issuer.text} for ${label}`);
  }
  if (chain.length >= pathLimits.certificates) {
    return refuse('path-too-long', `more than ${pathLimits.certificates} certificates`);
  }
  let firstProblem: Refused | undefined;
  for (const candidate of candidates) {
    checks.left -= 1;
    if (checks.left < 0) return firstProblem ?? refuse('path-too-long', 'too many candidate issuers');
    const verdict =
      findIssuerProblem(chain, candidate, question) ?? extend([...chain, candidate], question, checks);
    if (verdict.ok) return verdict;
    firstProblem ??= verdict;
  }
  return firstProblem ?? refuse('wrong-issuer', `no usable issuer for ${label}`);
}

function findIssuerProblem(
  chain: readonly Certificate[],
  issuer: Certificate,
  question: PathQuestion,
): Refused | undefined {
  const issued = chain.at(-1) ?? question.leaf;
  const label = describe(issuer);
  if (!isSignedBy(issued, issuer))
    return refuse('bad-signature', `${describe(issued)} is not signed by ${label}`);
  const general = findGeneralProblem(issuer, question.now);
  if (general !== undefined) return general;
  const { basicConstraints, keyUsage, extendedKeyUsage, nameConstraints } = issuer;
  if (basicConstraints?.ca !== true) return refuse('not-ca', `${label} is no certification authority`);
  if (keyUsage !== undefined && !keyUsage.includes('keyCertSign')) {
    return refuse('wrong-key-usage', `${label} may not sign certificates`);
  }
  // Self-issued certificates, such as a CA's key change, do not count (section 6.1.4, step l).
  const below = chain
    .slice(1)
    .filter((member) => Buffer.compare(member.subject.der, member.issuer.der) !== 0).length;
  if (basicConstraints.pathLength !== undefined && below > basicConstraints.pathLength) {
    return refuse(
      'path-too-long',
      `${label} allows ${basicConstraints.pathLength} authorities below it, not ${below}`,
    );
  }
  if (extendedKeyUsage !== undefined && !allows(extendedKeyUsage, question.usage)) {
    return refuse('wrong-eku', `${label} may not issue for ${question.usage}`);
  }
  if (nameConstraints !== undefined) {
    for (const member of chain) {
      const forbidden = findForbiddenName(member.subjectAlternativeNames ?? [], nameConstraints);
      if (forbidden !== undefined)
        return refuse('name-not-permitted', `${label} does not permit ${forbidden}`);
    }
  }
  return undefined;
}

function findLeafProblem({ leaf, now, usage }: PathQuestion): Refused | undefined {
  const general = findGeneralProblem(leaf, now);
  if (general !== undefined) return general;
  const label = describe(leaf);
  if (leaf.basicConstraints?.ca === true)
    return refuse('ca-as-leaf', `${label} is a certification authority`);
  if (leaf.keyUsage !== undefined && !leaf.keyUsage.includes('digitalSignature')) {
    return refuse('wrong-key-usage', `${label} may not sign`);
  }
  // A leaf must say what it is for: without the extension it would serve every purpose.
  if (!allows(leaf.extendedKeyUsage ?? [], usage)) return refuse('wrong-eku', `${label} is not for ${usage}`);
  return undefined;
}

function findGeneralProblem(certificate: Certificate, now: number): Refused | undefined {
  const label = describe(certificate);
  const weakness = findKeyWeakness(certificate.publicKey);
  if (weakness !== undefined) return refuse('weak-key', `${label}: ${weakness}`);
  if (now < certificate.notBefore) {
    return refuse('not-yet-valid', `${label} is valid from ${new Date(certificate.notBefore).toISOString()}`);
  }
  if (now > certificate.notAfter) {
    return refuse('expired', `${label} was valid until ${new Date(certificate.notAfter).toISOString()}`);
  }
  const [unknown] = certificate.unknownCriticalExtensions;
  if (unknown !== undefined)
    return refuse('unknown-critical-extension', `${label} has critical extension ${unknown}`);
  return undefined;
}

function allows(usages: readonly string[], wanted: string): boolean {
  return usages.includes(wanted);
}

function refuse(reason: PathRefusal, detail: string): Refused {
  return { ok: false, reason, detail };
}

function describe(certificate: Certificate): string {
  return `certificate ${certificate.serial} (${certificate.subject.text})`;
}
