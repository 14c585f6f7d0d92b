import assert from 'node:assert/strict';
import { test } from 'node:test';
import { protocolVersions } from '../versions.ts';
import { codePages, existsIn, findTag, nameOfTag, tagOfName } from './index.ts';
import * as tokens from './tokens.ts';

const all = codePages.flatMap(({ namespace, page, rows }) =>
  Object.entries(rows).map(([name, row]) => ({ name: `${namespace}:${name}`, page, row })),
);

test('there are 26 pages, 0 to 25, with 654 tokens, 46 of them legacy', () => {
  assert.deepEqual(
    codePages.map(({ page }) => page),
    Array.from({ length: 26 }, (_, page) => page),
  );
  assert.equal(all.length, 654);
  assert.equal(all.filter(({ row }) => row[1] === 'legacy').length, 46);
});

test('each token leads to its name and back, and no number or name is given twice', () => {
  for (const { name, page, row } of all) {
    const tag = page * 256 + row[0];
    assert.equal(nameOfTag(tag), name);
    assert.equal(tagOfName(name), tag);
    assert.deepEqual(findTag(tag)?.row, row);
    assert.ok(row[0] >= 0x05 && row[0] <= 0x3f, name);
  }
  assert.equal(new Set(all.map(({ page, row }) => page * 256 + row[0])).size, all.length);
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
  assert.deepEqual(
    [nameOfTag(0x123f), tagOfName('Provision:Nothing'), findTag(0xff05)],
    [undefined, undefined, undefined],
  );
});

test('tokens that others have numbered wrongly', () => {
  assert.equal(tokens.find.tags.MaxPictures, 0x1920);
  assert.equal(tokens.find.tags.GalSearchCriterion, 0x1919);
  assert.equal(tokens.provision.tags.AttachmentsEnabled, 0x0e13);
  assert.equal(tokens.provision.tags.AccountOnlyRemoteWipe, 0x0e3b);
  assert.equal(tokens.settings.tags.RightsManagementInformation, 0x122b);
  assert.equal(tokens.meetingResponse.tags.ProposedStartTime, 0x0810);
});

test('how many tokens each version has', () => {
  const counts = protocolVersions.map((version) => all.filter(({ row }) => existsIn(row, version)).length);
  assert.deepEqual(counts, [354, 385, 426, 481, 531, 554, 577]);
});

test('a token exists from its first version to its last', () => {
  const { rows } = tokens.provision;
  assert.equal(existsIn(rows.PolicyKey, '2.5'), true);
  assert.equal(existsIn(rows.EASProvisionDoc, '2.5'), false);
  assert.equal(existsIn(rows.AccountOnlyRemoteWipe, '16.0'), false);
  assert.equal(existsIn(rows.AccountOnlyRemoteWipe, '16.1'), true);
  assert.equal(existsIn(tokens.getItemEstimate.rows.Class, '12.1'), true);
  assert.equal(existsIn(tokens.getItemEstimate.rows.Class, '14.0'), false);
  assert.equal(existsIn(tokens.email.rows.Body, '12.0'), false);
  assert.equal(existsIn(rows.DocumentBrowseEnabled, '2.5'), true);
  assert.equal(existsIn(rows.DocumentBrowseEnabled, '12.0'), false);
});
