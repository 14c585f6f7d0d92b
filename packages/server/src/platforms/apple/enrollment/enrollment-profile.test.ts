import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { validateProfile } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import { readPlist, writePlist } from '@gatehouse/protocols/plist/index.ts';
import { ownerships } from '@gatehouse/core/devices/device.ts';
import { accessRights, serverCapabilities } from './access-rights.ts';
import { enrollmentProfile, type ProfileInput } from './enrollment-profile.ts';

const input: ProfileInput = {
  organizationId: '01930000-0000-7000-8000-000000000001',
  organization: 'Acme & Söhne',
  deviceId: '01930000-0000-7000-8000-000000000002',
  terms: {
    topic: 'com.apple.mgmt.External.7d5f3a10-1111-4222-8333-944455556666',
    serverUrl: 'https://mdm.acme.example:8444/apple/mdm',
    signMessage: false,
    accessRights: 8191,
    capabilities: serverCapabilities,
  },
  scep: {
    url: 'https://mdm.acme.example/scep/acme',
    challenge: '0193000000007000800000000000000300112233445566778899aabbccddeeff',
    authority: Buffer.from('an authority'),
  },
  anchors: [Buffer.from('a root')],
};

const golden = new URL('./testdata/enrollment.mobileconfig', import.meta.url);

test('ENR-11 the profile holds trust, identity and management and nothing else, byte for byte', () => {
  const written = Buffer.from(writePlist(enrollmentProfile(input))).toString('utf8');
  assert.equal(written, readFileSync(golden, 'utf8'));
  const types = (enrollmentProfile(input)['PayloadContent'] as { PayloadType: string }[]).map(
    ({ PayloadType }) => PayloadType,
  );
  assert.deepEqual(types, ['com.apple.security.root', 'com.apple.security.scep', 'com.apple.mdm']);
  assert.deepEqual(
    readPlist(Buffer.from(written)),
    readPlist(writePlist(enrollmentProfile(input), 'binary')),
  );
});

test('every payload is as Apple’s schema has it, on every system, whoever owns the device', () => {
  const systems = [
    { platform: 'iOS', osVersion: '18.1' },
    { platform: 'macOS', osVersion: '15.1' },
    { platform: 'tvOS', osVersion: '18.1' },
    { platform: 'visionOS', osVersion: '2.1' },
  ] as const;
  for (const system of systems) {
    for (const ownership of ownerships) {
      const terms = { ...input.terms, accessRights: accessRights(ownership) };
      const problems = validateProfile(enrollmentProfile({ ...input, terms }), {
        ...system,
        enrollmentKind: 'device',
        supervised: false,
        channel: 'device',
      });
      assert.deepEqual(problems, [], `${system.platform} ${ownership}`);
    }
  }
});

test('TEN-14 ACT-17 a device that is not the organization’s is not even asked for the right to erase it or to list its apps', () => {
  assert.equal(accessRights('corporate'), 8191);
  for (const ownership of ['personal', 'unspecified'] as const) {
    assert.equal(accessRights(ownership) & 8, 0);
    assert.equal(accessRights(ownership) & 256, 0);
    assert.equal(accessRights(ownership) & 4, 4, 'it can be locked');
    assert.equal(accessRights(ownership) & 2, 2, 'and given profiles');
  }
});

test('the same device gets the same identifiers again, so that a renewal replaces; another device gets others', () => {
  const uuids = (change: Partial<ProfileInput>) => {
    const profile = enrollmentProfile({ ...input, ...change });
    const content = profile['PayloadContent'] as Record<string, string>[];
    return [profile, ...content].map(
      (each) => `${String(each['PayloadIdentifier'])} ${String(each['PayloadUUID'])}`,
    );
  };
  assert.deepEqual(uuids({ scep: { ...input.scep, challenge: 'another' } }), uuids({}));
  const other = uuids({ deviceId: '01930000-0000-7000-8000-000000000003' });
  for (const each of other) assert.ok(!uuids({}).includes(each));
  const profile = enrollmentProfile(input);
  const content = profile['PayloadContent'] as Record<string, unknown>[];
  assert.equal(content.at(-1)?.['IdentityCertificateUUID'], content.at(-2)?.['PayloadUUID']);
});
