/** Dynamic authorization: telling a NAS that a session has to be authorized anew, or to end. */
export type { AuthorizationChange, ChangeOutcome, Nas } from './request.ts';
export { createRadiusSender, type RadiusSender, type RadiusSenderOptions } from './sender.ts';
