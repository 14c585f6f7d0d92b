// Looks from outside at mail servers: whether mail can be had round the gateway.
import { probeWays, sights } from '@gatehouse/core/mail/probe-result.ts';
import { type Static, Type } from 'typebox';
import { closed, Id, Line, Time } from './values.ts';

const Host = Type.String({
  minLength: 1,
  maxLength: 262,
  pattern: '^(?:\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::[0-9]{1,5})?$',
  description: 'HOST or HOST:PORT; an IPv6 address in brackets.',
});
const Way = Type.Enum([...probeWays]);
const Verdict = Type.Enum(['open', 'closed', 'unclear']);
const Hosts = Type.Array(Host, { maxItems: 16, uniqueItems: true });
const Vantage = Type.Enum(['outside', 'gateway'], {
  description:
    'outside: looked from where any phone may be. gateway: from an address that the mail server lets in because it is the gateway’s.',
});

const seen = {
  way: Way,
  address: Type.String({ maxLength: 400, description: 'What was asked, as a URL.' }),
  seen: Type.Enum([...sights]),
  status: Type.Optional(Type.Integer({ minimum: 100, maximum: 599 })),
  host: Type.Optional(Type.String({ maxLength: 262 })),
  everywhere: Type.Optional(Type.Literal(true)),
};
const ProbeSeen = Type.Object(
  {
    ...seen,
    address: Type.String({ maxLength: 400, pattern: '^[a-z]{3,20}:\\/\\/[!-~]*$' }),
    host: Type.Optional(Host),
  },
  closed,
);
const Judged = Type.Object(
  {
    ...seen,
    verdict: Verdict,
    because: Type.String(),
    meaning: Type.String({ description: 'What was seen and what it means, in the language asked for.' }),
    advice: Type.Union([Type.String(), Type.Null()], { description: 'What to do about it.' }),
  },
  closed,
);

const summary = {
  id: Id,
  mailServerId: Id,
  state: Type.Enum(['waiting', 'done']),
  source: Type.Enum(['server', 'report'], {
    description: 'report: somebody looked elsewhere and told us what was to be seen.',
  }),
  vantage: Vantage,
  place: Type.Union([Type.String(), Type.Null()], {
    description: 'From where a report says that it was looked.',
  }),
  verdict: Type.Union([Verdict, Type.Null()]),
  openWays: Type.Array(Way),
  acceptedWays: Type.Array(Way, { description: 'Open too, and meant to be.' }),
  requestedBy: Type.String(),
  createdAt: Time,
  finishedAt: Type.Union([Time, Type.Null()]),
};
export const MailProbeSummary = Type.Object(summary, closed);
export type MailProbeSummary = Static<typeof MailProbeSummary>;

export const MailProbe = Type.Object({ ...summary, sights: Type.Array(Judged) }, closed);
export type MailProbe = Static<typeof MailProbe>;

export const NewMailProbe = Type.Object({ mailServerId: Id }, closed);
export type NewMailProbe = Static<typeof NewMailProbe>;

export const MailProbeReport = Type.Object(
  {
    mailServerId: Id,
    place: Line(100),
    sights: Type.Array(ProbeSeen, { minItems: 1, maxItems: 500 }),
  },
  closed,
);
export type MailProbeReport = Static<typeof MailProbeReport>;

const plan = {
  hosts: Type.Array(Type.String(), {
    description: 'Public names and addresses of the mail server, beside the one the gateway uses.',
  }),
  domains: Type.Array(Type.String(), { description: 'Mail domains whose Autodiscover is looked at.' }),
  acceptedWays: Type.Array(Way, { description: 'Ways that stay open on purpose; they count for nothing.' }),
  everyMinutes: Type.Union([Type.Integer(), Type.Null()], { description: 'null: only when asked for.' }),
  letIn: Type.Boolean({
    description: 'The mail server lets this server’s addresses in, so that looking from here proves little.',
  }),
};
export const MailProbePlan = Type.Object(
  { mailServerId: Id, ...plan, nextAt: Type.Union([Time, Type.Null()]) },
  closed,
);
export type MailProbePlan = Static<typeof MailProbePlan>;

export const MailProbePlanChange = Type.Object(
  {
    hosts: Type.Optional(Hosts),
    domains: Type.Optional(
      Type.Array(
        Type.String({
          minLength: 3,
          maxLength: 253,
          pattern: '^(?:[A-Za-z0-9-]{1,63}\\.)+[A-Za-z0-9-]{2,63}$',
        }),
        { maxItems: 16, uniqueItems: true },
      ),
    ),
    acceptedWays: Type.Optional(Type.Array(Way, { uniqueItems: true })),
    everyMinutes: Type.Optional(Type.Union([Type.Integer({ minimum: 15, maximum: 10_080 }), Type.Null()])),
    letIn: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type MailProbePlanChange = Static<typeof MailProbePlanChange>;
