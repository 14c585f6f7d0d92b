// Finding a domain's mail server by its Autodiscover.
import { type Static, Type } from 'typebox';
import { closed, Email } from './values.ts';

export const MailServerSearch = Type.Object(
  {
    address: Email,
    userName: Type.Optional(
      Type.String({ minLength: 1, maxLength: 320, pattern: '^[^\\u0000-\\u001f\\u007f:]*$' }),
    ),
    password: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1_000,
        description: 'Sent once to the domain’s own hosts and to confirmed ones; kept nowhere.',
      }),
    ),
    confirmedHosts: Type.Optional(
      Type.Array(Type.String({ maxLength: 253, pattern: '^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$' }), {
        maxItems: 16,
        uniqueItems: true,
        description: 'Hosts outside of the domain that may be asked, and may get the password.',
      }),
    ),
    trust: Type.Optional(
      Type.String({ maxLength: 65_536, description: 'PEM of an authority to trust beside the public ones.' }),
    ),
  },
  closed,
);
export type MailServerSearch = Static<typeof MailServerSearch>;

export const MailServerDiscovery = Type.Object(
  {
    url: Type.Union([Type.String(), Type.Null()], { description: 'Of ActiveSync; null: nobody said.' }),
    steps: Type.Array(
      Type.Object(
        {
          asked: Type.String(),
          outcome: Type.Enum([
            'found',
            'asks-password',
            'refused',
            'elsewhere',
            'not-confirmed',
            'no-answer',
            'not-understood',
            'this-gateway',
            'too-many',
          ]),
          host: Type.Optional(Type.String()),
        },
        closed,
      ),
    ),
    toConfirm: Type.Array(Type.String(), { description: 'Hosts that would have to be confirmed to go on.' }),
  },
  closed,
);
export type MailServerDiscovery = Static<typeof MailServerDiscovery>;
