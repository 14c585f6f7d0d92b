import { scans } from '@gatehouse/core/facts/types.ts';
import { type Static, type TInteger, Type } from 'typebox';
import { closed, Id, Line, Time } from './values.ts';

const month = 30 * 24 * 60;
const Minutes = (description: string, minimum = 1, maximum = month) =>
  Type.Integer({ minimum, maximum, description });

/** POL-02, SCN-06, OTA-10; the same bounds as core/schedules. */
export const ConnectionSchedule = Type.Object(
  {
    checkInMinutes: Minutes('How often a device reports.'),
    scans: Type.Object(
      Object.fromEntries(scans.map((scan) => [scan, Minutes('How old this scan may grow.')])) as Record<
        (typeof scans)[number],
        TInteger
      >,
      closed,
    ),
    firstSessionMinutes: Minutes('From enrolment to the first session.', 0, 1_440),
    retryMinutes: Minutes('Pause after a failed attempt.', 1, 1_440),
    retryCount: Type.Integer({ minimum: 0, maximum: 10_000, description: 'Attempts at that pace.' }),
    thenMinutes: Minutes('Pause after those attempts have failed.'),
  },
  closed,
);

export const Schedule = Type.Object(
  { id: Id, name: Line(100), version: Type.Integer(), schedule: ConnectionSchedule, createdAt: Time },
  closed,
);

export type Schedule = Static<typeof Schedule>;

export const NewSchedule = Type.Object({ name: Line(100), schedule: ConnectionSchedule }, closed);

export const ScheduleChanges = Type.Object(
  {
    name: Type.Optional(Line(100)),
    schedule: Type.Optional(ConnectionSchedule),
    expectedVersion: Type.Optional(
      Type.Integer({ description: 'The version that was read; if another is in force, 409.' }),
    ),
  },
  { ...closed, minProperties: 1 },
);
