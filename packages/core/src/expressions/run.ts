/** What compiled expressions are made of: functions that count their steps, and errors that are values, as CEL has it. */
import { expressionLimits, type ExpressionValues } from './types.ts';

/** Why a value cannot be told. `false && fault` is false, `true || fault` is true; all else that meets a fault is that fault. */
export class Fault {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

export type Run = (frame: Frame) => unknown;

export class TooCostly extends Error {}
const tooCostly = new TooCostly('The expression takes too many steps on this device.');

/** After how many steps the clock is looked at: some tenths of a millisecond. */
const stride = 1_024;

/** One evaluation: what is known, the variables of macros, and what is left of the budget. */
export class Frame {
  readonly values: ExpressionValues;
  readonly locals: unknown[] = [];
  #startedAt: number | undefined;
  #steps = 0;
  #nextLook = stride;

  constructor(values: ExpressionValues) {
    this.values = values;
  }

  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > expressionLimits.maximumSteps) throw tooCostly;
    if (this.#steps < this.#nextLook) return;
    this.#nextLook = this.#steps + stride;
    const worked = this.values.workedMs?.();
    this.#startedAt ??= worked;
    if (worked !== undefined && worked - (this.#startedAt ?? worked) > expressionLimits.maximumMs)
      throw tooCostly;
  }
}
