/** RADIUS: servers that ask who may come in and report sessions, and network devices that are told of changes. */
export type { RadiusAnswer, RadiusRest } from './rest.ts';
