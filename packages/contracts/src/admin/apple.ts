import { Type, type Static } from 'typebox';
import { closed, Id, Time } from './values.ts';

const Maybe = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);

/** One way to speak to an Apple device: the device itself, or one of its users. Of what it entrusts, only that it is there. */
export const AppleChannel = Type.Object(
  {
    id: Id,
    of: Type.Enum(['device', 'user'], { description: 'Who users are is a personal fact and not said here.' }),
    kind: Type.Enum(['device', 'user', 'shared-ipad-user', 'user-enrolment', 'user-enrolment-user']),
    readyAt: Maybe(
      Type.String({
        format: 'date-time',
        description: 'When it first said where it can be reached. Null: not yet.',
      }),
    ),
    lastSeenAt: Maybe(Time),
    push: Type.Object(
      {
        state: Type.Enum(['none', 'reachable', 'dead'], {
          description: 'dead: the push service says that the token leads nowhere.',
        }),
        topic: Maybe(Type.String()),
        tokenAt: Maybe(Time),
        deadAt: Maybe(Time),
      },
      closed,
    ),
    awaitingConfiguration: Type.Boolean({ description: 'Setup Assistant waits until it is told to go on.' }),
    declarativeSince: Maybe(Time),
    holdsUnlockToken: Type.Boolean(),
    holdsBootstrapToken: Type.Boolean(),
  },
  closed,
);
export type AppleChannel = Static<typeof AppleChannel>;

export const AppleDevice = Type.Object(
  {
    deviceId: Id,
    enrollment: Type.Enum(['device', 'automated', 'user'], {
      description: 'A person installed the profile; Setup Assistant did; or user enrolment.',
    }),
    system: Type.Enum(['iOS', 'macOS', 'tvOS', 'visionOS', 'watchOS']),
    product: Maybe(Type.String()),
    version: Maybe(Type.String()),
    supervised: Type.Boolean(),
    sharedIpad: Type.Boolean(),
    channels: Type.Array(AppleChannel),
  },
  closed,
);
export type AppleDevice = Static<typeof AppleDevice>;
