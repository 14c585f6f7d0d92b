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
    const slots = inCall ? [] : slotsAround(file, literal);
    const variable = literal.interpolations.find((source) => !isFixedText(file, source, slots));
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

/**
 * Fixed text: a literal, a constant of the same file that is itself fixed text, such as a list of columns, or a template of the
 * same file (`const keyed = (key: string) => \`select ${key} …\``) that is given nothing but fixed text.
 * @param slots what the template around it is given
 */
function isFixedText(file: SourceFile, source: string, slots: readonly string[] = [], depth = 0): boolean {
  const text = source.trim();
  const isFixed = (inner: string) => depth < 8 && isFixedText(file, inner, slots, depth + 1);
  if (/^(?:\d+|'[^'\\]*'|"[^"\\]*")$/.test(text)) return true;
  if (text.startsWith('`')) return text.endsWith('`') && interpolationsOf(text).every(isFixed);
  const call = /^([A-Za-z_$][\w$]*)\(([\s\S]*)\)$/.exec(text);
  if (call) {
    return (
      isFixedDeclaration(file, `${call[1]}`, parameters, depth) &&
      splitArguments(call[2] ?? '').every(isFixed)
    );
  }
  if (!/^[A-Za-z_$][\w$]*$/.test(text)) return false;
  return slots.includes(text) || isFixedDeclaration(file, text, /()/, depth);
}

/** The parameters of a template: `(key: string) =>`. */
const parameters = /\(([^()]*)\)\s*(?::\s*string\s*)?=>\s*/;

/**
 * Every declaration of that name, for one of them may hide another.
 * @param before what stands between the `=` and the text; its group holds the parameters of a template
 */
function isFixedDeclaration(file: SourceFile, name: string, before: RegExp, depth: number): boolean {
  const declaration = new RegExp(
    `(?<![\\w$])const\\s+${name.replaceAll('$', '\\$')}\\s*=\\s*${before.source}`,
    'g',
  );
  const isFixed = [...file.code.matchAll(declaration)].flatMap((declared) => {
    const at = declared.index + declared[0].length;
    const slots = slotsOf(declared[1] ?? '');
    const isFixedHere = (inner: string) =>
      depth < 8 && inner !== name && isFixedText(file, inner, slots, depth + 1);
    const literal: Literal | undefined = file.literals.find(({ offset }) => offset === at);
    if (literal !== undefined) return literal.interpolations.every(isFixedHere);
    const called = /^[A-Za-z_$][\w$]*\(/.exec(file.code.slice(at));
    return called === null ? [] : isFixedHere(callAt(file.code, at, called[0].length));
  });
  return isFixed.length > 0 && isFixed.every(Boolean);
}

const slotsOf = (declared: string): string[] =>
  splitArguments(declared).map((each) => each.replace(/:[\s\S]*/, '').trim());

/** What a template is given, where this literal is one. */
function slotsAround(file: SourceFile, { offset }: Literal): string[] {
  const before = new RegExp(`(?<![\\w$])const\\s+[A-Za-z_$][\\w$]*\\s*=\\s*${parameters.source}$`).exec(
    file.code.slice(Math.max(0, offset - 400), offset),
  );
  return slotsOf(before?.[1] ?? '');
}

/** @param opened how long the name is, with the bracket after it */
function callAt(code: string, start: number, opened: number): string {
  let depth = 1;
  let end = start + opened;
  for (; end < code.length && depth > 0; end += 1) {
    if (code[end] === '(') depth += 1;
    if (code[end] === ')') depth -= 1;
  }
  return code.slice(start, end);
}

/** What stands between `${` and `}` of a template, those of templates inside it apart. */
function interpolationsOf(template: string): string[] {
  const found: string[] = [];
  for (let at = template.indexOf('${'); at >= 0; at = template.indexOf('${', at)) {
    let depth = 1;
    let end = at + 2;
    for (; end < template.length && depth > 0; end += 1) {
      if (template[end] === '{') depth += 1;
      if (template[end] === '}') depth -= 1;
    }
    found.push(template.slice(at + 2, end - 1));
    at = end;
  }
  return found;
}

/** At the commas that stand in no bracket and in no quotation. */
function splitArguments(text: string): string[] {
  const parts: string[] = [''];
  let depth = 0;
  let quote = '';
  for (const character of text) {
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (`'"\``.includes(character)) quote = character;
    else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    else if (character === ',' && depth === 0) {
      parts.push('');
      continue;
    }
    parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
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
