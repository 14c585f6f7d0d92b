import { standings } from '@gatehouse/core/compliance/standing.ts';
import { platforms } from '@gatehouse/core/devices/device.ts';
import { type Static, type TSchema, Type } from 'typebox';
import { closed, Time } from './values.ts';

const Maybe = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const Count = Type.Integer({ minimum: 0 });
const Gate = Type.Object({ allow: Count, quarantine: Count, deny: Count }, closed);
const byStanding = Type.Object(
  Object.fromEntries(standings.map((each) => [each, Count])) as Record<
    (typeof standings)[number],
    typeof Count
  >,
  closed,
);

/** Seconds: since when a device has been silent. */
export const silenceBounds = [3_600, 8 * 3_600, 86_400, 7 * 86_400, 30 * 86_400] as const;

/** How the fleet stands, without devices that have left. Each number is what a search with these values finds. */
export const Overview = Type.Object(
  {
    asOf: Time,
    devices: Count,
    platforms: Type.Array(
      Type.Object(
        {
          platform: Type.Enum([...platforms]),
          devices: Count,
          versions: Type.Array(Type.Object({ version: Type.String(), devices: Count }, closed), {
            description: 'Newest first; the most frequent dozen.',
          }),
        },
        closed,
      ),
    ),
    standings: byStanding,
    gates: Type.Object({ network: Gate, mail: Gate, vpn: Gate }, closed),
    silence: Type.Array(
      Type.Object(
        {
          fromSeconds: Maybe(Count),
          toSeconds: Maybe(Count),
          devices: Count,
        },
        closed,
      ),
      {
        description:
          'By the time since the last contact; the last entry, without bounds, are those that never made any.',
      },
    ),
    reasons: Type.Array(
      Type.Object(
        {
          rule: Type.String({
            description: 'The kind, of rules that policies bring about; else the id of the rule.',
          }),
          kind: Type.String(),
          name: Maybe(Type.String()),
          devices: Count,
        },
        closed,
      ),
      { description: 'Rules that devices do not meet, the most frequent first.' },
    ),
    lostAccess: Type.Integer({
      description:
        'Devices that some gate keeps out and of which a gate began to answer otherwise within the last hour.',
    }),
  },
  closed,
);
export type Overview = Static<typeof Overview>;

export const FleetDays = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          day: Type.String({ description: 'In UTC; today is as of the last look.' }),
          takenAt: Time,
          standings: Type.Partial(byStanding),
          shut: Type.Object({ network: Count, mail: Count, vpn: Count }, closed),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type FleetDays = Static<typeof FleetDays>;

export const Attention = Type.Object(
  {
    asOf: Time,
    items: Type.Array(
      Type.Object(
        {
          kind: Type.Enum([
            'push-certificate',
            'push-problem',
            'certificate-authority',
            'approvals',
            'dead-jobs',
            'alerts',
            'mail-open',
            'webhook-stopped',
            'signals-paused',
            'lost-access',
          ]),
          severity: Type.Enum(['critical', 'warning', 'info']),
          count: Maybe(Count),
          subject: Maybe(Type.String({ description: 'Of what, where there are several.' })),
          since: Maybe(Time),
          until: Maybe(
            Type.String({ format: 'date-time', description: 'When it ends by itself, or expires.' }),
          ),
          expression: Maybe(Type.String({ description: 'The search that finds the devices concerned.' })),
        },
        closed,
      ),
      { description: 'Of what the caller may know; most urgent first.' },
    ),
  },
  closed,
);
export type Attention = Static<typeof Attention>;
