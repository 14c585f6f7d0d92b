import { accessLevels } from '@gatehouse/core/compliance/gate.ts';
import { standings } from '@gatehouse/core/compliance/standing.ts';
import { deviceStates, ownerships, platforms } from '@gatehouse/core/devices/device.ts';
import { privacyClasses } from '@gatehouse/core/facts/types.ts';
import { type Static, type TSchema, Type } from 'typebox';
import { closed, Id, Line, Time } from './values.ts';

const Maybe = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const MaybeText = Maybe(Type.String());

/** Over facts, device and user, in CEL: `os.name == "iPadOS" && age("contact.made") > duration("7d")`. */
export const Expression = Type.String({ minLength: 1, maxLength: 4_096 });

export const FoundDevice = Type.Object(
  { id: Id, name: Type.String(), platform: Type.String(), since: Type.Union([Time, Type.Null()]) },
  closed,
);
export type FoundDevice = Static<typeof FoundDevice>;

/** All that is given must hold. */
const question = {
  expression: Type.Optional(Expression),
  search: Type.Optional(
    Type.String({
      maxLength: 200,
      description:
        'Words, each of which is part of the name, the model or the name or address of the user, or the beginning of an identifier. What stands in quotes is one word.',
    }),
  ),
  selectionId: Type.Optional(
    Type.String({ format: 'uuid', description: 'Among a list of devices that was kept.' }),
  ),
};

export const DeviceQuestion = Type.Object(question, closed);
export type DeviceQuestion = Static<typeof DeviceQuestion>;

const deviceSorts = [
  'name',
  '-name',
  'seen',
  '-seen',
  'os',
  '-os',
  'standing',
  '-standing',
  'owner',
  '-owner',
  'enrolled',
  '-enrolled',
] as const;
const DeviceSort = Type.Enum([...deviceSorts], {
  description:
    'A minus turns the order around. seen: the last contact. standing: worst first. Default: enrolled.',
});

/** Names, separated by commas. */
const Names = (description: string) =>
  Type.String({ maxLength: 2_000, pattern: '^[a-z0-9._,-]*$', description });

const From = Type.String({
  minLength: 1,
  maxLength: 100,
  description:
    'Where the list begins: at the first name or owner that begins so, or at a time; in orders by name, owner or seen.',
});

export const DeviceSearchQuery = {
  ...question,
  sort: Type.Optional(DeviceSort),
  from: Type.Optional(From),
  facts: Type.Optional(Names('Facts that are shown with each device, separated by commas.')),
};

const Access = Type.Enum([...accessLevels]);
export const Standing = Type.Enum([...standings], {
  description:
    'bad: a rule is broken and acts. stale: a fact is too old to tell. unknown: never told. grace: time remains to mend it. exempt: excepted. unchecked: no rule reaches it.',
});

export const ListedDevice = Type.Object(
  {
    id: Id,
    name: Type.String(),
    platform: Type.Enum([...platforms]),
    ownership: Type.Enum([...ownerships]),
    state: Type.Enum([...deviceStates]),
    assetNumber: MaybeText,
    user: Maybe(
      Type.Object(
        { id: Id, email: Type.String(), userName: Type.String(), displayName: Type.String() },
        closed,
      ),
    ),
    createdAt: Time,
    lastCheckInAt: Maybe(Time),
    standing: Standing,
    failing: Type.Array(Type.String(), {
      description: 'Rules that it does not meet: the kind, or the id of an assigned rule.',
    }),
    failureReason: MaybeText,
    access: Type.Object({ network: Access, mail: Access, vpn: Access }, closed),
    accessChangedAt: Maybe(
      Type.String({ format: 'date-time', description: 'When a gate last began to answer otherwise.' }),
    ),
    nextChangeAt: Maybe(Time),
    manufacturer: MaybeText,
    model: MaybeText,
    osVersion: MaybeText,
    hostName: MaybeText,
    serialNumber: MaybeText,
    macs: Type.Array(Type.String()),
    facts: Type.Record(Type.String(), Type.Unknown(), {
      description: 'Those that were asked for and are known.',
    }),
  },
  closed,
);
export type ListedDevice = Static<typeof ListedDevice>;

export const ExportQuery = {
  ...question,
  sort: DeviceSearchQuery.sort,
  facts: DeviceSearchQuery.facts,
  columns: Type.Optional(
    Names('Columns in their order, separated by commas: names of ListedDevice, or facts.'),
  ),
  name: Type.Optional(
    Type.String({ pattern: '^[a-z0-9-]{1,60}$', description: 'Becomes part of the name of the file.' }),
  ),
};

export const CountRequest = Type.Object(
  {
    ...question,
    for: Type.Optional(Type.Enum(['search', 'group'])),
    comparedWith: Type.Optional(
      Type.String({ format: 'uuid', description: 'A smart group: how many would enter and leave it.' }),
    ),
    sort: Type.Optional(DeviceSort),
    from: Type.Optional(From),
    patience: Type.Optional(
      Type.Integer({
        minimum: 100,
        maximum: 8_000,
        default: 8_000,
        description:
          'Milliseconds to go on counting what has to be looked at one by one. What is found by then is the answer, and not complete.',
      }),
    ),
  },
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
    /** The first of them, where they had to be looked at one by one. */
    devices: Type.Array(FoundDevice),
    before: Type.Optional(
      Type.Integer({ description: 'How many stand before `from`, where the database can tell.' }),
    ),
    compared: Type.Optional(Type.Object({ entering: Type.Integer(), leaving: Type.Integer() }, closed)),
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

// ------------------------------------------------------------------------------------------- writing expressions

/** What an expression may name. */
export const ExpressionName = Type.Object(
  {
    name: Type.String(),
    type: Type.Enum(['bool', 'int', 'double', 'string', 'list']),
    unit: MaybeText,
    description: Type.String(),
    privacy: Maybe(Type.Enum([...privacyClasses])),
    /** Of which there is a known set. */
    values: Maybe(Type.Array(Type.String())),
    /** Of the items of a list; null: simple values. */
    fields: Maybe(Type.Array(Type.Object({ name: Type.String(), type: Type.String() }, closed))),
    example: Type.String(),
    inGroups: Type.Boolean({ description: 'Smart groups may name it.' }),
    allowed: Type.Boolean({ description: 'Whether the caller may see it, and so ask by it.' }),
  },
  closed,
);
export type ExpressionName = Static<typeof ExpressionName>;
export const ExpressionNames = Type.Object({ items: Type.Array(ExpressionName) }, closed);

export const ExpressionValues = Type.Object(
  {
    items: Type.Array(Type.Object({ value: Type.Unknown(), devices: Type.Integer() }, closed)),
    /** Devices of which it is known. */
    known: Type.Integer(),
    asOf: Time,
  },
  closed,
);
export type ExpressionValues = Static<typeof ExpressionValues>;

/** Why a device is found, or is not. */
export const MatchRequest = Type.Object(
  { expression: Expression, deviceId: Id, for: Type.Optional(Type.Enum(['search', 'group'])) },
  closed,
);
export type MatchRequest = Static<typeof MatchRequest>;

export const MatchExplanation = Type.Object(
  {
    matches: Type.Boolean(),
    parts: Type.Array(
      Type.Object(
        {
          /** Position in the expression, counted from 0. */
          at: Type.Integer(),
          text: Type.String(),
          answer: Type.Enum(['true', 'false', 'unknown']),
          /** Why it cannot be told. */
          problem: MaybeText,
          reads: Type.Array(Type.Object({ name: Type.String(), value: Type.Unknown() }, closed)),
        },
        closed,
      ),
      { description: 'The conditions that are joined by and, or and not; each by itself.' },
    ),
  },
  closed,
);
export type MatchExplanation = Static<typeof MatchExplanation>;

// ------------------------------------------------------------------------------------------- kept lists of devices

export const NewSelection = Type.Object(
  {
    ...question,
    deviceIds: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 5_000 })),
    identifiers: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 254 }), {
        minItems: 1,
        maxItems: 5_000,
        description:
          'Serial numbers, MAC addresses, IMEIs, UDIDs, host names, asset numbers, or addresses of users.',
      }),
    ),
  },
  {
    ...closed,
    description: 'Either what is asked for, or the devices themselves, or what they are known by.',
  },
);
export type NewSelection = Static<typeof NewSelection>;

export const Selection = Type.Object(
  {
    id: Id,
    devices: Type.Integer(),
    hash: Type.String({
      description: 'Over the ids of the devices: what was looked at is what is acted upon.',
    }),
    notFound: Type.Array(Type.String(), { description: 'Of what was pasted.' }),
    createdAt: Time,
    expiresAt: Time,
  },
  closed,
);
export type Selection = Static<typeof Selection>;

export const SelectedDevices = Type.Object(
  {
    deviceIds: Type.Array(Id, {
      description: 'Up to a thousand: as many as one command may be sent to at once.',
    }),
    parts: Type.Integer(),
    hash: Type.String(),
  },
  closed,
);
export type SelectedDevices = Static<typeof SelectedDevices>;

// ------------------------------------------------------------------------------------------- views

const ViewColumns = Type.Array(Type.String({ maxLength: 100, pattern: '^[A-Za-z0-9._-]+$' }), {
  maxItems: 40,
});
const Query = Type.String({ maxLength: 4_096 });

export const SavedView = Type.Object(
  {
    id: Id,
    name: Type.String(),
    shared: Type.Boolean({ description: 'Seen by everybody of the organization.' }),
    own: Type.Boolean(),
    ownerName: Type.String(),
    query: Type.String(),
    columns: Type.Array(Type.String()),
    sort: Type.String(),
    createdAt: Time,
  },
  closed,
);
export type SavedView = Static<typeof SavedView>;

export const NewView = Type.Object(
  {
    name: Line(100),
    shared: Type.Optional(
      Type.Boolean({ default: false, description: 'Takes the right to manage searches.' }),
    ),
    query: Query,
    columns: Type.Optional(ViewColumns),
    sort: Type.Optional(DeviceSort),
  },
  closed,
);
export type NewView = Static<typeof NewView>;

export const ViewChanges = Type.Partial(NewView, closed);
export type ViewChanges = Static<typeof ViewChanges>;
