import { ownerships } from '@gatehouse/core/devices/device.ts';
import { type OwnAction, ownActionCatalogue } from '@gatehouse/core/portal/own-actions.ts';
import { Type, type Static } from 'typebox';
import { closed, Id, Line, Time } from './values.ts';

const CollectedClasses = Type.Array(Type.Enum(['personal', 'sensitive']), { maxItems: 2, uniqueItems: true });

const OfDevices = (action: OwnAction) =>
  Type.Optional(
    Type.Array(Type.Enum([...ownerships]), {
      maxItems: 3,
      uniqueItems: true,
      description: `Of which devices. Default: ${ownActionCatalogue[action].byDefault.join(', ')}.`,
    }),
  );

/** What an organization may set for itself. Absent: the default named in the description. */
export const OrganizationSettings = Type.Object(
  {
    secondFactorRequired: Type.Optional(
      Type.Boolean({ description: 'Administrators need a second factor to do anything. Default true.' }),
    ),
    tokenMaximumDays: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 366, description: 'Longest life of an API token. Default 366.' }),
    ),
    enrollmentCodeHours: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 336, description: 'Life of an enrolment code. Default 72.' }),
    ),
    mailDomains: Type.Optional(
      Type.Array(
        Type.String({
          maxLength: 200,
          pattern: '^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$',
        }),
        {
          maxItems: 20,
          uniqueItems: true,
          description:
            'Domains of the users\u2019 mail addresses, lower case. Agents that are given an address ask gatehouse.DOMAIN where to enrol; let that name lead to this server.',
        },
      ),
    ),
    mailSignIn: Type.Optional(
      Type.Object(
        {
          people: Type.Optional(
            Type.Enum(['none', 'known', 'all'], {
              description:
                'Who: nobody, users, or everybody with an address in one of the mail domains, who becomes a user by it. Default none.',
            }),
          ),
          discover: Type.Optional(
            Type.Boolean({
              description:
                'Whether the mail server of somebody who has none assigned is looked for by the Autodiscover of the own mail domains. Default false.',
            }),
          ),
        },
        {
          ...closed,
          description:
            'Who may sign in on the enrolment page with the mail account: the mail server is asked whether the password is right, and it is kept nowhere.',
        },
      ),
    ),
    collection: Type.Optional(
      Type.Object(
        {
          corporate: Type.Optional(CollectedClasses),
          personal: Type.Optional(CollectedClasses),
          unspecified: Type.Optional(CollectedClasses),
        },
        {
          ...closed,
          description:
            'Which facts besides technical ones are collected, by ownership. What is not collected is never stored. Default: personal and sensitive ones from corporate devices only.',
        },
      ),
    ),
    changes: Type.Optional(
      Type.Object(
        {
          largestUnconfirmedPercent: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: 100,
              description:
                'The part of the fleet that a change may newly shut out without a simulation or a confirmation. Default 10.',
            }),
          ),
        },
        { ...closed, description: 'What changes of policies and rules may do at once.' },
      ),
    ),
    nac: Type.Optional(
      Type.Object(
        {
          fullWipe: Type.Optional(
            Type.Boolean({
              description:
                'Whether network access controllers may reset devices to factory state. Default false.',
            }),
          ),
        },
        { ...closed, description: 'What network access controllers such as Cisco ISE may do.' },
      ),
    ),
    scep: Type.Optional(
      Type.Object(
        {
          oldCiphers: Type.Optional(
            Type.Enum(['none', '3des', 'des'], {
              description:
                'What old devices may encrypt their certificate requests with when they know no AES: nothing, 3DES, or also single DES, which protects nothing by itself; the connection is encrypted all the same. Default none.',
            }),
          ),
        },
        { ...closed, description: 'How devices ask for certificates by SCEP.' },
      ),
    ),
    apple: Type.Optional(
      Type.Object(
        {
          networkUsers: Type.Optional(
            Type.Boolean({
              description: 'Whether network and mobile accounts of Macs are managed as users. Default false.',
            }),
          ),
          silentDays: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 90,
              description:
                'Days of silence after which a device that push no longer reaches counts as out of management. Default 14.',
            }),
          ),
        },
        { ...closed, description: 'How Apple devices are managed.' },
      ),
    ),
    portal: Type.Optional(
      Type.Object(
        {
          actions: Type.Optional(
            Type.Object(
              {
                refresh: OfDevices('refresh'),
                lock: OfDevices('lock'),
                locate: OfDevices('locate'),
                'mark-lost': OfDevices('mark-lost'),
                sound: OfDevices('sound'),
                'mark-found': OfDevices('mark-found'),
                'reset-passcode': OfDevices('reset-passcode'),
                'remove-company-data': OfDevices('remove-company-data'),
                erase: OfDevices('erase'),
              } satisfies Record<OwnAction, unknown>,
              { ...closed, description: 'What people may do to their own devices.' },
            ),
          ),
          enrol: Type.Optional(
            Type.Boolean({
              description: 'Whether people may enrol further devices by themselves. Default true.',
            }),
          ),
          names: Type.Optional(
            Type.Boolean({
              description:
                'Whether people see the names of administrators who looked at their devices, or their roles alone. Default false.',
            }),
          ),
        },
        { ...closed, description: 'The portal, where people look after their own devices.' },
      ),
    ),
    support: Type.Optional(
      Type.Object(
        { text: Type.Optional(Line(500)), email: Type.Optional(Line(254)), phone: Type.Optional(Line(50)) },
        { ...closed, description: 'Shown to users whose device is refused.' },
      ),
    ),
  },
  closed,
);
export type OrganizationSettings = Static<typeof OrganizationSettings>;

export const Slug = Type.String({
  pattern: '^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$',
  description: 'Lower-case letters, digits and dashes; part of addresses, never changed.',
});

export const Organization = Type.Object(
  { id: Id, slug: Slug, name: Type.String(), settings: OrganizationSettings, createdAt: Time },
  closed,
);
export type Organization = Static<typeof Organization>;

export const NewOrganization = Type.Object(
  { slug: Slug, name: Line(200), settings: Type.Optional(OrganizationSettings) },
  closed,
);
export type NewOrganization = Static<typeof NewOrganization>;

export const OrganizationChanges = Type.Object({ name: Line(200) }, closed);
export type OrganizationChanges = Static<typeof OrganizationChanges>;
