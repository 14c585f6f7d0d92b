/** Playbooks: the procedures for lost and stolen devices, step by step, by whose device it is. */
export type { PlaybookDeps } from './playbook-deps.ts';
export { playbookJobs, playbookSubscriptions, playbookTasks } from './reactions.ts';
