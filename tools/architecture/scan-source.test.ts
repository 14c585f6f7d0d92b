import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scanSource } from './scan-source.ts';

const specifiers = (source: string): string[] => scanSource(source).imports.map(({ specifier }) => specifier);

test('every form of import is found', () => {
  const source = `
    import a from './a.ts';
    import type { B } from './b.ts';
    import { type C, c } from "./c.ts";
    import './d.ts';
    import * as e from './e.ts';
    export { f } from './f.ts';
    export type { G } from './g.ts';
    export * from './h.ts';
    const i = await import('./i.ts');
    import {
      j, // 'not/this'
      k,
    } from './j.ts';
    type L = import('./l.ts').L;
  `;
  assert.deepEqual(
    specifiers(source),
    ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'l'].map((name) => `./${name}.ts`),
  );
});

test('type imports are told apart, and lines are counted from one', () => {
  const { imports } = scanSource(`import type { A } from './a.ts';\n\nimport { type B } from './b.ts';`);
  assert.deepEqual(imports, [
    { specifier: './a.ts', clause: '{ A }', line: 1, typeOnly: true },
    { specifier: './b.ts', clause: '{ type B }', line: 3, typeOnly: false },
  ]);
});

test('what only looks like an import is none', () => {
  const source = [
    "// import x from './comment.ts'",
    "/* import x from './block.ts' */",
    'const text = "import x from \'./string.ts\'";',
    "const template = `import x from './template.ts'`;",
    "loader.import('./method.ts');",
    "const pattern = /import x from '\\/regex.ts'/;",
    "export const from = 'nothing';",
  ].join('\n');
  assert.deepEqual(specifiers(source), []);
});

test('nested templates, and quotes in regular expressions, do not lead astray', () => {
  const source =
    'const a = `x ${list.map((y) => `<${y === \'}\' ? "`" : y}>`)} z`; const b = c / d; const r = /[\'"`]/.test(a);\n' +
    "import z from './z.ts';";
  const scan = scanSource(source);
  assert.deepEqual(
    scan.imports.map(({ specifier }) => specifier),
    ['./z.ts'],
  );
  assert.equal(scan.literals[0]?.text, 'x ${} z');
  assert.equal(scan.literals[0]?.interpolations.length, 1);
});

test('comments and contents become blank, the rest keeps its place', () => {
  const source = "call('Math.random()'); // Math.random()\nMath.random();";
  const { code } = scanSource(source);
  assert.equal(code.length, source.length);
  assert.equal(code.indexOf('Math.random'), source.lastIndexOf('Math.random'));
});
