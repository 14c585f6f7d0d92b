import { ownerships, platforms } from '@gatehouse/core/devices/device.ts';
import { type Static, Type } from 'typebox';
import { enrollmentStates } from './enrollments.ts';
import { Language } from './terms.ts';
import { closed, Email, Id, Time, Told } from './values.ts';

export const invitationDeliveries = ['mail', 'link'] as const;
export const invitationStates = ['waiting', 'sent', 'failed', 'given-out'] as const;

const common = {
  platform: Type.Enum([...platforms]),
  ownership: Type.Optional(Type.Enum([...ownerships], { description: 'Default unspecified.' })),
  delivery: Type.Optional(
    Type.Enum([...invitationDeliveries], {
      description: 'mail (default): sent to the user’s address. link: given out in the answer, once.',
    }),
  ),
  language: Type.Optional(Type.Union([Language], { description: 'Of the mail; default: the user’s.' })),
  expiresInHours: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 336, description: 'Default: the organization’s setting.' }),
  ),
  withPasswordLink: Type.Optional(
    Type.Boolean({
      description: 'The mail also holds a link by which the user chooses a password. Needs users.manage.',
    }),
  ),
  qr: Type.Optional(Type.Boolean({ description: 'Draw a QR code (SVG) for each link that is given out.' })),
};

/** Either users or a group. */
export const NewInvitations = Type.Object(
  {
    users: Type.Optional(
      Type.Array(Type.Union([Id, Email]), {
        minItems: 1,
        maxItems: 1_000,
        description: 'Ids or e-mail addresses.',
      }),
    ),
    groupId: Type.Optional(Type.Union([Id], { description: 'Everybody in the group, in place of users.' })),
    ...common,
  },
  closed,
);
export type NewInvitations = Static<typeof NewInvitations>;

/** What one user's invitation takes. */
export type InvitationChoices = Omit<NewInvitations, 'users' | 'groupId'>;

/** Of a CSV file: what its lines do not say themselves. */
export const invitationImportQuery = {
  platform: Type.Optional(Type.Enum([...platforms])),
  ownership: Type.Optional(Type.Enum([...ownerships])),
  delivery: Type.Optional(Type.Enum([...invitationDeliveries])),
  language: Type.Optional(Language),
};

const InvitedLine = Type.Object(
  {
    line: Type.Optional(Type.Integer({ description: 'Of the file; the first line is its header.' })),
    user: Type.String({ description: 'As it was given.' }),
    outcome: Type.Enum(['invited', 'failed']),
    reason: Type.Optional(Told()),
    invitationId: Type.Optional(Id),
    enrollmentId: Type.Optional(Id),
    link: Type.Optional(
      Type.String({ description: 'Holds the one-time password behind the #. Shown this once.' }),
    ),
    oneTimePassword: Type.Optional(Type.String()),
    qr: Type.Optional(Type.String({ description: 'The link as a QR code, SVG.' })),
    expiresAt: Type.Optional(Time),
  },
  closed,
);

/** One line per user that was asked for. */
export const InvitationReport = Type.Object({ lines: Type.Array(InvitedLine) }, closed);
export type InvitationReport = Static<typeof InvitationReport>;
export type InvitedLine = Static<typeof InvitedLine>;

export const Invitation = Type.Object(
  {
    id: Id,
    userId: Id,
    email: Type.Union([Type.String(), Type.Null()], {
      description: 'Whose it is; null for who may not see users.',
    }),
    enrollmentId: Id,
    delivery: Type.Enum([...invitationDeliveries]),
    state: Type.Enum([...invitationStates], {
      description:
        'failed: the mail could not be sent, `problem` says why. given-out: its link was in an answer.',
    }),
    enrollmentState: Type.Enum([...enrollmentStates]),
    attempts: Type.Integer(),
    problem: Type.Union([Told(), Type.Null()]),
    createdBy: Type.String(),
    createdAt: Time,
    sentAt: Type.Union([Time, Type.Null()]),
  },
  closed,
);
export type Invitation = Static<typeof Invitation>;

export const invitationFilter = {
  userId: Type.Optional(Id),
  state: Type.Optional(Type.Enum([...invitationStates])),
};
