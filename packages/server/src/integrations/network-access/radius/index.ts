/** RADIUS: servers that ask who may come in and report sessions, and network devices that are told of changes. */
export { createRadiusRest, type RadiusAnswer, type RadiusRest } from './rest.ts';
