import { ownerships } from '@gatehouse/core/devices/device.ts';
import { playbookNames, type StepKind, stepCatalogue } from '@gatehouse/core/playbooks/playbook.ts';
import { type Static, type TSchema, Type } from 'typebox';
import { closed, Id, Line, Time, Told } from './values.ts';

const Maybe = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

const Option = Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)]);
const Kind = Type.Enum(Object.keys(stepCatalogue) as StepKind[]);
const RunState = Type.Enum(['running', 'waiting', 'done', 'stopped', 'failed']);

export const NewPlaybookRun = Type.Object(
  {
    playbook: Type.Enum([...playbookNames]),
    option: Type.Optional(Option),
    reason: Line(500),
    message: Type.Optional(Line(500)),
    phoneNumber: Type.Optional(Line(32)),
    waitHours: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 336,
        description: 'How long a lost device is looked for. Default 24.',
      }),
    ),
    blacklist: Type.Optional(
      Type.Boolean({
        description:
          'Shut the device out of the network as well. By default stolen ones are; options 2 and 3 always do.',
      }),
    ),
    policyId: Type.Optional(
      Type.String({ format: 'uuid', description: 'The lock-down policy that goes with the secured group.' }),
    ),
  },
  closed,
);
export type NewPlaybookRun = Static<typeof NewPlaybookRun>;

export const PlaybookRun = Type.Object(
  {
    id: Id,
    deviceId: Id,
    playbook: Type.Enum([...playbookNames]),
    option: Maybe(Option),
    ownership: Type.Enum([...ownerships]),
    state: RunState,
    reason: Type.String(),
    startedBy: Type.String(),
    startedAt: Time,
    goesOnAt: Maybe(Time),
    endedAt: Maybe(Time),
    endedBy: Maybe(Type.String()),
    note: Maybe(Told()),
    steps: Type.Array(
      Type.Object(
        {
          kind: Kind,
          title: Told(),
          state: Type.Enum(['to-do', 'waiting', 'done', 'skipped', 'failed', 'stopped', 'undone']),
          note: Maybe(Told()),
          commandId: Maybe(Id),
          approvalId: Maybe(Id),
          startedAt: Maybe(Time),
          endedAt: Maybe(Time),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type PlaybookRun = Static<typeof PlaybookRun>;

export const PlaybookPreview = Type.Object(
  {
    ownership: Type.Enum([...ownerships]),
    steps: Type.Array(
      Type.Object(
        {
          kind: Kind,
          title: Told(),
          outlook: Type.Enum(['done', 'approval', 'skipped', 'refused'], {
            description:
              'approval: a second person would be asked. skipped: the procedure would go on without it.',
          }),
          why: Maybe(Told()),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type PlaybookPreview = Static<typeof PlaybookPreview>;

export const PlaybookStop = Type.Object({ reason: Line(500) }, closed);
export const runFilter = { state: Type.Optional(RunState) };
