// Devices, resources and a way to compile, for tests of what is compiled.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { ResourceKind } from '@gatehouse/core/resources/catalogue.ts';
import { parseResource } from '@gatehouse/core/resources/parse.ts';
import type { Settings } from '@gatehouse/core/settings/catalogue.ts';
import { isDictionary, type PlistDictionary, readPlist } from '@gatehouse/protocols/plist/index.ts';
import { compile } from './compile.ts';
import type { CompileInput, CompileTarget, Desired, OpenResource } from './desired.ts';

export const iPhone: CompileTarget = {
  os: 'iOS',
  osVersion: '18.1',
  supervised: true,
  sharedIpad: false,
  enrollmentKind: 'automated',
  hasUserChannel: false,
};
export const mac: CompileTarget = { ...iPhone, os: 'macOS', osVersion: '15.1', hasUserChannel: true };
export const oldPhone: CompileTarget = {
  ...iPhone,
  osVersion: '14.8',
  supervised: false,
  enrollmentKind: 'device',
};

export const ids = ['1', '2', '3', '4', '5'].map(
  (digit) => `00000000-0000-7000-8000-00000000000${digit}`,
) as [string, string, string, string, string];

export function resource(kind: ResourceKind, fields: object, id = ids[0], name = `My ${kind}`): OpenResource {
  const parsed = parseResource(kind, fields);
  return { resourceId: id, kind, name, fields: parsed.fields, secrets: parsed.secrets };
}

function input(changes: Partial<CompileInput>): CompileInput {
  return {
    target: iPhone,
    organization: 'Acme',
    settings: {},
    resources: [],
    named: new Map(),
    variables: { username: 'ann', email: 'ann@acme.example', domain: 'acme.example', 'display-name': 'Ann' },
    updateBy: undefined,
    escrow: Buffer.from('3000', 'hex'),
    hash: (content) => createHmac('sha256', 'key').update(content).digest(),
    assetUrl: (identifier) => `https://mdm.acme.example/apple/assets/${identifier}`,
    ...changes,
  };
}

export const build = (changes: Partial<CompileInput>): Desired => compile(input(changes));
export const settingsOf = (settings: Settings, target = iPhone) => build({ settings, target });

export function declarations(
  desired: Desired,
): Map<string, { Type: string; Payload: Record<string, unknown> }> {
  return new Map(
    desired.items
      .filter(({ form }) => form === 'declaration')
      .map(({ identifier, content }) => [identifier, JSON.parse(Buffer.from(content).toString())]),
  );
}

export function profiles(desired: Desired): Map<string, PlistDictionary> {
  const items = desired.items.filter(({ form }) => form === 'profile');
  return new Map(
    items.map(({ identifier, content }) => {
      const value = readPlist(content);
      assert.ok(isDictionary(value));
      return [identifier, value];
    }),
  );
}

export function payloadOf(desired: Desired, type: string): PlistDictionary {
  const all = [...profiles(desired).values()].flatMap(
    ({ PayloadContent }) => PayloadContent as PlistDictionary[],
  );
  const found = all.find(({ PayloadType }) => PayloadType === type);
  assert.ok(
    found,
    `${type} among ${all.map(({ PayloadType }) => String(PayloadType)).join()}: ${JSON.stringify(desired.withheld)}`,
  );
  return found;
}

export const name = (id: string) => `gatehouse.resource.${id}`;
