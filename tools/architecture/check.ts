/** The architecture check: every rule over every file. */
import { circleFaults } from './import-circles.ts';
import { importFaults } from './import-rules.ts';
import { readSourceFiles, type SourceFile } from './source-files.ts';
import { textFaults } from './text-rules.ts';

/** @returns one text per fault, of which the first line is the rule and the others the place */
export function architectureFaults(root: string): string[] {
  return faultsIn(readSourceFiles(root));
}

export function faultsIn(files: readonly SourceFile[]): string[] {
  return [...importFaults(files), ...circleFaults(files), ...textFaults(files)];
}
