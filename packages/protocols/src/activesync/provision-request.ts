/** What a device asks in Provision (MS-ASPROV section 2.2.2): read fully or refused (security rule EAS-T06), and written. */
import { DecodeError } from '../decode-error.ts';
import { element, encodeWbxml, type WbxmlElement } from '../wbxml/index.ts';
import { provision, settings } from './code-pages/commands.ts';
import {
  type DeviceInformation,
  readDeviceInformation,
  writeDeviceInformation,
} from './device-information.ts';
import { decodeRoot, type Fields, readFields, readNumber, readText } from './read-fields.ts';
import type { ProtocolVersion } from './versions.ts';

/** `MS-EAS-Provisioning-WBXML` from 12.0 on, `MS-WAP-Provisioning-XML` for 2.5; devices have sent others. */
export const policyTypes = { wbxml: 'MS-EAS-Provisioning-WBXML', wap: 'MS-WAP-Provisioning-XML' } as const;

export function policyTypeOf(version: ProtocolVersion): string {
  return version === '2.5' ? policyTypes.wap : policyTypes.wbxml;
}

/** 1 applied, 2 in part (the password at least), 3 not applied, 4 managed by somebody else. */
export type PolicyAcknowledgment = 1 | 2 | 3 | 4;

export interface AcknowledgedPolicy {
  readonly policyType: string;
  /** Undefined where it is not an unsigned number of 32 bits, which ours always is. */
  readonly policyKey: number | undefined;
  readonly status: PolicyAcknowledgment;
}

export type ProvisionRequest =
  | {
      readonly kind: 'download';
      /** As sent; one that is not `policyTypeOf` the version is answered with Status 3 of the policy. */
      readonly policyType: string;
      readonly deviceInformation?: DeviceInformation;
    }
  | ({
      readonly kind: 'acknowledge';
      readonly deviceInformation?: DeviceInformation;
    } & AcknowledgedPolicy)
  /** An empty Provision, or no body at all: the device fetches the wipe that it was told of. */
  | { readonly kind: 'fetch-wipe' }
  | {
      readonly kind: 'wiped';
      readonly scope: 'device' | 'account';
      readonly done: boolean;
      /** Android acknowledges the policy that came with the wipe in the same request. */
      readonly acknowledged?: AcknowledgedPolicy;
    };

const { tags } = provision;
const rootTags = {
  deviceInformation: settings.tags.DeviceInformation,
  policies: tags.Policies,
  remoteWipe: tags.RemoteWipe,
  accountWipe: tags.AccountOnlyRemoteWipe,
};
const policyTags = { type: tags.PolicyType, key: tags.PolicyKey, status: tags.Status };

/** @throws DecodeError; what answers it is Status 2 of Provision (`provisionAnswer`) */
export function readProvisionRequest(bytes: Uint8Array): ProvisionRequest {
  if (bytes.length === 0) return { kind: 'fetch-wipe' };
  const fields = readFields(decodeRoot(bytes, tags.Provision), rootTags);
  if (fields.remoteWipe !== undefined || fields.accountWipe !== undefined) return readWiped(fields);
  const information = fields.deviceInformation;
  if (fields.policies === undefined) {
    if (information === undefined) return { kind: 'fetch-wipe' };
    throw refuse('Policies is missing', 'Provision', 'missing-element');
  }
  const { policyType, acknowledged } = readPolicy(fields.policies);
  const more = information === undefined ? {} : { deviceInformation: readDeviceInformation(information) };
  return acknowledged === undefined
    ? { kind: 'download', policyType, ...more }
    : { kind: 'acknowledge', ...acknowledged, ...more };
}

function readWiped({ remoteWipe, accountWipe, policies }: Fields<keyof typeof rootTags>): ProvisionRequest {
  if (remoteWipe !== undefined && accountWipe !== undefined)
    throw refuse('acknowledges two wipes', 'Provision', 'contradiction');
  const node = remoteWipe ?? accountWipe;
  const status =
    node === undefined ? undefined : readNumber(readFields(node, { status: tags.Status }).status, 2);
  if (status !== 1 && status !== 2)
    throw refuse('Status 1 or 2 is expected', 'Provision/RemoteWipe', 'bad-value');
  const wiped = {
    kind: 'wiped',
    scope: remoteWipe === undefined ? 'account' : 'device',
    done: status === 1,
  } as const;
  if (policies === undefined) return wiped;
  const { acknowledged } = readPolicy(policies);
  if (acknowledged === undefined)
    throw refuse('acknowledges a wipe and asks for a policy', 'Provision', 'contradiction');
  return { ...wiped, acknowledged };
}

interface ReadPolicy {
  readonly policyType: string;
  readonly acknowledged?: AcknowledgedPolicy;
}

function readPolicy(policies: WbxmlElement): ReadPolicy {
  const { policy } = readFields(policies, { policy: tags.Policy });
  if (policy === undefined) throw refuse('Policy is missing', 'Provision/Policies', 'missing-element');
  const fields = readFields(policy, policyTags);
  const policyType = readText(fields.type, 128);
  if (policyType === undefined || policyType === '')
    throw refuse('PolicyType is missing', 'Provision/Policies/Policy', 'missing-element');
  const key = readText(fields.key, 64);
  const status = readNumber(fields.status, 4);
  if (key === undefined && status === undefined) return { policyType };
  if (key === undefined || (status !== 1 && status !== 2 && status !== 3 && status !== 4))
    throw refuse('an acknowledgment has a PolicyKey and a Status', 'Provision/Policies/Policy', 'bad-value');
  return { policyType, acknowledged: { policyType, policyKey: toPolicyKey(key), status } };
}

/** A policy key as text, if it is one that fits the header and the query. */
export function toPolicyKey(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) <= 0xffffffff ? Number(text) : undefined;
}

function refuse(message: string, path: string, reason: string): DecodeError {
  return new DecodeError(message, { path, reason });
}

/** The device's direction: what simulated phones send, and what the gateway asks a mail server with. */
export function provisionRequest(version: ProtocolVersion, request: ProvisionRequest): Uint8Array {
  return encodeWbxml(element(tags.Provision, ...requestParts(version, request)));
}

function requestParts(version: ProtocolVersion, request: ProvisionRequest): WbxmlElement[] {
  switch (request.kind) {
    case 'fetch-wipe':
      return [];
    case 'wiped': {
      const scope = request.scope === 'device' ? tags.RemoteWipe : tags.AccountOnlyRemoteWipe;
      const { acknowledged } = request;
      return [
        ...(acknowledged === undefined ? [] : [acknowledgment(acknowledged)]),
        element(scope, element(tags.Status, request.done ? '1' : '2')),
      ];
    }
    case 'download':
      return [...information(version, request), policies(element(tags.PolicyType, request.policyType))];
    case 'acknowledge':
      return [...information(version, request), acknowledgment(request)];
  }
}

function acknowledgment({ policyType, policyKey, status }: AcknowledgedPolicy): WbxmlElement {
  return policies(
    element(tags.PolicyType, policyType),
    element(tags.PolicyKey, ...(policyKey === undefined ? [] : [String(policyKey)])),
    element(tags.Status, String(status)),
  );
}

function information(
  version: ProtocolVersion,
  { deviceInformation }: { readonly deviceInformation?: DeviceInformation },
): WbxmlElement[] {
  return deviceInformation === undefined ? [] : [writeDeviceInformation(version, deviceInformation)];
}

function policies(...children: readonly WbxmlElement[]): WbxmlElement {
  return element(tags.Policies, element(tags.Policy, ...children));
}
