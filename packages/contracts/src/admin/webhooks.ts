import { publicEventNames } from '@gatehouse/core/events/event-catalogue.ts';
import { type Static, Type } from 'typebox';
import { closed, Id, Line, Time, Told } from './values.ts';

const orNull = <T extends ReturnType<typeof Type.String> | ReturnType<typeof Type.Integer>>(schema: T) =>
  Type.Union([schema, Type.Null()]);
const EventNames = Type.Array(Type.Enum([...publicEventNames]), {
  minItems: 1,
  maxItems: 64,
  uniqueItems: true,
});
const Url = Type.String({
  minLength: 9,
  maxLength: 2_048,
  description:
    'https://HOST[:PORT]/PATH, without a user name. An inner address only if the operator has listed it.',
});

export const NewWebhook = Type.Object({ name: Line(100), url: Url, events: EventNames }, closed);
export type NewWebhook = Static<typeof NewWebhook>;

export const WebhookChange = Type.Object(
  {
    name: Type.Optional(Line(100)),
    url: Type.Optional(Url),
    events: Type.Optional(EventNames),
    state: Type.Optional(Type.Enum(['enabled', 'disabled'])),
  },
  closed,
);
export type WebhookChange = Static<typeof WebhookChange>;

export const Webhook = Type.Object(
  {
    id: Id,
    name: Type.String(),
    url: Type.String(),
    events: Type.Array(Type.String()),
    state: Type.Enum(['enabled', 'disabled']),
    stateReason: orNull(Told()),
    failingSince: orNull(Time),
    lastFailure: orNull(Told()),
    waiting: Type.Integer({ description: 'Messages that wait, a thousand at most; more wait as events.' }),
    previousSecretUntil: orNull(Time),
    createdAt: Time,
  },
  closed,
);
export type Webhook = Static<typeof Webhook>;

const Secret = Type.String({ description: 'whsec_…, shown once: with it the receiver verifies signatures.' });
export const CreatedWebhook = Type.Object({ ...Webhook.properties, secret: Secret }, closed);
export const WebhookSecret = Type.Object({ secret: Secret, previousUntil: Time }, closed);

export const WebhookDelivery = Type.Object(
  {
    id: Id,
    messageId: Type.String(),
    event: Type.String(),
    state: Type.Enum(['waiting', 'delivered', 'failed']),
    attempts: Type.Integer(),
    lastStatus: orNull(Type.Integer()),
    lastFailure: orNull(Told()),
    nextAttemptAt: orNull(Time),
    createdAt: Time,
    finishedAt: orNull(Time),
  },
  closed,
);
export type WebhookDelivery = Static<typeof WebhookDelivery>;

export const QueuedDelivery = Type.Object({ deliveryId: Id, messageId: Type.String() }, closed);

export const WebhookReplay = Type.Object(
  {
    from: Time,
    until: Type.Optional(Time),
    events: Type.Optional(EventNames),
  },
  closed,
);
export type WebhookReplay = Static<typeof WebhookReplay>;
export const ReplayedEvents = Type.Object(
  {
    queued: Type.Integer(),
    more: Type.Boolean({ description: 'There are more in that time: go on from `next`.' }),
    next: orNull(Time),
  },
  closed,
);
