import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsIn } from './check.ts';
import { readSourceFile } from './source-files.ts';

/** The rules and places of the faults in a repository of these files. */
function check(files: Record<string, string>): string[] {
  return faultsIn(Object.entries(files).map(([path, text]) => readSourceFile(path, text)));
}

const server = (path: string): string => `packages/server/src/${path}`;

function refused(files: Record<string, string>, pattern: RegExp): void {
  const faults = check(files);
  assert.equal(faults.length, 1, `one fault expected:\n${faults.join('\n')}`);
  assert.match(faults[0] ?? '', pattern);
}

function accepted(files: Record<string, string>): void {
  assert.deepEqual(check(files), []);
}

test('a package imports only the packages it is allowed to', () => {
  refused(
    { 'packages/contracts/src/a.ts': "import { b } from '@gatehouse/protocols/b.ts';" },
    /contracts may import core, not protocols\n {2}packages\/contracts\/src\/a\.ts:1\n {2}→ packages\/protocols\/src\/b\.ts/,
  );
  refused({ 'packages/core/src/a.ts': "import type { B } from '@gatehouse/contracts';" }, /nothing of ours/);
  accepted({ 'packages/server/src/kernel/a.ts': "import { b } from '@gatehouse/core/b.ts';" });
  accepted({ 'packages/cli/src/a.test.ts': "import { b } from '@gatehouse/server/main.ts';" });
});

test('another package is imported by its name', () => {
  refused(
    { 'packages/agent/src/a.ts': "import { b } from '../../core/src/b.ts';" },
    /by its name, @gatehouse\/core/,
  );
});

test('what ships imports neither tests nor tools', () => {
  refused({ 'packages/agent/src/a.ts': "import { b } from './b.test.ts';" }, /nothing of the tests/);
  refused({ [server('kernel/a.ts')]: "import { b } from './db/test-database.ts';" }, /nothing of the tests/);
  refused({ 'packages/agent/src/a.ts': "import { b } from '../../../tools/b.ts';" }, /nothing of tools/);
});

test('core and protocols import nothing that reaches the world', () => {
  for (const builtin of ['fs', 'fs/promises', 'net', 'http', 'child_process', 'os', 'timers/promises']) {
    refused({ 'packages/core/src/a.ts': `import { b } from 'node:${builtin}';` }, /core is pure/);
  }
  accepted({ 'packages/core/src/a.ts': "import { createHash } from 'node:crypto';" });
  accepted({ 'packages/protocols/src/a.ts': "import { isIP, isIPv6 } from 'node:net';" });
  refused(
    { 'packages/protocols/src/a.ts': "import { isIP, connect } from 'node:net';" },
    /protocols is pure/,
  );
});

test('core and protocols ask neither clock nor environment', () => {
  for (const source of ['Date.now()', 'new Date()', 'process.env', "fetch('x')", 'performance.now()']) {
    refused({ 'packages/protocols/src/a.ts': `const b = ${source};` }, /makes protocols impure/);
  }
  accepted({ 'packages/protocols/src/a.ts': 'const b = new Date(0); const c = d.process.e; // Date.now()' });
});

test('the server starts no programs except its database', () => {
  const source = "import { spawn } from 'node:child_process';";
  refused({ [server('platforms/agent/a.ts')]: source }, /starts no programs/);
  accepted({ [server('kernel/postgres/a.ts')]: source });
});

test('layers import downwards only', () => {
  refused(
    { [server('modules/users/a.ts')]: "import { b } from '../../platforms/agent/b.ts';" },
    /modules may not import platforms/,
  );
  refused(
    { [server('kernel/a.ts')]: "import { b } from '../modules/users/index.ts';" },
    /kernel may not import modules/,
  );
  refused(
    { [server('platforms/agent/a.ts')]: "import { b } from '../../surfaces/b.ts';" },
    /may not import surfaces/,
  );
  refused({ [server('surfaces/a.ts')]: "import { b } from '../app.ts';" }, /surfaces may not import app/);
  refused(
    { [server('platforms/agent/a.ts')]: "import type { B } from '../apple/b.ts';" },
    /do not know one another/,
  );
  accepted({
    [server('app.ts')]:
      "import { a } from './surfaces/admin.ts'; import { b } from './modules/users/routes.ts';",
    [server('surfaces/admin.ts')]: "import { c } from '../modules/devices/index.ts';",
    [server('modules/users/create-user.ts')]:
      "import { d } from '../../kernel/ids.ts'; import { e } from './queries.ts';",
  });
});

test('a file that is in no layer is a fault', () => {
  refused({ [server('services/a.ts')]: "import { b } from '../kernel/b.ts';" }, /in no layer/);
});

test('modules import to the left only, and only the index', () => {
  refused(
    { [server('modules/users/a.ts')]: "import { b } from '../devices/index.ts';" },
    /to the left only: organizations < audit/,
  );
  refused(
    { [server('modules/devices/a.ts')]: "import type { B } from '../users/queries.ts';" },
    /only index.ts may be imported/,
  );
  refused({ [server('surfaces/a.ts')]: "import { b } from '../modules/users/queries.ts';" }, /of a module/);
  refused(
    { [server('modules/gadgets/a.ts')]: "import { b } from '../users/index.ts';" },
    /gadgets has no place/,
  );
  accepted({ [server('modules/devices/a.ts')]: "import { b } from '../users/index.ts';" });
});

test('wire formats stay out of modules and kernel, certificates excepted', () => {
  const source = "import { b } from '@gatehouse/protocols/cisco-ise/b.ts';";
  refused({ [server('modules/devices/a.ts')]: source }, /modules\/devices may not import them/);
  refused({ [server('kernel/a.ts')]: source }, /kernel may not import them/);
  accepted({ [server('integrations/network-access/a.ts')]: source });
  accepted({ [server('modules/certificates/a.ts')]: "import { b } from '@gatehouse/protocols/x509/b.ts';" });
});

test('imports that form a circle are shown, types included', () => {
  refused(
    {
      'packages/core/src/a.ts': "import { b } from './b.ts';",
      'packages/core/src/b.ts': "import type { C } from './c.ts';",
      'packages/core/src/c.ts': "import { a } from './a.ts'; import { d } from './d.ts';",
      'packages/core/src/d.ts': '',
    },
    /form a circle\n {2}packages\/core\/src\/a\.ts\n {2}→ packages\/core\/src\/b\.ts\n {2}→ packages\/core\/src\/c\.ts\n {2}→ packages\/core\/src\/a\.ts$/,
  );
});

test('SQL stands in queries files and the kernel', () => {
  const texts = [
    'sql("name", `select 1`)',
    "db.query('select a from b where c = $1')",
    'run(`insert into a (b) values ($1)`)',
    "run('update a set b = 1')",
    "run('DELETE FROM a')",
    "run('with x as (select 1) select * from x')",
  ];
  for (const text of texts) {
    refused(
      { [server('modules/users/list-users.ts')]: `export const a = ${text};` },
      /belongs into a queries\.ts/,
    );
    accepted({ [server('modules/users/queries.ts')]: `export const a = ${text};` });
    accepted({ [server('modules/users/session-queries.ts')]: `export const a = ${text};` });
  }
  accepted({
    [server('modules/users/a.ts')]: "throw new Error('Select a user from the list, then update it');",
  });
});

test('HTTP-10 SQL with anything put into it is refused', () => {
  const queries = server('modules/users/queries.ts');
  refused(
    { [queries]: 'const a = sql("a", `select * from users order by ${sort}`);' },
    /HTTP-10: \$\{sort\}/,
  );
  refused(
    { [queries]: 'const a = tenantStatement("a", `select * from users order by ${sort}`);' },
    /\$\{sort\}/,
  );
  refused({ [queries]: 'const a = `select * from users order by ${sort}`;' }, /\$\{sort\}/);
  refused({ [queries]: 'const a = sql`select ${f(x)} from users`;' }, /\$\{f\(x\)\}/);
  refused({ [queries]: "const a = sql('a', 'select * from users order by ' + sort);" }, /not put together/);
  refused({ [queries]: "const a = sql('a', parts.join(' '));" }, /not put together/);
  refused(
    { [queries]: "const sort = input.sort; const a = sql('a', `select 1 from t order by ${sort}`);" },
    /HTTP-10/,
  );
  refused({ [server('kernel/jobs.ts')]: 'const a = sql("a", `select 1 from ${table}`);' }, /HTTP-10/);
  accepted({
    [queries]: "const columns = 'id, name';\nconst a = sql(`list`, `select ${columns} from users`);",
  });
  const template = 'const list = (key: string) => `select ${key} from users`;\n';
  accepted({
    [queries]: `${template}const by = 'name';\nconst a = sql('a', list(by));\nconst b = sql('b', \`\${list('id')} where true\`);`,
  });
  for (const given of ['input', 'input.sort', 'list(input)', "'id' + input", 'pick(1)'])
    refused({ [queries]: `${template}const a = sql('a', list(${given}));` }, /HTTP-10/);
  refused(
    { [queries]: "const list = (key: string) => make(key);\nconst a = sql('a', list('x'));" },
    /HTTP-10/,
  );
  accepted({
    [queries]: "const a = sql(\n  'a',\n  `select * from users where id = $2 and n = $1 + 1`,\n);",
  });
});

test('only the database kernel makes settings of the session', () => {
  const sources = [
    "run(`select set_config('gh.org', $1, false)`);",
    "run('SET role gh_owner');",
    "run('set local search_path to gh');",
    "run('begin; set gh.org = 1');",
  ];
  for (const source of sources) {
    refused({ [server('kernel/jobs.ts')]: source }, /belong to kernel\/db/);
    accepted({ [server('kernel/db/database.ts')]: source });
  }
  accepted({ [server('kernel/jobs.ts')]: "run('update jobs set state = $1');" });
});

test('wire words stay in protocols, platforms and integrations', () => {
  for (const source of [
    "const a = 'register_status';",
    'const querycriteria = 1;',
    'const a = { LocURI: b };',
  ]) {
    refused({ [server('modules/devices/a.ts')]: source }, /wire format/);
    refused({ 'packages/core/src/a.ts': source }, /wire format/);
    accepted({ [server('integrations/network-access/a.ts')]: source });
    accepted({ [server('modules/devices/a.test.ts')]: source });
  }
});

test('chance is not drawn from Math.random', () => {
  refused({ 'packages/simulators/src/a.ts': 'const a = Math.random();' }, /neither secret nor repeatable/);
});

test('names that say nothing are refused', () => {
  for (const path of [
    'packages/core/src/utils.ts',
    'packages/core/src/lib/a.ts',
    'packages/agent/src/helpers/b.ts',
  ]) {
    refused({ [path]: '' }, /does not say what it is about/);
  }
  accepted({ 'packages/core/src/library-card.ts': '' });
});
