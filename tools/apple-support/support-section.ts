/** The tables of docs/protocols/apple.md: every message, command, payload and declaration of Apple's, and what we do with it. */
import { commandNames } from '@gatehouse/core/commands/catalogue.ts';
import { checkInTypes, type CheckInType } from '@gatehouse/protocols/apple-mdm/index.ts';
import {
  type Family,
  findPayloadType,
  findStatusItem,
  listTypes,
  type SchemaKey,
} from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import type { AppleTarget } from '@gatehouse/server/platforms/apple/apple-target.ts';
import { appleCommand, appleCommands } from '@gatehouse/server/platforms/apple/commands/apple-commands.ts';
import { isUnsupported } from '@gatehouse/server/platforms/apple/commands/translator.ts';
import { factsOf } from '@gatehouse/server/platforms/apple/declarations/status-facts.ts';
import { restrictionNames } from '@gatehouse/server/platforms/apple/desired-state/restrictions.ts';
import { wantedStatusItems } from '@gatehouse/server/platforms/apple/desired-state/status-items.ts';
import {
  checkInRemarks,
  commandRemarks,
  declarationRemarks,
  payloadRemarks,
  type TypeRemark,
} from './remarks.ts';

export function renderSection(): string {
  return [
    ...checkIns(),
    ...ourCommands(),
    ...appleCommandList(),
    ...payloads(),
    ...declarations(),
    ...statusItems(),
  ].join('\n');
}

const code = (name: string): string => `\`${name}\``;
const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const namesOf = (family: Family): string[] => [...new Set(listTypes(family).map(({ type }) => type))].sort();

function checkIns(): string[] {
  return [
    '### Check-in messages',
    '',
    '| message | state | what becomes of it |',
    '| --- | --- | --- |',
    ...checkInTypes.map((type: CheckInType) => {
      const { state, says } = checkInRemarks[type];
      return row(code(type), state, says);
    }),
  ];
}

function ourCommands(): string[] {
  return [
    '',
    '### Our commands in Apple’s words',
    '',
    '| command | state | RequestTypes | remark |',
    '| --- | --- | --- | --- |',
    ...commandNames.map((name) => {
      const entry = appleCommand(name);
      const remark = commandRemarks[name];
      if (isUnsupported(entry)) return row(code(name), 'cannot be', '', entry.unsupported);
      if (remark === undefined)
        return row(code(name), 'works', 'any of the next table', 'by its own permission');
      return row(code(name), remark.state, remark.sends.map(code).join(', '), remark.says);
    }),
  ];
}

function appleCommandList(): string[] {
  const rows = namesOf('commands').map((requestType) => {
    const ours = commandNames.filter((name) => commandRemarks[name]?.sends.includes(requestType));
    const instead = insteadOfRaw(requestType);
    const raw = instead === undefined ? 'yes' : `no: ${instead}`;
    const isPartly = ours.length > 0 && ours.every((name) => commandRemarks[name]?.state === 'partly');
    const state =
      ours.length > 0 ? (isPartly ? 'partly' : 'works') : instead === undefined ? 'passed on' : 'not sent';
    return row(code(requestType), state, ours.map(code).join(', '), raw);
  });
  return [
    '',
    '### Apple’s commands',
    '',
    `All ${rows.length} of the schema. *Passed on*: \`platform-command\` checks it against the schema for the very device, sends it, and keeps`,
    'the answer as it came. *Raw*: whether `platform-command` sends it, or what does instead.',
    '',
    '| RequestType | state | our commands | raw |',
    '| --- | --- | --- | --- |',
    ...rows,
  ];
}

/** What `platform-command` says when it is asked to send this, as far as that does not depend on the device. */
function insteadOfRaw(requestType: string): string | undefined {
  const { refuses } = appleCommands['platform-command'];
  const refusal = refuses?.({ name: 'platform-command', params: { requestType } }, anyDevice);
  return /is not sent raw: use (.+)\.$/.exec(refusal ?? '')?.[1];
}

const anyDevice: AppleTarget = {
  organizationId: '',
  deviceId: '',
  channel: '',
  os: 'iOS',
  osVersion: undefined,
  product: undefined,
  supervised: true,
  sharedIpad: false,
  enrollmentKind: 'device',
  udid: undefined,
  declarativeSince: undefined,
  awaitingConfiguration: false,
  unlockToken: () => Promise.resolve(undefined),
};

/** Not payloads: what stands in every profile and payload. */
const frames = ['TopLevel', 'CommonPayloadKeys'];

function payloads(): string[] {
  const written = Object.keys(payloadRemarks);
  const passed = namesOf('profiles').filter((type) => !written.includes(type) && !frames.includes(type));
  // The server's own business: taken out of what is brought.
  const kept = ['com.apple.declarations'];
  const restrictions = findPayloadType('com.apple.applicationaccess')?.keys.length ?? 0;
  return [
    '',
    '### Payloads of profiles',
    '',
    ...typeTable('payload', payloadRemarks),
    '',
    `Of the ${restrictions} keys of \`com.apple.applicationaccess\`, ${restrictionNames.length} are settings of ours. \`com.apple.declarations\` is never given.`,
    '',
    `Passed on in an \`apple-payload\` or a \`custom-profile\`, checked for what the device would refuse (${passed.length - kept.length}):`,
    `${passed
      .filter((type) => !kept.includes(type))
      .map(code)
      .join(', ')}.`,
  ];
}

function declarations(): string[] {
  const written = Object.keys(declarationRemarks);
  const others = namesOf('declarations').filter((type) => !written.includes(type) && type !== 'any');
  const passed = others.filter((type) => type.startsWith('com.apple.configuration.'));
  const missing = others.filter((type) => !passed.includes(type));
  return [
    '',
    '### Declarations',
    '',
    ...typeTable('declaration', declarationRemarks),
    '',
    `Passed on in a \`custom-declaration\`, checked against the schema (${passed.length}; those that need an asset of their own cannot have one yet):`,
    `${passed.map(code).join(', ')}.`,
    '',
    `Not yet (${missing.length}): ${missing.map(code).join(', ')}.`,
  ];
}

function typeTable(kind: string, remarks: Readonly<Record<string, TypeRemark>>): string[] {
  return [
    `| ${kind} | state | from | remark |`,
    '| --- | --- | --- | --- |',
    ...Object.entries(remarks).map(([type, { state, from, says }]) => row(code(type), state, from, says)),
  ];
}

function statusItems(): string[] {
  const all = namesOf('status-items');
  const wanted = all.filter((name) => wantedStatusItems.includes(name));
  return [
    '',
    '### Status items',
    '',
    `Asked for where the system knows them (${wanted.length} of ${all.length}); what is not a fact is kept as it came.`,
    '',
    '| item | becomes |',
    '| --- | --- |',
    ...wanted.map((name) => row(code(name), factsFrom(name).map(code).join(', '))),
  ];
}

/** By asking the server what it makes of a report with something in every place of the item. */
function factsFrom(item: string): string[] {
  const [key] = findStatusItem(item)?.keys ?? [];
  const told = item
    .split('.')
    .reduceRight<unknown>((inner, part) => ({ [part]: inner }), key === undefined ? 'x' : sampleOf(key));
  const facts = factsOf(told as Parameters<typeof factsOf>[0]);
  return Object.values(facts).flatMap((each) => Object.keys(each));
}

function sampleOf({ type, keys = [], values }: SchemaKey): unknown {
  if (type === 'dictionary') return Object.fromEntries(keys.map((key) => [key.name, sampleOf(key)]));
  if (type === 'boolean') return true;
  return type === 'string' ? (values?.[0] ?? 'x') : 1;
}
