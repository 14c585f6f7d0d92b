/** The names of all tests, found in the sources without running them. */
import type { SourceFile } from './architecture/source-files.ts';

export interface TestTitle {
  readonly path: string;
  /** an interpolation stands as `${}` */
  readonly title: string;
}

const opensTest = /(?<![\w$])(?:test|it|describe|suite)(?:\s*\.\s*(?:only|skip|todo))?\s*\(\s*$/;

export function testTitles(files: readonly SourceFile[]): TestTitle[] {
  return files
    .filter(
      ({ path }) => path.endsWith('.test.ts') || path.endsWith('.contract.ts') || path.includes('/test/'),
    )
    .flatMap(({ path, code, literals }) =>
      literals
        .filter(({ offset }) => opensTest.test(code.slice(Math.max(0, offset - 60), offset)))
        .map(({ text }) => ({ path, title: unescape(text) })),
    );
}

function unescape(text: string): string {
  return text.replace(/\\(['"`\\])/g, '$1');
}
