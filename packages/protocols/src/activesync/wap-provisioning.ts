/**
 * The policy document of version 2.5: an XML text (`MS-WAP-Provisioning-XML`) that sets registry keys of Windows Mobile. Other
 * clients of that version read the same parameters. It knows a password, its length and kind, the lock and the wipe after
 * failed attempts; nothing else.
 */
import { DecodeError } from '../decode-error.ts';
import { readXml } from '../xml/read-xml.ts';
import { element, elementsOf, withAttributes, type XmlElement } from '../xml/tree.ts';
import { writeXml } from '../xml/write-xml.ts';
import type { ProvisionPolicy } from './provision-elements.ts';

const limits = { maxBytes: 64 * 1024, maxDepth: 16, maxElements: 1000, maxAttributes: 8, maxText: 4096 };

const lassd = 'HKLM\\Comm\\Security\\Policy\\LASSD';
const lockKey = `${lassd}\\AE\\{50C13377-C66D-400C-889E-C316FC4AB374}`;
const passwordKey = `${lassd}\\LAP\\lap_pw`;

/** Seconds from which on MaxInactivityTimeDeviceLock is no limit. */
const unlimited = 9999;

export function wapProvisioningDocument(policy: ProvisionPolicy): string {
  const required = policy.DevicePasswordEnabled === true;
  const off = required ? '0' : '1';
  const security = characteristic('SecurityPolicy', parm('4131', off));
  // Exchange and Z-Push send 4133 like 4131.
  const second = characteristic('SecurityPolicy', parm('4133', off));
  const document = element(
    'wap-provisioningdoc',
    security,
    ...(required ? [characteristic('Registry', ...registry(policy))] : []),
    second,
  );
  const text = Buffer.from(writeXml(document)).toString('utf8');
  // The text stands inside another document, so it goes without a declaration.
  return text.slice(text.indexOf('<wap-provisioningdoc'));
}

function registry(policy: ProvisionPolicy): XmlElement[] {
  const seconds = policy.MaxInactivityTimeDeviceLock ?? unlimited;
  const attempts = policy.MaxDevicePasswordFailedAttempts;
  const locks = seconds < unlimited;
  return [
    characteristic(lockKey, parm('AEFrequencyType', locks ? '1' : '0')),
    // Minutes: rounded down, so that the lock is never later than asked, but at least one.
    ...(locks
      ? [characteristic(lockKey, parm('AEFrequencyValue', String(Math.max(1, Math.floor(seconds / 60)))))]
      : []),
    characteristic(lassd, parm('DeviceWipeThreshold', String(attempts ?? -1))),
    characteristic(lassd, parm('CodewordFrequency', '-1')),
    characteristic(passwordKey, parm('MinimumPasswordLength', String(policy.MinDevicePasswordLength ?? 1))),
    characteristic(
      passwordKey,
      parm('PasswordComplexity', policy.AlphanumericDevicePasswordRequired === true ? '0' : '2'),
    ),
  ];
}

function characteristic(type: string, ...children: readonly XmlElement[]): XmlElement {
  return withAttributes(element('characteristic', ...children), { type });
}

function parm(name: string, value: string): XmlElement {
  return withAttributes(element('parm'), { name, value });
}

/** Leniently: parameters are found wherever they stand. @throws DecodeError when it is not XML of this kind */
export function readWapProvisioning(text: string): ProvisionPolicy {
  const root = readXml(Buffer.from(text, 'utf8'), limits);
  if (root.name !== 'wap-provisioningdoc')
    throw new DecodeError('root wap-provisioningdoc is expected', { path: root.name });
  const values = new Map<string, number>();
  collect(root, values);
  if (values.get('4131') !== 0) return { DevicePasswordEnabled: false };
  const minutes = values.get('AEFrequencyValue');
  const attempts = values.get('DeviceWipeThreshold');
  const length = values.get('MinimumPasswordLength');
  return {
    DevicePasswordEnabled: true,
    AlphanumericDevicePasswordRequired: values.get('PasswordComplexity') === 0,
    ...(values.get('AEFrequencyType') === 1 && minutes !== undefined && minutes > 0
      ? { MaxInactivityTimeDeviceLock: minutes * 60 }
      : {}),
    ...(attempts !== undefined && attempts > 0 ? { MaxDevicePasswordFailedAttempts: attempts } : {}),
    ...(length !== undefined && length > 0 ? { MinDevicePasswordLength: length } : {}),
  };
}

function collect(node: XmlElement, values: Map<string, number>): void {
  for (const child of elementsOf(node)) {
    const value = child.attributes.get('value') ?? '';
    if (child.name === 'parm' && /^-?\d{1,6}$/.test(value))
      values.set(child.attributes.get('name') ?? '', Number(value));
    collect(child, values);
  }
}
