/** APNs with certificate authentication, as device management needs it: HTTP/2, connections that live, an outcome per push. */
export type { ApnsAnswerClass } from './answers.ts';
export { type ApnsClient, type ApnsClientOptions, createApnsClient } from './client.ts';
export type { ApnsEnvironment } from './environment.ts';
export type { Push, PushOutcome } from './push.ts';
