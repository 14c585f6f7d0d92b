/** Error-Cause (RFC 5176 section 3.6), and what a sender makes of it: one row each. */

export type ErrorCauseMeaning =
  /** The session is over: what was asked for has happened. */
  | 'session-gone'
  /** It is under way by another exchange. */
  | 'accepted'
  /** Somebody has to change a setting, there or here; sending it again brings the same answer. */
  | 'configuration'
  /** It may go well in a moment. */
  | 'again'
  /** It cannot be done to this session. */
  | 'refused';

export const errorCauses = {
  'Residual-Context-Removed': [201, 'session-gone'],
  'Invalid-EAP-Packet': [202, 'refused'],
  'Unsupported-Attribute': [401, 'configuration'],
  'Missing-Attribute': [402, 'configuration'],
  'NAS-Identification-Mismatch': [403, 'configuration'],
  'Invalid-Request': [404, 'configuration'],
  'Unsupported-Service': [405, 'configuration'],
  'Unsupported-Extension': [406, 'configuration'],
  'Invalid-Attribute-Value': [407, 'configuration'],
  'Administratively-Prohibited': [501, 'configuration'],
  'Proxy-Request-Not-Routable': [502, 'configuration'],
  'Session-Context-Not-Found': [503, 'session-gone'],
  'Session-Context-Not-Removable': [504, 'refused'],
  'Proxy-Processing-Error': [505, 'again'],
  'Resources-Unavailable': [506, 'again'],
  'Request-Initiated': [507, 'accepted'],
  'Multiple-Session-Selection-Unsupported': [508, 'configuration'],
} as const satisfies Record<string, readonly [number: number, meaning: ErrorCauseMeaning]>;

export type ErrorCauseName = keyof typeof errorCauses;

const byNumber = new Map<number, readonly [ErrorCauseName, ErrorCauseMeaning]>(
  Object.entries(errorCauses).map(([name, [number, meaning]]) => [number, [name as ErrorCauseName, meaning]]),
);

/** A NAK without a cause, or with one that nobody knows, is a refusal. */
export function readErrorCause(number: number | undefined): {
  readonly name: string;
  readonly meaning: ErrorCauseMeaning;
} {
  const [name, meaning] = (number === undefined ? undefined : byNumber.get(number)) ?? [
    number === undefined ? 'no Error-Cause' : `Error-Cause ${number}`,
    'refused',
  ];
  return { name, meaning };
}
