/** What a benchmark is: a module `bench/<name>.ts` that exports `run`. */

export interface Result {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  /** what is asked, in words such as "<= 450" or ">= 70 % of baseline" */
  readonly target: string;
  readonly ok: boolean;
  /** what the value was compared with in the same run */
  readonly baseline?: number;
}

export interface Benchmark {
  run(): Promise<Result[]>;
}
