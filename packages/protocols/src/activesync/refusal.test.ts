import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { decodeWbxml, element } from '../wbxml/index.ts';
import { type CommandName, commandNames, commandRow } from './commands.ts';
import { refusal, type RefusalReason } from './refusal.ts';
import { statuses, statusName } from './statuses.ts';
import { isAtLeast, type ProtocolVersion, protocolVersions } from './versions.ts';

const old: readonly ProtocolVersion[] = ['2.5', '12.0', '12.1'];
const recent = protocolVersions.filter((version) => !old.includes(version));

/** The table of who hears what: up to 12.1, from 14.0 on. */
const table: readonly (readonly [RefusalReason, http: number, status: number | undefined])[] = [
  ['not-authenticated', 401, undefined],
  ['user-disabled', 403, 126],
  ['device-blocked', 403, 129],
  ['access-denied', 403, 130],
  ['account-disabled', 403, 131],
  ['not-provisioned', 449, 142],
  ['policy-refresh', 449, 143],
  ['invalid-policy-key', 449, 144],
  ['not-provisionable', 449, 141],
  ['externally-managed', 403, 145],
  ['wipe', 449, 140],
  ['not-supported', 501, 137],
  ['server-error', 500, 110],
  ['busy', 503, undefined],
];

suite('each reason in the words of each version', () => {
  for (const [reason, http, status] of table) {
    test(reason, () => {
      for (const version of protocolVersions) {
        const said = refusal(version, 'FolderSync', reason, { policyKey: 1 });
        if (status === undefined || old.includes(version)) {
          assert.deepEqual(said, { httpStatus: http, headers: {} }, version);
          continue;
        }
        assert.deepEqual([said.httpStatus, said.status], [200, status], version);
        assert.deepEqual(said.headers, { 'Content-Type': 'application/vnd.ms-sync.wbxml' });
        // FolderHierarchy: FolderSync is 0x16, Status 0x0c.
        assert.deepEqual(
          decodeWbxml(said.body ?? Buffer.alloc(0)),
          element(0x0716, element(0x070c, String(status))),
        );
      }
    });
  }
});

test('byte for byte, as captured servers say it: <FolderSync><Status>129</Status></FolderSync>', () => {
  const { body } = refusal('14.1', 'FolderSync', 'device-blocked');
  assert.equal(Buffer.from(body ?? []).toString('hex'), '03016a000007564c03313239000101');
});

test('every command says it in its own root', () => {
  const roots: Partial<Record<CommandName, readonly [root: number, status: number]>> = {
    Sync: [0x0005, 0x000e],
    SendMail: [0x1505, 0x1512],
    SmartForward: [0x1506, 0x1512],
    SmartReply: [0x1507, 0x1512],
    FolderSync: [0x0716, 0x070c],
    FolderCreate: [0x0713, 0x070c],
    FolderDelete: [0x0714, 0x070c],
    FolderUpdate: [0x0715, 0x070c],
    MoveItems: [0x0505, 0x050b],
    GetItemEstimate: [0x0605, 0x060e],
    MeetingResponse: [0x0807, 0x080b],
    Search: [0x0f05, 0x0f0c],
    Settings: [0x1205, 0x1206],
    Ping: [0x0d05, 0x0d07],
    ItemOperations: [0x1405, 0x140d],
    Provision: [0x0e05, 0x0e0b],
    ResolveRecipients: [0x0a05, 0x0a07],
    ValidateCert: [0x0b05, 0x0b0a],
    Find: [0x1905, 0x190a],
  };
  for (const command of commandNames) {
    const expected = roots[command];
    const { body, httpStatus } = refusal('16.1', command, 'device-blocked');
    if (expected === undefined) {
      assert.equal(commandRow(command).body, 'none');
      assert.deepEqual([httpStatus, body], [403, undefined], command);
      continue;
    }
    const [root, status] = expected;
    assert.deepEqual(decodeWbxml(body ?? Buffer.alloc(0)), element(root, element(status, '129')), command);
  }
});

test('a command without a body of its own is refused by HTTP status in every version', () => {
  for (const version of protocolVersions) {
    assert.equal(refusal(version, 'GetAttachment', 'device-blocked').httpStatus, 403);
    assert.equal(refusal(version, 'GetAttachment', 'not-provisioned').httpStatus, 449);
  }
});

test('of a wipe an old device without a policy key hears 403, but Ping never carries one', () => {
  for (const version of old) {
    assert.equal(refusal(version, 'FolderSync', 'wipe').httpStatus, 403);
    assert.equal(refusal(version, 'FolderSync', 'wipe', { policyKey: 0 }).httpStatus, 449);
    assert.equal(refusal(version, 'FolderSync', 'wipe', { policyKey: 5 }).httpStatus, 449);
    assert.equal(refusal(version, 'Ping', 'wipe').httpStatus, 449);
  }
  for (const version of recent) assert.equal(refusal(version, 'FolderSync', 'wipe').status, 140);
});

test('Provision, the way out of 449, is never answered with 449', () => {
  for (const version of protocolVersions) {
    for (const [reason] of table)
      assert.notEqual(refusal(version, 'Provision', reason, { policyKey: 1 }).httpStatus, 449);
  }
});

test('too many devices: Status 177 exists from 14.1 on', () => {
  assert.equal(refusal('12.1', 'Sync', 'too-many-devices').httpStatus, 403);
  assert.equal(refusal('14.0', 'Sync', 'too-many-devices').status, 129);
  for (const version of protocolVersions.filter((candidate) => isAtLeast(candidate, '14.1')))
    assert.equal(refusal(version, 'Sync', 'too-many-devices').status, 177);
});

test('Status values have names, each once', () => {
  const values = Object.values(statuses);
  assert.equal(new Set(values).size, values.length);
  assert.equal(values.length, 78);
  assert.equal(statusName(142), 'DeviceNotProvisioned');
  assert.equal(statusName(157), undefined);
});
