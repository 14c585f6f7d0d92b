/** Apple devices, managed by their operating system's own protocol: check-in, commands, declarative management. */
export type { ApplePlatformOptions } from './apple-deps.ts';
export { type ApplePlatform, createApplePlatform } from './apple-platform.ts';
export { answerMessage, appleRoutes } from './apple-routes.ts';
export { appleSupport } from './commands/command-support.ts';
export { channelPushDied, type DeadPush, managementProfileGone } from './end-of-management.ts';
export { appleJobs, appleSubscriptions, appleTasks } from './reactions.ts';
export { type DeclarationsAnswer, type DeclarationsPort, noDeclarations } from './declarations-port.ts';
