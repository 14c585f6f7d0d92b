/**
 * The agent protocol: what a computer's agent says to the server over mutually authenticated TLS, and what it is told.
 * JSON in both directions; a check-in may be gzipped. Enrolment comes before it and has its own messages, which are bound
 * together by proofs: protocols/agent-enrollment. Times are whole milliseconds since the epoch, each by the clock of whoever
 * writes it.
 */
import { type Static, Type } from 'typebox';

/** Every address of the protocol; `{organization}` is the organization's slug, `{commandId}` a command's id. */
export const agentPaths = {
  /** On the public listener, where no device has a certificate yet: the address that is handed out with a code, and below it */
  enrollment: '/agent/v1/enroll/{organization}',
  /** M1, answered by M2 */
  beginEnrollment: '/agent/v1/enroll/{organization}/begin',
  /** M3, answered by M4. */
  completeEnrollment: '/agent/v1/enroll/{organization}/complete',
  /** On the device listener, with the device's certificate. */
  checkIn: '/agent/v1/check-in',
  commands: '/agent/v1/commands',
  commandResult: '/agent/v1/commands/{commandId}/result',
  certificate: '/agent/v1/certificate',
  unenroll: '/agent/v1/unenroll',
} as const;

export const agentMediaType = 'application/json';

/** What either side may send; the server refuses what is one larger, the agent cuts and marks it. */
export const agentLimits = {
  /** A check-in as it travels. */
  checkInBytes: 8 * 1024 * 1024,
  /** A gzipped check-in after unpacking, and how much larger than its packed form that may be (HTTP-12). */
  unpackedBytes: 16 * 1024 * 1024,
  unpackedRatio: 20,
  /** Every other request. */
  requestBytes: 256 * 1024,
  /** How deep JSON may nest. */
  depth: 12,
  factsPerScan: 128,
  factNameLength: 64,
  bootIdLength: 64,
  policyVersionLength: 128,
  resultReasonLength: 500,
  resultProperties: 64,
  /** Commands in one answer; the rest follow on the next request. */
  commandsPerAnswer: 20,
  /** Longest time for which the server holds a request for commands, and how many one device may hold. */
  waitSeconds: 50,
  heldRequests: 3,
  csrBytes: 16 * 1024,
} as const;

const closed = { additionalProperties: false } as const;
const Milliseconds = Type.Integer({ minimum: 0, maximum: 253_402_300_799_999 });
const Uuid = Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' });
const base64 = (bytes: number) =>
  Type.String({ minLength: 4, maxLength: Math.ceil(bytes / 3) * 4, pattern: '^[A-Za-z0-9+/]+={0,2}$' });

// ---------------------------------------------------------------------------------------------------- check-in

/** One scan as it was run (SCN-01 … SCN-05). Facts are read against the catalogue; unknown ones are dropped, not refused. */
export const ScanReport = Type.Object(
  {
    scan: Type.Union([
      Type.Literal('device-information'),
      Type.Literal('security'),
      Type.Literal('profiles'),
      Type.Literal('apps'),
      Type.Literal('certificates'),
    ]),
    /** When the scan ran, by the device's clock; the server corrects it by the skew that `sentAt` shows (DEV-13). */
    observedAt: Milliseconds,
    facts: Type.Record(Type.String({ maxLength: agentLimits.factNameLength }), Type.Unknown(), {
      maxProperties: agentLimits.factsPerScan,
    }),
    /** Something was cut to stay within the limits. */
    truncated: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type ScanReport = Static<typeof ScanReport>;

export const CheckInRequest = Type.Object(
  {
    /**
     * Grows with every check-in and survives restarts. The same counter again is the same report (DEV-07); a lower one is an
     * old report that never overwrites a newer one (DEV-14). Two agents with one key betray themselves by it (DEV-08).
     */
    counter: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    /** Changes when the machine starts. */
    bootId: Type.String({
      minLength: 1,
      maxLength: agentLimits.bootIdLength,
      pattern: '^[\\x21-\\x7e]+$',
    }),
    sentAt: Milliseconds,
    /** Only the scans that were run since the last accepted check-in; each at most once. */
    scans: Type.Array(ScanReport, { maxItems: 5 }),
    /** The `policy.version` that the device applies now; absent before the first. */
    acknowledgedPolicyVersion: Type.Optional(Type.String({ maxLength: agentLimits.policyVersionLength })),
  },
  closed,
);
export type CheckInRequest = Static<typeof CheckInRequest>;

/** A command to carry out once, whatever the number of times it is handed over. Parameters as in the command catalogue. */
export const AgentCommand = Type.Object({
  id: Uuid,
  name: Type.String({ maxLength: 64 }),
  params: Type.Record(Type.String(), Type.Unknown()),
  /** After this the device must not begin it any more. */
  expiresAt: Milliseconds,
});
export type AgentCommand = Static<typeof AgentCommand>;

/** What applies to the device: settings as in the settings catalogue, already resolved (POL-09). */
export const AgentPolicy = Type.Object({
  version: Type.String({ maxLength: agentLimits.policyVersionLength }),
  settings: Type.Record(Type.String(), Type.Union([Type.Boolean(), Type.Number(), Type.String()])),
});
export type AgentPolicy = Static<typeof AgentPolicy>;

/** When to report and how to get through when that fails (POL-02, SCN-06, OTA-10). Same shape as in core/schedules. */
export const AgentSchedule = Type.Object({
  checkInMinutes: Type.Integer(),
  scans: Type.Object({
    'device-information': Type.Integer(),
    security: Type.Integer(),
    profiles: Type.Integer(),
    apps: Type.Integer(),
    certificates: Type.Integer(),
  }),
  firstSessionMinutes: Type.Integer(),
  retryMinutes: Type.Integer(),
  retryCount: Type.Integer(),
  thenMinutes: Type.Integer(),
});
export type AgentSchedule = Static<typeof AgentSchedule>;

/** How the device stands, so that its user can see it without asking anyone. */
export const AgentPosture = Type.Object({
  compliant: Type.Boolean(),
  network: Type.Union([Type.Literal('allow'), Type.Literal('quarantine'), Type.Literal('deny')]),
  /** In plain words; absent when nothing is wrong. */
  reason: Type.Optional(Type.String()),
  remedy: Type.Optional(Type.String()),
});
export type AgentPosture = Static<typeof AgentPosture>;

export const CheckInResponse = Type.Object({
  serverTime: Milliseconds,
  /**
   * The highest counter that the server has taken from this device. When it is above the one just sent, that report was
   * outdated and changed nothing: the agent goes on counting from here and reports again.
   */
  counter: Type.Integer(),
  /** Absent when `acknowledgedPolicyVersion` names the version in force: what the device has still holds, schedule included. */
  policy: Type.Optional(AgentPolicy),
  schedule: Type.Optional(AgentSchedule),
  posture: Type.Optional(AgentPosture),
  commands: Type.Array(AgentCommand),
  nextCheckInSeconds: Type.Integer({ minimum: 1 }),
});
export type CheckInResponse = Static<typeof CheckInResponse>;

// ---------------------------------------------------------------------------------------------------- commands

export const CommandsQuery = Type.Object(
  {
    /** Seconds for which the server holds the request while there is no command; 0 answers at once. */
    wait: Type.Optional(Type.Integer({ minimum: 0, maximum: agentLimits.waitSeconds })),
  },
  closed,
);
export type CommandsQuery = Static<typeof CommandsQuery>;

export const CommandsResponse = Type.Object({ commands: Type.Array(AgentCommand) });
export type CommandsResponse = Static<typeof CommandsResponse>;

export const CommandParams = Type.Object({ commandId: Uuid }, closed);

/** Sent until it is answered; the first answer for a command stands, repeating it changes nothing (DEV-07). */
export const CommandResultRequest = Type.Object(
  {
    state: Type.Union([Type.Literal('acknowledged'), Type.Literal('failed')]),
    /** Why it failed, in words for an administrator. */
    reason: Type.Optional(Type.String({ maxLength: agentLimits.resultReasonLength })),
    /** What the command brought to light, such as a location. */
    result: Type.Optional(
      Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), {
        maxProperties: agentLimits.resultProperties,
      }),
    ),
  },
  closed,
);
export type CommandResultRequest = Static<typeof CommandResultRequest>;

export const CommandResultResponse = Type.Object({
  /** The state of the command after this answer. */
  state: Type.String(),
  /**
   * What has come to wait for the device since it last asked: only when it asks for it, by `?next=true`, so that a device
   * that does not look here misses nothing.
   */
  commands: Type.Optional(Type.Array(AgentCommand)),
});
export type CommandResultResponse = Static<typeof CommandResultResponse>;

// ---------------------------------------------------------------------------------------------------- certificate

/** A new key's request; allowed from two thirds of the certificate's life. The old certificate works until the new one is used. */
export const RenewCertificateRequest = Type.Object(
  {
    /** PKCS#10, DER, base64. Only the key is taken from it. */
    csr: base64(agentLimits.csrBytes),
  },
  closed,
);
export type RenewCertificateRequest = Static<typeof RenewCertificateRequest>;

export const RenewCertificateResponse = Type.Object({
  /** DER, base64: the device's certificate first, then its issuer; the device root above them is known since the enrolment. */
  chain: Type.Array(Type.String(), { minItems: 1, maxItems: 10 }),
  notAfter: Milliseconds,
  /** From this time on the next renewal is allowed. */
  renewAfter: Milliseconds,
});
export type RenewCertificateResponse = Static<typeof RenewCertificateResponse>;

// ---------------------------------------------------------------------------------------------------- unenrol

/** The device leaves management: its certificates end with the answer. */
export const UnenrollRequest = Type.Object(
  {
    /** user: somebody at the device asked for it. command: a selective wipe was carried out. */
    cause: Type.Union([Type.Literal('user'), Type.Literal('command')]),
  },
  closed,
);
export type UnenrollRequest = Static<typeof UnenrollRequest>;

export const UnenrollResponse = Type.Object({ state: Type.Literal('unmanaged') });
export type UnenrollResponse = Static<typeof UnenrollResponse>;

// ---------------------------------------------------------------------------------------------------- errors

/**
 * Codes that an agent acts upon; any other code is to be treated by its HTTP status. 401 means that the certificate no longer
 * proves anything: trying again with it is useless.
 */
export const agentErrorCodes = {
  'certificate-required': 'No client certificate arrived (401).',
  'certificate-refused': 'The certificate is expired, revoked, superseded or not of this server (401).',
  'device-unmanaged': 'Management of the device has ended: forget the enrolment (401).',
  'device-blocked': 'An administrator has shut the device out; it may be let in again (401).',
  'enrollment-refused': 'No open enrolment belongs to this code, or a proof is wrong (404).',
  'enrollment-used': 'The code has been used for another request (409).',
  'key-not-accepted': 'The key of the request is weak, or belongs to another certificate (422).',
  'renewal-too-early': 'The certificate is not yet in the last third of its life (409).',
  'unknown-command': 'The device has no such command (404).',
  'already-answered': 'Another answer to this command was given before (409).',
  'too-many-held': 'A newer held request took this one’s place (429).',
  'report-too-large': 'The report exceeds a limit (413).',
} as const;
export type AgentErrorCode = keyof typeof agentErrorCodes;

export const AgentError = Type.Object({
  error: Type.Object({
    code: Type.String(),
    message: Type.String(),
    /** When trying again is worth while; also sent as `Retry-After`. */
    retryAfterSeconds: Type.Optional(Type.Integer({ minimum: 0 })),
  }),
});
export type AgentError = Static<typeof AgentError>;
