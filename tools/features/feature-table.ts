/**
 * docs/FEATURES.md: one row per capability, kept by hand, read by the check.
 *
 *     | TEN-05 | what it is | works | `packages/core/src/permissions/grant.test.ts` › may not grant more |
 *
 * The last column names tests, as path › part of the title, several of them parted by `<br>`; for a row that does not
 * (fully) work it says in words what is missing or why it does not apply. A table at the top counts the states by area.
 */
import type { TestTitle } from '../test-titles.ts';
import type { Area } from './inventory.ts';

export const states = ['works', 'partly', 'not yet', 'n/a'] as const;
export type State = (typeof states)[number];

export interface Row {
  readonly id: string;
  readonly line: number;
  readonly state: string;
  readonly shownBy: string;
}

export function readTable(markdown: string): Row[] {
  return markdown.split('\n').flatMap((text, index) => {
    const cells = text.split('|').map((cell) => cell.trim());
    const id = cells[1] ?? '';
    if (cells.length < 6 || !/^[A-Z]{3}-\d\d$/.test(id)) return [];
    return [{ id, line: index + 1, state: cells[3] ?? '', shownBy: cells.slice(4, -1).join('|').trim() }];
  });
}

/** @returns a sentence per fault */
export function tableFaults(
  rows: readonly Row[],
  inventory: readonly Area[],
  titles: readonly TestTitle[],
): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  const known = new Set(inventory.flatMap(({ capabilities }) => Object.keys(capabilities)));
  for (const row of rows) {
    const where = `docs/FEATURES.md:${row.line}: ${row.id}`;
    if (seen.has(row.id)) faults.push(`${where} stands there twice`);
    seen.add(row.id);
    if (!known.has(row.id)) faults.push(`${where} is no capability of the inventory`);
    faults.push(...rowFaults(row, titles).map((fault) => `${where} ${fault}`));
  }
  for (const id of known) if (!seen.has(id)) faults.push(`docs/FEATURES.md has no row for ${id}`);
  return faults;
}

function rowFaults(row: Row, titles: readonly TestTitle[]): string[] {
  if (!(states as readonly string[]).includes(row.state)) {
    return [`has the state "${row.state}", which is none of ${states.join(', ')}`];
  }
  if (row.state === 'n/a' && row.shownBy === '') return ['is "n/a" without a reason'];
  if (row.state === 'partly' && row.shownBy === '') return ['is "partly" without saying what is missing'];
  const proofs = proofsIn(row.shownBy);
  if (row.state === 'works' && proofs.length === 0)
    return ['"works" without a test: `path` › part of its title'];
  return proofs
    .filter(({ path, part }) => !titles.some((title) => title.path === path && title.title.includes(part)))
    .map(({ path, part }) => `names a test that does not exist: ${path} › ${part}`);
}

function proofsIn(cell: string): { path: string; part: string }[] {
  return cell
    .split('<br>')
    .map((item) => /^`([^`]+\.ts)` › (.+)$/.exec(item.trim()))
    .filter((match) => match !== null)
    .map(([, path = '', part = '']) => ({ path, part: part.trim() }));
}

/**
 * Whether the table at the top counts right: `| area | works | partly | not yet | n/a |`, and the sum.
 * @returns a sentence per fault
 */
export function summaryFaults(markdown: string, rows: readonly Row[], inventory: readonly Area[]): string[] {
  const stateOf = new Map(rows.map(({ id, state }) => [id, state]));
  const countStates = (ids: readonly string[]) =>
    states.map((state) => ids.filter((id) => stateOf.get(id) === state).length);
  const lines = new Set(markdown.split('\n'));
  const all = inventory.flatMap(({ capabilities }) => Object.keys(capabilities));
  const expected = [
    ...inventory.map(
      ({ area, capabilities }) => `| ${area} | ${countStates(Object.keys(capabilities)).join(' | ')} |`,
    ),
    `| **All ${all.length}** | ${countStates(all)
      .map((count) => `**${count}**`)
      .join(' | ')} |`,
  ];
  return expected
    .filter((line) => !lines.has(line))
    .map(
      (line) =>
        `docs/FEATURES.md counts otherwise than it says; the table at the top needs the line\n  ${line}`,
    );
}
