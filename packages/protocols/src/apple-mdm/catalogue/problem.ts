/** What may be wrong with a payload, command, message or declaration. */

export type ProblemKind =
  | 'unknown-type'
  | 'unknown-key'
  | 'missing'
  | 'type'
  | 'range'
  | 'value'
  | 'format'
  | 'duplicate'
  | 'too-deep'
  | 'too-many'
  // where it may be used
  | 'not-supported'
  | 'removed'
  | 'deprecated'
  | 'needs-supervision'
  | 'needs-automated-enrollment'
  | 'user-enrollment'
  | 'shared-ipad'
  | 'channel'
  | 'access-right';

export interface Complaint {
  readonly kind: ProblemKind;
  /** Plain words that go on after the path, without the value: it may be a secret. */
  readonly problem: string;
  /** The device takes it nevertheless, or leaves the key out of account. */
  readonly warning?: true;
}

export interface Problem {
  /** `$.Settings[2].Item`; `$` is the value as a whole. */
  readonly path: string;
  readonly problem: string;
  readonly kind: ProblemKind;
  readonly severity: 'error' | 'warning';
}

export const hasErrors = (problems: readonly Problem[]): boolean =>
  problems.some(({ severity }) => severity === 'error');

/** Enough to mend a payload; a hostile one does not get to fill the memory. */
export const mostProblems = 200;

export class Findings {
  readonly problems: Problem[] = [];

  get full(): boolean {
    return this.problems.length > mostProblems;
  }

  /** @param lenient what a newer device may well say: worth a note, no reason to refuse */
  add(path: Path | undefined, { kind, problem, warning }: Complaint, lenient = false): void {
    if (this.full) return;
    this.problems.push(
      this.problems.length === mostProblems
        ? { path: '$', problem: 'has more problems than are shown', kind: 'too-many', severity: 'error' }
        : { path: written(path), problem, kind, severity: warning || lenient ? 'warning' : 'error' },
    );
  }
}

/** Linked from the leaf up: written out only where something is wrong. */
export interface Path {
  readonly above: Path | undefined;
  readonly step: string | number;
}

function written(path: Path | undefined): string {
  const steps: string[] = [];
  for (let at = path; at !== undefined; at = at.above) steps.push(writtenStep(at.step));
  return `$${steps.reverse().join('')}`;
}

function writtenStep(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`;
  return /^[\w-]{1,64}$/.test(step) ? `.${step}` : `[${JSON.stringify(step.slice(0, 64))}]`;
}
