// The privacy ledger: what is held about a person's devices, what others looked at or did, and what is not collected.
import { factAreas } from '@gatehouse/core/portal/fact-words.ts';
import { type Static, Type } from 'typebox';
import { closed, Id, Time } from '../admin/values.ts';

const LedgerFact = Type.Object(
  {
    text: Type.String({ description: 'What it is, in the person’s language.' }),
    value: Type.Unknown(),
    unit: Type.Union([Type.String(), Type.Null()]),
    privacy: Type.Enum(['technical', 'personal', 'sensitive']),
    source: Type.Enum(['attested', 'os-protocol', 'agent', 'activesync', 'administrator']),
    at: Time,
    neededFor: Type.Array(Type.String(), {
      description: 'Requirements that rest on it; none: inventory and support.',
    }),
    history: Type.Boolean({ description: 'Earlier values are kept too.' }),
  },
  closed,
);

export const LedgerDevice = Type.Object(
  {
    id: Id,
    name: Type.String(),
    ownership: Type.Enum(['corporate', 'personal', 'unspecified']),
    since: Type.Union([Time], {
      description: 'Since when the device is assigned to the person; nothing from before is shown.',
    }),
    areas: Type.Array(
      Type.Object(
        { area: Type.Enum([...factAreas]), title: Type.String(), facts: Type.Array(LedgerFact) },
        closed,
      ),
    ),
    notCollected: Type.Array(
      Type.Object(
        { title: Type.String(), text: Type.String(), because: Type.Enum(['private-device', 'setting']) },
        closed,
      ),
    ),
  },
  closed,
);
export type LedgerDevice = Static<typeof LedgerDevice>;

export const Ledger = Type.Object(
  {
    organization: Type.String(),
    madeAt: Time,
    changedAt: Type.Union([Time, Type.Null()], { description: 'When the newest fact came in.' }),
    devices: Type.Array(LedgerDevice),
    kept: Type.Object(
      { changesPerDevice: Type.Integer({ description: 'Earlier values that are kept of a device.' }) },
      closed,
    ),
  },
  closed,
);
export type Ledger = Static<typeof Ledger>;

export const LedgerDeed = Type.Object(
  {
    at: Time,
    who: Type.Union([Type.String(), Type.Null()], { description: 'Name or role; null: an automatic rule.' }),
    kind: Type.Enum(['look', 'location', 'act', 'change']),
    text: Type.String({ description: 'As in “… locked the screen”, in the person’s language.' }),
    reason: Type.Union([Type.String(), Type.Null()]),
    refused: Type.Boolean({ description: 'It was tried and not allowed.' }),
    device: Type.Union([Type.Object({ id: Id, name: Type.String() }, closed), Type.Null()]),
  },
  closed,
);
export type LedgerDeed = Static<typeof LedgerDeed>;
