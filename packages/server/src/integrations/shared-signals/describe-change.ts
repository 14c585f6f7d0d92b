// From a decision that changed to what receivers are told of it, in the words of CAEP. Pure.
import { ruleCatalogue } from '@gatehouse/core/compliance/rules.ts';
import type { Evaluation, RuleVerdict } from '@gatehouse/core/compliance/verdict.ts';
import { render } from '@gatehouse/core/compliance/wording/render.ts';
import { factCatalogue, type FactName } from '@gatehouse/core/facts/catalogue.ts';
import { type Language, languages } from '@gatehouse/core/languages.ts';
import {
  type ComplexSubject,
  type ComplianceStatus,
  eventTypes,
  type Reason,
  type SecurityEvent,
} from '@gatehouse/protocols/shared-signals/index.ts';

/** As the event `device.posture-changed` tells it. */
export interface Decision {
  readonly registered: boolean;
  readonly compliant: boolean;
  readonly network: string;
  readonly mail: string;
  readonly vpn: string;
}

export interface DecisionChange {
  readonly before: Decision;
  readonly after: Decision;
  /** ms since the epoch. */
  readonly at: number;
}

export interface ToldDevice {
  readonly deviceId: string;
  readonly email: string | null;
  /** As it is now; it may have changed again since. */
  readonly compliant: boolean;
  readonly evaluation: Evaluation;
}

export interface Teller {
  readonly issuer: string;
  readonly slug: string;
}

export function subjectOf(
  { issuer, slug }: Teller,
  device: Pick<ToldDevice, 'deviceId' | 'email'>,
): ComplexSubject {
  return {
    format: 'complex',
    device: { format: 'iss_sub', iss: issuer, sub: device.deviceId },
    ...(device.email === null ? {} : { user: { format: 'email', email: device.email } }),
    tenant: { format: 'opaque', id: slug },
  };
}

const statusOf = (decision: Decision): ComplianceStatus =>
  decision.compliant ? 'compliant' : 'not-compliant';

/**
 * A device that is not managed is not compliant, before its first verdict and after its last: so a first verdict is news only when
 * it is good, and the end of management is news when it was.
 */
export function describeChange(teller: Teller, device: ToldDevice, change: DecisionChange): SecurityEvent[] {
  const subject = subjectOf(teller, device);
  const happened = Math.floor(change.at / 1_000);
  const [before, after] = [statusOf(change.before), statusOf(change.after)];
  const events: SecurityEvent[] = [];
  if (before !== after)
    events.push({
      type: eventTypes.deviceComplianceChange,
      subject,
      claims: {
        previous_status: before,
        current_status: after,
        event_timestamp: happened,
        initiating_entity: 'policy',
        ...(after === 'compliant' ? {} : reasons(device)),
      },
    });
  if (losesEveryAccess(change))
    events.push({
      type: eventTypes.sessionRevoked,
      subject,
      claims: { event_timestamp: happened, reason_admin: { en: 'The device may not come in any more.' } },
    });
  return events;
}

/** Blocked, being wiped, or no longer managed: what it holds open must end, which a lack of compliance alone does not ask. */
function losesEveryAccess({ before, after }: DecisionChange): boolean {
  const shut = ({ network, mail, vpn }: Decision) =>
    [network, mail, vpn].every((access) => access === 'deny');
  return before.registered && !shut(before) && (!after.registered || shut(after));
}

const general = {
  en: {
    admin: 'The device does not meet the rules that apply to it.',
    user: 'This device does not meet your organization’s rules. Its management says what to do.',
  },
  de: {
    admin: 'Das Gerät erfüllt die Regeln nicht, die für es gelten.',
    user: 'Dieses Gerät erfüllt die Regeln Ihrer Organisation nicht. Was zu tun ist, sagt seine Verwaltung.',
  },
} as const satisfies Record<Language, { admin: string; user: string }>;

/** Texts of rules that look at the machine alone; everything else might say something about the person (SSF-07). */
function reasons({ compliant, evaluation }: ToldDevice): { reason_admin: Reason; reason_user: Reason } {
  // Another verdict than the one that is told of has been given since: its reasons are not these.
  const broken = compliant
    ? []
    : evaluation.verdicts.filter(({ status, exception }) => status !== 'compliant' && exception === null);
  const shown = broken.filter(isTechnical).slice(0, 5);
  const told = languages.map((language) => {
    const admin = shown.map(({ says }) => render(says, language)).filter((text) => text !== '');
    const user = shown.map(({ mends }) => render(mends, language)).filter((text) => text !== '');
    if (shown.length < broken.length || admin.length === 0) admin.push(general[language].admin);
    if (user.length === 0) user.push(general[language].user);
    return { language, admin: admin.join(' ').slice(0, 1_000), user: user.join(' ').slice(0, 1_000) };
  });
  return {
    reason_admin: Object.fromEntries(told.map(({ language, admin }) => [language, admin])),
    reason_user: Object.fromEntries(told.map(({ language, user }) => [language, user])),
  };
}

function isTechnical({ rule, evidence }: RuleVerdict): boolean {
  const looksAt: readonly string[] = [...ruleCatalogue[rule].reads, ...evidence.map(({ fact }) => fact)];
  return looksAt.every(
    (fact) => !Object.hasOwn(factCatalogue, fact) || factCatalogue[fact as FactName].privacy === 'technical',
  );
}

export function describeRevokedCertificate(
  teller: Teller,
  device: Pick<ToldDevice, 'deviceId' | 'email'>,
  { serial, at }: { readonly serial: string; readonly at: number },
): SecurityEvent {
  return {
    type: eventTypes.credentialChange,
    subject: subjectOf(teller, device),
    claims: {
      credential_type: 'x509',
      change_type: 'revoke',
      x509_serial: serial,
      event_timestamp: Math.floor(at / 1_000),
    },
  };
}
