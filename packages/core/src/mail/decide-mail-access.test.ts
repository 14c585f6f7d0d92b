import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { accessLevels } from '../compliance/gate.ts';
import { englishMessages } from '../compliance/wording/english-messages.ts';
import { render } from '../compliance/wording/render.ts';
import { say } from '../compliance/wording/message.ts';
import { languages } from '../languages.ts';
import {
  decideMailAccess,
  type MailDecision,
  type MailDeviceStanding,
  type MailRequest,
  type MailStanding,
} from './decide-mail-access.ts';
import { mailDeviceStates, mailWipeKinds, policyOutcomes, strangerTreatments } from './mail-device.ts';
import { mailPolicy } from './mail-policy.ts';

const now = Date.UTC(2026, 10, 22);
const hour = 3_600_000;
const document = mailPolicy({});

const mailDevice: MailDeviceStanding = {
  mailDeviceId: 'm',
  state: 'unknown',
  firstSeenAt: now - hour,
  wipe: null,
  policyKey: { key: 7, version: 'v1', acknowledgedAt: now - hour, outcome: 'applied' },
  wiped: false,
};
const link = { deviceId: 'd', access: 'allow', reasons: [] } as const;
const shut = (access: 'quarantine' | 'deny') => ({ ...link, access, reasons: [say('encryption.off')] });
const user = {
  userId: 'u',
  email: 'ann@acme.example',
  displayName: 'Ann',
  language: null,
  state: 'active',
  passwordSetAt: null,
} as const;
const settings = {
  strangers: 'quarantine',
  enrolBy: null,
  withoutPolicy: 'block',
  refreshPolicyMs: null,
  maximumDevices: 10,
} as const;

const standing: MailStanding = {
  user,
  mailDevice,
  mailDeviceCount: 1,
  link,
  settings,
  policy: { version: 'v1', document },
  server: { serverId: 's', version: 1 },
};

function decide(
  change: Partial<MailStanding> = {},
  presentedKey: MailRequest['presentedKey'] = 7,
): MailDecision {
  return decideMailAccess({ standing: { ...standing, ...change }, presentedKey, now });
}

const brief = (decision: MailDecision): string =>
  [
    decision.effect,
    ...('because' in decision ? [decision.because] : []),
    ...('how' in decision ? [decision.how] : []),
    ...('quarantine' in decision && decision.quarantine ? ['quarantine'] : []),
  ].join(' ');

describe('who gets his mail', () => {
  const withDevice = (change: Partial<MailDeviceStanding>) => ({ mailDevice: { ...mailDevice, ...change } });
  const withSettings = (change: Partial<MailStanding['settings']>) => ({
    settings: { ...settings, ...change },
  });
  const alone = { link: null };
  const rows: readonly (readonly [
    what: string,
    change: Partial<MailStanding>,
    key: MailRequest['presentedKey'],
    answer: string,
  ])[] = [
    ['EAS-06 an enrolled, compliant device with the current policy', {}, 7, 'pass'],
    ['EAS-06 one that is denied', { link: shut('deny') }, 7, 'refuse not-compliant'],
    ['EAS-06 one in quarantine', { link: shut('quarantine') }, 7, 'refuse not-compliant quarantine'],
    [
      'an enrolled one that was also let in by hand, denied',
      { link: shut('deny'), ...withDevice({ state: 'allowed' }) },
      7,
      'refuse not-compliant',
    ],
    ['EAS-09 one that nobody knows', alone, 7, 'refuse unknown-device quarantine'],
    [
      'EAS-T02 an id never seen with this account',
      { ...alone, mailDevice: null, policy: null },
      7,
      'refuse unknown-device quarantine',
    ],
    [
      'one that nobody knows, where strangers may pass',
      { ...alone, ...withSettings({ strangers: 'allow' }) },
      7,
      'pass',
    ],
    [
      'one that nobody knows, where strangers are blocked',
      { ...alone, ...withSettings({ strangers: 'block' }) },
      7,
      'refuse unknown-device',
    ],
    [
      'ENR-17 a stranger before the deadline',
      { ...alone, ...withSettings({ strangers: 'allow', enrolBy: now + 1 }) },
      7,
      'pass',
    ],
    [
      'ENR-17 a stranger after the deadline',
      { ...alone, ...withSettings({ strangers: 'allow', enrolBy: now }) },
      7,
      'refuse unknown-device',
    ],
    [
      'ENR-17 an enrolled one after the deadline',
      withSettings({ strangers: 'block', enrolBy: now }),
      7,
      'pass',
    ],
    [
      'ENR-23 one that was approved, after the deadline',
      { ...alone, ...withDevice({ state: 'allowed' }), ...withSettings({ enrolBy: now }) },
      7,
      'pass',
    ],
    [
      'ENR-23 one that was put into quarantine',
      withDevice({ state: 'quarantined' }),
      7,
      'refuse blocked quarantine',
    ],
    ['one that was blocked', withDevice({ state: 'blocked' }), 7, 'refuse blocked'],
    ['one that was wiped', withDevice({ state: 'allowed', wiped: true }), 7, 'refuse blocked'],
    ['a disabled user', { user: { ...user, state: 'disabled' } }, 7, 'refuse user-disabled'],
    ['nobody that is known here, with a known device', { user: null }, 7, 'pass'],
    ['one device too many', { ...alone, mailDevice: null, mailDeviceCount: 10 }, 0, 'refuse too-many'],
    [
      'EAS-07 a device that is to be wiped',
      withDevice({ wipe: { wipeId: 'w', kind: 'device' } }),
      7,
      'wipe device',
    ],
    [
      'an account that is to be wiped, of a disabled user on a blocked device',
      {
        user: { ...user, state: 'disabled' },
        ...withDevice({ state: 'blocked', wipe: { wipeId: 'w', kind: 'account' } }),
      },
      7,
      'wipe account',
    ],
    ['EAS-05 first contact', withDevice({ policyKey: null }), 0, 'provision never'],
    ['EAS-05 no key at all', {}, 'absent', 'provision never'],
    ['EAS-05 key 0 though it has one', {}, 0, 'provision never'],
    ['EAS-05 another key', {}, 8, 'provision changed'],
    ['POL-15 another policy', { policy: { version: 'v2', document } }, 7, 'provision changed'],
    [
      'POL-15 another policy, on a command without a key',
      { policy: { version: 'v2', document } },
      'not-needed',
      'provision changed',
    ],
    ['a command without a key', {}, 'not-needed', 'pass'],
    ['the time to fetch it again', withSettings({ refreshPolicyMs: hour }), 7, 'provision refresh'],
    ['not yet the time', withSettings({ refreshPolicyMs: hour + 1 }), 7, 'pass'],
    ...(['partly', 'not-applied', 'managed-elsewhere'] as const).flatMap((outcome) => {
      const held = withDevice({ policyKey: { key: 7, version: 'v1', acknowledgedAt: now, outcome } });
      return [
        [`a policy that is ${outcome}`, held, 7, 'refuse not-provisionable quarantine'],
        [
          `a policy that is ${outcome}, where that is enough`,
          { ...held, ...withSettings({ withoutPolicy: 'allow' }) },
          7,
          'pass',
        ],
      ] as const;
    }),
    [
      'an old client without keys, where that is enough',
      { ...withDevice({ policyKey: null }), ...withSettings({ withoutPolicy: 'allow' }) },
      'absent',
      'pass',
    ],
    [
      'an old client that asks for its policy all the same',
      { ...withDevice({ policyKey: null }), ...withSettings({ withoutPolicy: 'allow' }) },
      0,
      'provision never',
    ],
  ];
  for (const [what, change, key, answer] of rows)
    test(`${what}: ${answer}`, () => assert.equal(brief(decide(change, key)), answer));
});

const standingArbitrary: fc.Arbitrary<MailStanding> = fc.record({
  user: fc.option(fc.constantFrom('active', 'disabled').map((state) => ({ ...user, state }) as const)),
  mailDevice: fc.option(
    fc.record({
      mailDeviceId: fc.constant('m'),
      state: fc.constantFrom(...mailDeviceStates),
      firstSeenAt: fc.constant(now - hour),
      wipe: fc.option(fc.record({ wipeId: fc.constant('w'), kind: fc.constantFrom(...mailWipeKinds) }), {
        freq: 2,
      }),
      policyKey: fc.option(
        fc.record({
          key: fc.constantFrom(7, 8),
          version: fc.constantFrom('v1', 'v2'),
          acknowledgedAt: fc.constantFrom(now, now - 3 * hour),
          outcome: fc.constantFrom(...policyOutcomes),
        }),
      ),
      wiped: fc.boolean(),
    }),
  ),
  mailDeviceCount: fc.constantFrom(0, 1, 10),
  link: fc.option(
    fc.constantFrom(...accessLevels).map((access) => ({
      ...link,
      access,
      reasons: access === 'allow' ? [] : [say('encryption.off')],
    })),
  ),
  settings: fc.record({
    strangers: fc.constantFrom(...strangerTreatments),
    enrolBy: fc.constantFrom(null, now - 1, now + 1),
    withoutPolicy: fc.constantFrom('allow', 'block'),
    refreshPolicyMs: fc.constantFrom(null, hour),
    maximumDevices: fc.constantFrom(1, 10),
  }),
  policy: fc.option(fc.constantFrom('v1', 'v2').map((version) => ({ version, document }))),
  server: fc.constant(null),
});
const keyArbitrary = fc.constantFrom<MailRequest['presentedKey']>(0, 7, 8, 'absent', 'not-needed');

function always(
  holds: (standing: MailStanding, decision: MailDecision, key: MailRequest['presentedKey']) => void,
) {
  fc.assert(
    fc.property(standingArbitrary, keyArbitrary, (of, presentedKey) =>
      holds(of, decideMailAccess({ standing: of, presentedKey, now }), presentedKey),
    ),
    { numRuns: 5_000 },
  );
}

describe('whatever comes together', () => {
  test('EAS-06 nothing passes that the posture of its device denies', () =>
    always(({ link: of }, { effect }) => {
      if (of !== null && of.access !== 'allow') assert.ok(effect === 'refuse' || effect === 'wipe');
    }));

  test('EAS-09 a device that nobody knows passes only where strangers may', () =>
    always(({ link: of, mailDevice: device, settings: { strangers, enrolBy } }, { effect }) => {
      if (of !== null || device?.state === 'allowed') return;
      if (strangers === 'allow' && (enrolBy === null || enrolBy > now)) return;
      assert.ok(effect === 'refuse' || effect === 'wipe');
    }));

  test('blocked, wiped, or of a disabled user, nothing passes and nothing is provisioned', () =>
    always(({ user: of, mailDevice: device }, { effect }) => {
      if (of?.state !== 'disabled' && device?.state !== 'blocked' && device?.wiped !== true) return;
      assert.ok(effect === 'refuse' || effect === 'wipe');
    }));

  test('EAS-05 what passes has acknowledged this very policy, unless clients without one may pass', () =>
    always(({ mailDevice: device, policy, settings: { withoutPolicy } }, { effect }, key) => {
      if (effect !== 'pass') return;
      if (withoutPolicy === 'allow' && key === 'absent' && device?.policyKey === null) return;
      assert.equal(device?.policyKey?.version, policy?.version);
      if (key !== 'not-needed') assert.equal(device?.policyKey?.key, key);
    }));

  test('a wipe that is due is told whatever else there is', () =>
    always(({ mailDevice: device }, decision) => {
      if (device?.wipe) assert.deepEqual(brief(decision), `wipe ${device.wipe.kind}`);
      else assert.notEqual(decision.effect, 'wipe');
    }));

  test('whoever does not pass is told why in every language, and everything that can be said is said', () => {
    const said = new Set<string>();
    always((_standing, decision) => {
      for (const [key] of decision.says) said.add(key);
      const texts = languages.map((language) => render(decision.says, language));
      assert.equal(
        decision.effect === 'pass',
        texts.every((text) => text === ''),
      );
      if (decision.effect !== 'pass') assert.equal(new Set(texts).size, languages.length);
    });
    const own = Object.keys(englishMessages).filter((key) => key.startsWith('mail-gate.'));
    assert.deepEqual(
      own.filter((key) => !said.has(key)),
      [],
    );
  });
});
