/** Alerts: what administrators are told of, by mail and in a list that is kept until somebody has seen it. */
export { alertJobs, alertSubscriptions, alertTasks } from './mail-alerts.ts';
export { type AlertDeps, type NewAlert, raiseAlert } from './raise-alert.ts';
