/** How a fleet stands, and what needs somebody now. */
export { overviewTasks } from './fleet-days.ts';
