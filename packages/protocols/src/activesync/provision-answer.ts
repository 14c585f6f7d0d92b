/** Our answers to Provision, by version, and a lenient reading of a mail server's (MS-ASPROV section 2.2.2). */
import { DecodeError } from '../decode-error.ts';
import {
  decodeWbxmlBeginning,
  element,
  encodeWbxml,
  findChild,
  textOf,
  type WbxmlElement,
} from '../wbxml/index.ts';
import { provision, settings } from './code-pages/commands.ts';
import { nameOfTag } from './code-pages/index.ts';
import { provisionDocument, readProvisionDocument } from './provision-document.ts';
import type { ProvisionPolicy } from './provision-elements.ts';
import { policyTypeOf, toPolicyKey } from './provision-request.ts';
import { isAtLeast, type ProtocolVersion } from './versions.ts';
import { readWapProvisioning, wapProvisioningDocument } from './wap-provisioning.ts';

/** 1 ok, 2 protocol error, 3 server error, 139, 141, 145, 165 as in `statuses`; 126 to 131 for who may not come in at all. */
export type ProvisionStatus = 1 | 2 | 3 | 126 | 129 | 130 | 131 | 139 | 141 | 145 | 165 | 177;

export interface ProvisionAnswer {
  readonly status: ProvisionStatus;
  /** When the request had DeviceInformation and it was taken. */
  readonly deviceInformationTaken?: boolean;
  readonly policy?: PolicyAnswer;
  /** Written only for what is ordered; `account` exists from 16.1 on. */
  readonly wipe?: 'device' | 'account';
}

/** 1 ok, 2 no policy for this client, 3 type unknown, 4 data corrupt, 5 wrong key. */
export type PolicyAnswer =
  /** Step 1: the document under a key that serves until it is acknowledged. */
  | { readonly status: 1; readonly key: number; readonly document: ProvisionPolicy }
  /** Step 2: the key from now on. */
  | { readonly status: 1; readonly key: number; readonly document?: undefined }
  /** `type`: repeated as it was asked for. */
  | { readonly status: 2 | 3 | 4 | 5; readonly type?: string };

const { tags } = provision;

/** Whether a wipe of only the account can be ordered in this version; a device of an older one knows only its own wipe. */
export function canWipeAccount(version: ProtocolVersion): boolean {
  return isAtLeast(version, '16.1');
}

/**
 * @throws TypeError for an account wipe in a version without it: leaving it out or wiping the device instead is not this codec's to choose
 */
export function provisionAnswer(version: ProtocolVersion, answer: ProvisionAnswer): Uint8Array {
  if (answer.wipe === 'account' && !canWipeAccount(version))
    throw new TypeError(`version ${version} cannot wipe an account only`);
  return encodeWbxml(
    element(
      tags.Provision,
      ...(answer.deviceInformationTaken === true
        ? [element(settings.tags.DeviceInformation, element(settings.tags.Status, '1'))]
        : []),
      element(tags.Status, String(answer.status)),
      ...(answer.policy === undefined
        ? []
        : [element(tags.Policies, element(tags.Policy, ...policyParts(version, answer.policy)))]),
      ...(answer.wipe === 'device' ? [element(tags.RemoteWipe)] : []),
      ...(answer.wipe === 'account' ? [element(tags.AccountOnlyRemoteWipe)] : []),
    ),
  );
}

function policyParts(version: ProtocolVersion, policy: PolicyAnswer): WbxmlElement[] {
  const type = policy.status === 1 ? policyTypeOf(version) : (policy.type ?? policyTypeOf(version));
  const head = [element(tags.PolicyType, type), element(tags.Status, String(policy.status))];
  if (policy.status !== 1) return head;
  const key = element(tags.PolicyKey, String(policy.key));
  if (policy.document === undefined) return [...head, key];
  const data =
    version === '2.5'
      ? wapProvisioningDocument(policy.document)
      : provisionDocument(version, policy.document);
  return [...head, key, element(tags.Data, data)];
}

export interface ReadProvisionAnswer {
  readonly status?: number;
  readonly policyType?: string;
  readonly policyStatus?: number;
  readonly policyKey?: number;
  readonly policy?: ProvisionPolicy;
  readonly wipesDevice: boolean;
  readonly wipesAccount: boolean;
  /** False where the body broke off: what is said here is what had come by then. */
  readonly isComplete: boolean;
}

/**
 * What a mail server's answer means, wherever in it that stands. Servers put elements in any order, and have sent bodies that
 * break off before their end. @throws DecodeError when nothing of it can be read, or it is no Provision
 */
export function readProvisionAnswer(bytes: Uint8Array): ReadProvisionAnswer {
  const { root, isComplete } = decodeWbxmlBeginning(bytes, { nameOf: nameOfTag });
  if (root.tag !== tags.Provision)
    throw new DecodeError('root Provision is expected', { reason: 'wrong-root' });
  const policies = findChild(root, tags.Policies);
  const policy = policies === undefined ? undefined : findChild(policies, tags.Policy);
  return {
    ...numberAt('status', root, tags.Status),
    ...(policy === undefined ? {} : readPolicy(policy)),
    wipesDevice: findChild(root, tags.RemoteWipe) !== undefined,
    wipesAccount: findChild(root, tags.AccountOnlyRemoteWipe) !== undefined,
    isComplete,
  };
}

function readPolicy(policy: WbxmlElement): Partial<ReadProvisionAnswer> {
  const type = findChild(policy, tags.PolicyType);
  const key = findChild(policy, tags.PolicyKey);
  const policyKey = key === undefined ? undefined : toPolicyKey(textOf(key).trim());
  const document = readData(findChild(policy, tags.Data));
  return {
    ...(type === undefined ? {} : { policyType: textOf(type).trim() }),
    ...numberAt('policyStatus', policy, tags.Status),
    ...(policyKey === undefined ? {} : { policyKey }),
    ...(document === undefined ? {} : { policy: document }),
  };
}

function readData(data: WbxmlElement | undefined): ProvisionPolicy | undefined {
  if (data === undefined) return undefined;
  const document = findChild(data, tags.EASProvisionDoc);
  if (document !== undefined) return readProvisionDocument(document);
  try {
    return readWapProvisioning(textOf(data));
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function numberAt<Name extends string>(
  name: Name,
  parent: WbxmlElement,
  tag: number,
): { readonly [member in Name]?: number } {
  const node = findChild(parent, tag);
  const text = node === undefined ? '' : textOf(node).trim();
  if (!/^\d{1,9}$/.test(text)) return {};
  return { [name]: Number(text) } as { readonly [member in Name]?: number };
}
