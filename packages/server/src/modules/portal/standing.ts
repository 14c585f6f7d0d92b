// How a device stands, for the person who uses it: one word for the whole, and what is wrong with what mends it. No names of rules,
// no expressions, no ids: those are for the help desk.
import type { MyDevice, Standing } from '@gatehouse/contracts/my/devices.ts';
import type { ExplainedRule } from '@gatehouse/core/compliance/explained.ts';
import { gates } from '@gatehouse/core/compliance/gate.ts';
import type { DeviceState } from '@gatehouse/core/devices/device.ts';
import type { Language } from '@gatehouse/core/languages.ts';

export type OwnProblem = MyDevice['problems'][number];

export interface Stand {
  readonly standing: Standing;
  readonly problems: readonly OwnProblem[];
  /** The last of its exceptions that ends; null: none that matters, or one without an end. */
  readonly exemptUntil: string | null;
}

export type JudgedRule = Pick<
  ExplainedRule,
  'rule' | 'status' | 'summary' | 'remedy' | 'exception' | 'graceEndsAt' | 'effects' | 'evidence'
>;

/** What an expression could not tell is said in its own terms, which are the administrator's. */
const untold: Readonly<Record<Language, string>> = {
  en: 'A requirement of your organization cannot be checked at the moment.',
  de: 'Eine Anforderung Ihrer Organisation kann derzeit nicht geprüft werden.',
};

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/**
 * @param whole what is told of the device as a whole; counts unless it is simply managed.
 * @param rules with words in that language.
 */
export function standOf(
  state: DeviceState,
  barred: boolean,
  whole: { readonly failureReason: string | null; readonly remediation: string | null },
  rules: readonly JudgedRule[],
  language: Language,
): Stand {
  if (state !== 'registered' || barred) {
    const says = whole.failureReason;
    const away = state === 'unmanaged' || state === 'wiping';
    return {
      standing: state === 'pending' ? 'pending' : away ? 'away' : 'bad',
      problems:
        says === null
          ? []
          : [
              {
                kind: null,
                says,
                mends: whole.remediation,
                until: null,
                gates: away ? [] : [...gates],
                stale: false,
              },
            ],
      exemptUntil: null,
    };
  }
  const failing = rules.filter(({ status, exception }) => status !== 'compliant' && exception === null);
  const problems = failing.map((rule) => ({ problem: toProblem(rule, language), rank: rankOf(rule) }));
  problems.sort((a, b) => a.rank - b.rank);
  const exempt = rules.filter(({ status, exception }) => status !== 'compliant' && exception !== null);
  const ends = exempt.map(({ exception }) => exception?.until ?? null);
  return {
    standing: wordFor(rules, failing, exempt.length > 0),
    problems: problems.map(({ problem }) => problem),
    exemptUntil: ends.length === 0 || ends.includes(null) ? null : iso(Math.min(...ends.map(Number))),
  };
}

function wordFor(rules: readonly JudgedRule[], failing: readonly JudgedRule[], exempt: boolean): Standing {
  if (rules.length === 0) return 'unchecked';
  if (failing.some(({ status }) => status === 'not-compliant')) return 'bad';
  const unknown = failing.filter(({ status }) => status === 'unknown');
  if (unknown.some(isStale)) return 'stale';
  if (unknown.length > 0) return 'unknown';
  if (failing.length > 0) return 'grace';
  return exempt ? 'exempt' : 'ok';
}

const isStale = ({ evidence }: JudgedRule): boolean => evidence.some(({ stale }) => stale);

/** What takes access away first, then what is broken, then what is only unknown, then what has time. */
function rankOf(rule: JudgedRule): number {
  const shuts = gates.some((gate) => rule.effects[gate] !== 'allow');
  const status = ['not-compliant', 'unknown', 'in-grace'].indexOf(rule.status);
  return (shuts ? 0 : 10) + status;
}

function toProblem(rule: JudgedRule, language: Language): OwnProblem {
  const hidden = rule.rule === 'custom' && rule.status === 'unknown';
  return {
    kind: rule.rule,
    says: hidden ? untold[language] : rule.summary,
    mends: rule.remedy,
    until: rule.status === 'in-grace' ? iso(rule.graceEndsAt) : null,
    gates: gates.filter((gate) => rule.effects[gate] !== 'allow'),
    stale: rule.status === 'unknown' && isStale(rule),
  };
}
