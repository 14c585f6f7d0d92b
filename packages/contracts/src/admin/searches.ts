import { type Static, Type } from 'typebox';
import { closed, Id, Line, Time } from './values.ts';

/** Over facts, device and user, in CEL: `os.name == "iPadOS" && age("contact.made") > duration("7d")`. */
export const Expression = Type.String({ minLength: 1, maxLength: 4_096 });

export const FoundDevice = Type.Object(
  { id: Id, name: Type.String(), platform: Type.String(), since: Type.Union([Time, Type.Null()]) },
  closed,
);
export type FoundDevice = Static<typeof FoundDevice>;

export const CountRequest = Type.Object(
  { expression: Expression, for: Type.Optional(Type.Enum(['search', 'group'])) },
  closed,
);
export type CountRequest = Static<typeof CountRequest>;

/** For somebody who writes an expression and wants to see what it finds. */
export const DeviceCount = Type.Object(
  {
    matching: Type.Integer(),
    /** Of which it cannot be told. */
    untold: Type.Integer(),
    examined: Type.Integer(),
    /** false: there are more devices than were looked at in the time there is. */
    complete: Type.Boolean(),
    byPlatform: Type.Record(Type.String(), Type.Integer()),
    /** The first of them. */
    devices: Type.Array(FoundDevice),
  },
  closed,
);
export type DeviceCount = Static<typeof DeviceCount>;

export const WatchList = Type.Object(
  {
    id: Id,
    name: Type.String(),
    description: Type.String(),
    expression: Type.String(),
    tellEntry: Type.Boolean({ description: 'Alert administrators when a device enters.' }),
    tellExit: Type.Boolean({ description: 'Alert administrators when a device leaves.' }),
    devices: Type.Integer({ description: 'How many are in it now.' }),
    createdAt: Time,
  },
  closed,
);
export type WatchList = Static<typeof WatchList>;

export const NewWatchList = Type.Object(
  {
    name: Line(200),
    description: Type.Optional(Line(500, 0)),
    expression: Expression,
    tellEntry: Type.Optional(Type.Boolean({ default: true })),
    tellExit: Type.Optional(Type.Boolean({ default: false })),
  },
  closed,
);
export type NewWatchList = Static<typeof NewWatchList>;

export const WatchListChanges = Type.Partial(NewWatchList, closed);
export type WatchListChanges = Static<typeof WatchListChanges>;
