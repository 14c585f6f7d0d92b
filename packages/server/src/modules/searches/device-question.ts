// What somebody asks for, read once: words, an expression, a kept list; and the part of it that the database finds by itself.
import type { DeviceQuestion } from '@gatehouse/contracts/admin/searches.ts';
import { deviceStates } from '@gatehouse/core/devices/device.ts';
import { searchKey, searchWords } from '@gatehouse/core/devices/search-words.ts';
import type { Compiled } from '@gatehouse/core/expressions/compile.ts';
import {
  type AgeRange,
  type Narrowing,
  narrowExpression,
  noNarrowing,
} from '@gatehouse/core/expressions/narrow.ts';
import type { FactName } from '@gatehouse/core/facts/catalogue.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { searchRanges } from '../devices/index.ts';
import { compileAs } from './expressions.ts';
import type { FleetFilter, SoughtWord } from './list-queries.ts';
import type { SetKind } from './queries.ts';

export interface Question {
  /** undefined: no expression. */
  readonly compiled: Compiled | undefined;
  readonly facts: readonly FactName[];
  readonly narrowing: Narrowing;
  readonly words: readonly SoughtWord[];
  readonly selectionId: string | null;
}

/** @throws DomainError `invalid-input`, `forbidden` when it asks for facts that he may not see. */
export function readQuestion(
  principal: TenantPrincipal,
  { expression, search, selectionId }: DeviceQuestion,
  kind: SetKind = 'watch-list',
): Question {
  const { compiled, facts } =
    expression === undefined ? { compiled: undefined, facts: [] } : compileAs(principal, kind, expression);
  return {
    compiled,
    facts,
    narrowing: expression === undefined ? noNarrowing : narrowExpression(expression),
    words: searchWords(search ?? '').map(soughtWord),
    selectionId: selectionId ?? null,
  };
}

/** The first two characters of an identifier say nothing. */
const shortestPrefix = 3;

function soughtWord(word: string): SoughtWord {
  const ranges = word.length < shortestPrefix ? [] : searchRanges(word).identifiers;
  return { key: searchKey(word), ranges };
}

const managed = deviceStates.filter((state) => state !== 'unmanaged');

export function filterOf({ narrowing, words, selectionId }: Question, now: number): FleetFilter {
  const { among, users, failing, groups, seen, changed } = narrowing;
  const compliant = among['posture.compliant'];
  const made = among['contact.made'];
  const before = ({ above }: AgeRange) => (above === null ? null : new Date(now - above));
  const after = ({ below }: AgeRange) => (below === null ? null : new Date(now - below));
  return {
    platforms: among['device.platform'] ?? null,
    // Who has left is found only by whoever asks for that.
    states: among['device.state'] ?? managed,
    ownerships: among['device.ownership'] ?? null,
    standings: among['posture.standing'] ?? null,
    network: among['posture.network'] ?? null,
    mail: among['posture.mail'] ?? null,
    vpn: among['posture.vpn'] ?? null,
    compliant: truthOf(compliant),
    contactMade: truthOf(made),
    users,
    failing,
    groups,
    seenBefore: before(seen),
    seenAfter: after(seen),
    changedBefore: before(changed),
    changedAfter: after(changed),
    words,
    selectionId,
    impossible: Object.values(among).some((values) => values.length === 0),
  };
}

function truthOf(values: readonly string[] | undefined): boolean | null {
  return values?.length === 1 ? values[0] === 'true' : null;
}

export const isImpossible = ({ impossible }: FleetFilter): boolean => impossible;

/** Nothing is asked but that it is under management. */
export function isEverything({ states, words, impossible, ...others }: FleetFilter): boolean {
  return (
    !impossible &&
    states === managed &&
    words.length === 0 &&
    Object.values(others).every((value) => value === null)
  );
}
