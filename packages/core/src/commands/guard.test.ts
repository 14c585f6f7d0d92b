import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type ActorKind, actorKinds } from '../actor.ts';
import { type Ownership, ownerships } from '../devices/device.ts';
import { builtInRoles, effectivePermissions } from '../permissions/roles.ts';
import { type CommandName, commandDefinition, commandNames } from './catalogue.ts';
import {
  decideDestructive,
  type DestructiveRequest,
  defaultDestructiveLimits as limits,
  destructiveBudget,
} from './guard.ts';

const hour = 3_600_000;
const now = 1_800_000_000_000;

function ask(
  change: Partial<DestructiveRequest> & { role?: string; kind?: ActorKind; empoweredAt?: number | null },
) {
  const { role = 'org-admin', kind = 'administrator', empoweredAt = now - 25 * hour, ...request } = change;
  return decideDestructive({
    command: 'full-wipe',
    ownership: 'corporate',
    actor: { kind, empoweredAt, permissions: effectivePermissions(role) },
    spentInWindow: 0,
    fleetSize: 100,
    now,
    ...request,
  });
}

const reason = (decision: ReturnType<typeof ask>) => (decision.allowed ? 'allowed' : decision.reason);

describe('TEN-14, ACT-17: ownership', () => {
  const table: [role: string, command: CommandName, Record<Ownership, string>][] = [
    [
      'help-desk',
      'full-wipe',
      { corporate: 'allowed', personal: 'personal-device', unspecified: 'personal-device' },
    ],
    [
      'help-desk',
      'locate-device',
      { corporate: 'allowed', personal: 'personal-device', unspecified: 'personal-device' },
    ],
    ['help-desk', 'selective-wipe', { corporate: 'allowed', personal: 'allowed', unspecified: 'allowed' }],
    ['help-desk', 'lock-device', { corporate: 'allowed', personal: 'allowed', unspecified: 'allowed' }],
    [
      'nac-service',
      'full-wipe',
      { corporate: 'allowed', personal: 'personal-device', unspecified: 'personal-device' },
    ],
    ['org-admin', 'full-wipe', { corporate: 'allowed', personal: 'allowed', unspecified: 'allowed' }],
    ['org-admin', 'locate-device', { corporate: 'allowed', personal: 'allowed', unspecified: 'allowed' }],
  ];
  for (const [role, command, answers] of table) {
    for (const ownership of ownerships) {
      test(`${role} asks ${command} of a ${ownership} device: ${answers[ownership]}`, () => {
        assert.equal(reason(ask({ role, command, ownership })), answers[ownership]);
      });
    }
  }

  test('a job never wipes or tracks a private device', () => {
    for (const command of ['full-wipe', 'locate-device'] as const) {
      assert.equal(
        reason(ask({ kind: 'system', role: 'none', empoweredAt: null, command, ownership: 'personal' })),
        'personal-device',
      );
    }
  });
});

describe('ADM-06 fresh power', () => {
  test('ADM-06 an account that gained power less than 24 hours ago destroys nothing', () => {
    for (const kind of ['administrator', 'token'] as const) {
      assert.equal(reason(ask({ kind, empoweredAt: now - 24 * hour + 1 })), 'empowered-too-recently');
      assert.equal(reason(ask({ kind, empoweredAt: now - 24 * hour })), 'allowed');
      assert.equal(reason(ask({ kind, empoweredAt: null })), 'empowered-too-recently');
      assert.equal(reason(ask({ kind, empoweredAt: Number.NaN })), 'empowered-too-recently');
    }
  });

  test('ADM-06 it may still lock and send messages', () => {
    for (const command of ['lock-device', 'send-message', 'refresh-device'] as const) {
      assert.equal(reason(ask({ command, empoweredAt: now })), 'allowed');
    }
  });

  test('no device commands another', () => {
    assert.equal(reason(ask({ kind: 'device', empoweredAt: null })), 'empowered-too-recently');
  });
});

describe('ADM-06 budget', () => {
  test('ADM-06 the budget is 5 devices or 1 % of the fleet, whichever is more', () => {
    for (const [fleet, budget] of [
      [0, 5],
      [499, 5],
      [599, 5],
      [600, 6],
      [100_000, 1_000],
    ] as const) {
      assert.equal(destructiveBudget(fleet, limits), budget);
      assert.equal(reason(ask({ fleetSize: fleet, spentInWindow: budget - 1 })), 'allowed');
      assert.equal(reason(ask({ fleetSize: fleet, spentInWindow: budget })), 'budget-spent');
    }
  });

  test('ADM-06 a count that is not a number refuses', () => {
    assert.equal(reason(ask({ spentInWindow: Number.NaN })), 'budget-spent');
    assert.equal(reason(ask({ fleetSize: Number.NaN })), 'budget-spent');
  });

  const call = fc.record({
    after: fc.oneof(fc.nat(60_000), fc.nat(40 * 60_000)),
    command: fc.constantFrom(...commandNames),
    ownership: fc.constantFrom(...ownerships),
    kind: fc.constantFrom(...actorKinds),
    role: fc.constantFrom(...builtInRoles),
    empoweredAt: fc.option(fc.constantFrom(0, now, now + hour)),
  });

  test('ADM-06 no sequence of calls by accounts, tokens, jobs and the operator exceeds the budget in any window', () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 120 }), fc.nat(900), (calls, fleetSize) => {
        const spent: number[] = [];
        let clock = now;
        for (const { after, ...change } of calls) {
          clock += after;
          const spentInWindow = spent.filter((at) => at > clock - limits.windowMs).length;
          const decision = ask({ ...change, now: clock, spentInWindow, fleetSize });
          if (decision.allowed && commandDefinition(change.command).destructive) spent.push(clock);
        }
        for (const end of spent) {
          const inWindow = spent.filter((at) => at <= end && at > end - limits.windowMs);
          assert.ok(inWindow.length <= destructiveBudget(fleetSize, limits));
        }
      }),
    );
  });
});
