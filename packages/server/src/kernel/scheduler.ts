// Repeats small tasks while the server runs. Every server of an installation runs every task, so a task must be safe
// beside itself: it claims rows or adds keyed jobs, and long work belongs into jobs.
import type { Log } from './log.ts';

export interface ScheduledTask {
  readonly name: string;
  readonly everyMilliseconds: number;
  run(): Promise<void>;
}

export interface Scheduler {
  /** Beside its rounds, for whoever cannot wait for the next one. */
  runNow(name: string): Promise<void>;
  /** Starts no more runs and waits for those under way. */
  stop(): Promise<void>;
}

export function startScheduler(tasks: readonly ScheduledTask[], log: Log): Scheduler {
  const timers = new Map<string, NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  let stopping = false;

  function schedule(task: ScheduledTask, delay: number): void {
    if (stopping) return;
    timers.set(
      task.name,
      setTimeout(() => {
        const run = task
          .run()
          .catch((error: unknown) =>
            log.warn({ err: error, task: task.name }, 'a scheduled task failed; it will run again'),
          )
          .finally(() => {
            running.delete(run);
            schedule(task, task.everyMilliseconds);
          });
        running.add(run);
      }, delay),
    );
  }
  // A spread start, so that tasks of one period do not all fall together.
  tasks.forEach((task, index) => schedule(task, Math.min(task.everyMilliseconds, 100 + index * 37)));

  return {
    async runNow(name) {
      const task = tasks.find((each) => each.name === name);
      if (task === undefined) throw new RangeError(`There is no task ${name}.`);
      await task.run();
    },
    async stop() {
      stopping = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.allSettled(running);
    },
  };
}
