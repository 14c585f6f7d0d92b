/** Rules about what stands in a file: SQL, wire words, chance, clocks, names. */
import { lineAt, type Literal } from './scan-source.ts';
import { packageOf, type SourceFile } from './source-files.ts';

export function textFaults(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => [
    ...sqlFaults(file),
    ...interpolationFaults(file),
    ...settingFaults(file),
    ...wireWordFaults(file),
    ...chanceFaults(file),
    ...clockFaults(file),
    ...nameFaults(file),
  ]);
}

const inServer = (file: SourceFile): boolean => file.path.startsWith('packages/server/src/') && !file.isTest;
const isQueries = (file: SourceFile): boolean => /(?:^|\/)(?:[a-z0-9-]+-)?queries\.ts$/.test(file.path);
const inKernel = (file: SourceFile): boolean => file.path.startsWith('packages/server/src/kernel/');

/** Lower or upper case throughout: “Select a user from the list” is a sentence. */
const statement =
  /^\s*(?:select\s[\s\S]*\b(?:from|as)\b|insert\s+into\s|update\s+\S+\s+(?:\S+\s+)?set\s|delete\s+from\s|with\s+(?:recursive\s+)?\w+\s*(?:\([^)]*\)\s*)?as\s|create\s+(?:table|index|role|schema)\s|alter\s+(?:table|role)\s|truncate\s)/;
const isStatement = (text: string): boolean =>
  statement.test(text) || (/^\s*[A-Z]{4,}\s/.test(text) && statement.test(text.toLowerCase()));

/** SQL stands in `queries.ts` files, where it is reviewed, typed and tested against two tenants, and in the kernel. */
function sqlFaults(file: SourceFile): string[] {
  if (!inServer(file) || isQueries(file) || inKernel(file)) return [];
  const calls = [...file.code.matchAll(/(?<![.\w$])sql\s*[(`]/g)].map(({ index }) =>
    lineAt(file.code, index),
  );
  const texts = file.literals.filter(({ text }) => isStatement(text)).map(({ line }) => line);
  return unique([...calls, ...texts]).map((line) => fault('SQL belongs into a queries.ts file', file, line));
}

/** Files whose statements are generated, from what, and why that is safe. */
const generatedStatements: Record<string, string> = {
  'packages/server/src/kernel/db/sql.ts': 'declares sql() and tenantStatement() themselves',
  'packages/server/src/kernel/sealed/reseal-queries.ts':
    'names from the table of sealed columns, which is code',
};

/** HTTP-10: nothing but fixed text becomes part of a statement; values are parameters. */
function interpolationFaults(file: SourceFile): string[] {
  if (!inServer(file) || !(isQueries(file) || inKernel(file))) return [];
  if (generatedStatements[file.path] !== undefined) return [];
  const calls = callsOfSql(file.code);
  const faults: string[] = [];
  for (const literal of file.literals) {
    const inCall = calls.some(({ start, end }) => literal.offset >= start && literal.offset < end);
    if (!inCall && !(isQueries(file) && isStatement(literal.text))) continue;
    const variable = literal.interpolations.find((source) => !isFixedText(file, source));
    if (variable === undefined) continue;
    faults.push(
      fault(`HTTP-10: \${${variable}} would become part of the SQL; make it a parameter`, file, literal.line),
    );
  }
  for (const { start, end } of calls) {
    const text = file.code.slice(start, end).trim();
    if (text.startsWith('`') && !text.includes('+')) continue;
    if (/^(['"])[^'"]*\1,?$/.test(text) || isFixedText(file, text.replace(/,$/, ''))) continue;
    faults.push(
      fault('HTTP-10: a statement is one fixed text, not put together', file, lineAt(file.code, start)),
    );
  }
  return faults;
}

/** Where the text of a statement stands in `sql(name, text)`, `tenantStatement(name, text)` and sql`text`. */
function callsOfSql(code: string): { start: number; end: number }[] {
  return [...code.matchAll(/(?<![.\w$]|function\s+)(?:sql|tenantStatement)\s*([(`])/g)].map((match) => {
    const open = match.index + match[0].length - 1;
    if (match[1] === '`') return { start: open, end: code.indexOf('`', open + 1) + 1 };
    let depth = 0;
    let at = open;
    let start = open + 1;
    do {
      if ('([{'.includes(code[at] ?? '')) depth += 1;
      if (')]}'.includes(code[at] ?? '')) depth -= 1;
      if (code[at] === ',' && depth === 1 && start === open + 1) start = at + 1;
      at += 1;
    } while (depth > 0 && at < code.length);
    return { start, end: at - 1 };
  });
}

/** A constant of the same file that is itself fixed text, such as a list of columns. */
function isFixedText(file: SourceFile, source: string): boolean {
  if (!/^[A-Za-z_$][\w$]*$/.test(source)) return false;
  const declaration = new RegExp(
    `(?<![\\w$])const\\s+${source.replaceAll('$', '\\$')}\\s*=\\s*(?=['"\`])`,
  ).exec(file.code);
  if (declaration === null) return false;
  const at = declaration.index + declaration[0].length;
  const literal: Literal | undefined = file.literals.find(({ offset }) => offset === at);
  return (
    literal !== undefined &&
    literal.interpolations.every((inner) => inner !== source && isFixedText(file, inner))
  );
}

const setting =
  /\bset_config\s*\(|(?:^|;)\s*set\s+(?:(?:local|session)\s+)?(?:role\b|[a-z_.]+\s*(?:=|\bto\b))|\brow_security\b/i;

/** Where settings of the session are made, and why there. */
const settingPlaces: Record<string, string> = {
  'packages/server/src/kernel/db/': 'binds each transaction to its tenant',
  'packages/server/src/kernel/backup/':
    'reads and writes all tenants, with row-level security switched off aloud',
  'packages/server/src/kernel/postgres/': 'configures the server itself',
};

/** Whoever can set `gh.org` can be any tenant. */
function settingFaults(file: SourceFile): string[] {
  const allowed = Object.keys(settingPlaces).some((place) => file.path.startsWith(place));
  if (!inServer(file) || allowed) return [];
  return file.literals
    .filter(({ text }) => setting.test(text))
    .map(({ line }) =>
      fault('settings of the database session belong to kernel/db and the backup', file, line),
    );
}

/** Words of specifications, spelled as there. Elsewhere we use our own words for the same things. */
const wireWords: Record<string, readonly string[]> = {
  'Cisco ISE': [
    'ise_api',
    'querycriteria',
    'querytype',
    'deviceaction',
    'register_status',
    'compliance_status',
    'macaddress',
    'disk_encryption_on',
    'pin_lock_on',
    'jail_broken',
    'mdminfo',
    'macs_to_query',
  ],
  'Apple MDM': ['CommandUUID', 'PushMagic', 'UnlockToken', 'EnrollmentUserID', 'NotOnConsole'],
  'Windows MDM': ['LocURI', 'SyncHdr', 'SyncBody', 'CmdID', 'MsgRef'],
  ActiveSync: ['PolicyKey', 'EASDeviceId', 'AirSync'],
};

const wireWordPlaces =
  /^(?:packages\/(?:protocols|simulators)\/|packages\/server\/src\/(?:platforms|integrations)\/|tools\/|bench\/)/;

function wireWordFaults(file: SourceFile): string[] {
  if (file.isTest || wireWordPlaces.test(file.path)) return [];
  const faults: string[] = [];
  for (const [protocol, words] of Object.entries(wireWords)) {
    const pattern = new RegExp(`(?<![A-Za-z])(?:${words.join('|')})(?![A-Za-z])`);
    const why = (word: string): string =>
      `"${word}" is a word of ${protocol}'s wire format, which only protocols, platforms and integrations speak`;
    for (const { text, line } of file.literals) {
      const word = pattern.exec(text)?.[0];
      if (word !== undefined) faults.push(fault(why(word), file, line));
    }
    const named = pattern.exec(file.code);
    if (named !== null) faults.push(fault(why(named[0]), file, lineAt(file.code, named.index)));
  }
  return faults;
}

/** Anything drawn by chance is either a secret or has to be repeatable; it is right for neither. */
function chanceFaults(file: SourceFile): string[] {
  return [...file.code.matchAll(/\bMath\s*\.\s*random\b/g)].map(({ index }) =>
    fault(
      'Math.random is neither secret nor repeatable: use node:crypto, or take chance as an argument',
      file,
      lineAt(file.code, index),
    ),
  );
}

const worldly =
  /(?<![.\w$])Date\s*\.\s*now\b|\bnew\s+Date\s*\(\s*\)|(?<![.\w$])performance\s*\.\s*now\b|(?<![.\w$])process\s*\.|(?<![.\w])fetch\s*\(/g;

/** core and protocols give the same answer to the same question, whenever and wherever it is asked. */
function clockFaults(file: SourceFile): string[] {
  if (file.isTest || !['core', 'protocols'].includes(packageOf(file.path) ?? '')) return [];
  return [...file.code.matchAll(worldly)].map(({ 0: what, index }) =>
    fault(
      `${what.replace(/\s*\(.*/, '')} makes ${packageOf(file.path)} impure: take it as an argument`,
      file,
      lineAt(file.code, index),
    ),
  );
}

const shapeless = /(?:^|\/)(utils?|helpers?|commons?|libs?|managers?|misc)(?:\/|\.ts$|\.test\.ts$)/;

function nameFaults(file: SourceFile): string[] {
  const name = shapeless.exec(file.path)?.[1];
  return name === undefined
    ? []
    : [fault(`"${name}" does not say what it is about; name the noun that is missing`, file, 1)];
}

function fault(why: string, file: SourceFile, line: number): string {
  return `${why}\n  ${file.path}:${line}`;
}

const unique = (lines: number[]): number[] => [...new Set(lines)].sort((a, b) => a - b);
