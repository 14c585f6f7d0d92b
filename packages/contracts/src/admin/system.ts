// What the operator sees of the whole instance, and what an organization sees of the addresses that its devices use.
import { type Static, Type } from 'typebox';
import { Slug } from './organizations.ts';
import { closed, Id, Time } from './values.ts';

export const OrganizationUsage = Type.Object(
  {
    id: Id,
    slug: Slug,
    name: Type.String(),
    createdAt: Time,
    users: Type.Integer(),
    devices: Type.Integer({ description: 'Registered ones.' }),
    lastActivityAt: Type.Union([Time, Type.Null()], { description: 'The newest entry of its audit record.' }),
  },
  closed,
);
export type OrganizationUsage = Static<typeof OrganizationUsage>;

export const SystemHealth = Type.Object(
  {
    version: Type.String(),
    node: Type.String(),
    startedAt: Time,
    memoryBytes: Type.Integer({ description: 'Of this server process.' }),
    database: Type.Object(
      {
        answersInMs: Type.Number(),
        bytes: Type.Integer(),
        version: Type.String(),
      },
      closed,
    ),
    jobs: Type.Object(
      {
        waiting: Type.Integer(),
        running: Type.Integer(),
        dead: Type.Integer(),
        oldestDueSeconds: Type.Integer({ description: 'How late the latest due job is; 0: none is late.' }),
      },
      closed,
    ),
    freeBytes: Type.Integer({ description: 'Of the disk with the data directory.' }),
  },
  closed,
);
export type SystemHealth = Static<typeof SystemHealth>;

export const preflightSteps = ['name', 'connection', 'certificate', 'answer'] as const;
export const preflightOutcomes = ['good', 'warning', 'bad', 'not-tried'] as const;

/** Every outcome that a step can have; pages have a sentence for each. */
export const preflightFindings = [
  'resolves',
  'does-not-resolve',
  'loopback-only',
  'connects',
  'refused',
  'no-route',
  'timed-out',
  'trusted',
  'own-authority',
  'expired',
  'expires-soon',
  'wrong-name',
  'chain-incomplete',
  'untrusted',
  'tls-failed',
  'answers',
  'answers-otherwise',
  'not-tried',
] as const;

export const PreflightStep = Type.Object(
  {
    step: Type.Enum([...preflightSteps]),
    outcome: Type.Enum([...preflightOutcomes]),
    finding: Type.Enum([...preflightFindings]),
    detail: Type.String({ description: 'An address, a date, a name: what the sentence is about.' }),
    milliseconds: Type.Integer(),
  },
  closed,
);
export type PreflightStep = Static<typeof PreflightStep>;

export const Preflight = Type.Object(
  {
    addresses: Type.Array(
      Type.Object(
        {
          use: Type.Enum(['people', 'devices', 'mail']),
          url: Type.String(),
          steps: Type.Array(PreflightStep),
        },
        closed,
      ),
    ),
    at: Time,
  },
  closed,
);
export type Preflight = Static<typeof Preflight>;
