/** The answer to a device query, single or bulk. An empty `deviceList` is how ISE learns that a device is not registered. */
import { DecodeError } from '../decode-error.ts';
import { element, elementsOf, findChild, textOf } from '../xml/tree.ts';
import {
  type AttributeFilter,
  decodeAttributes,
  type DeviceAttributes,
  encodeAttributes,
} from './attributes.ts';
import {
  decodeAnswer,
  decodeIdentifiers,
  decodeVersion,
  encodeDocument,
  encodeIdentifier,
} from './documents.ts';
import type { DeviceIdentifier } from './identifiers.ts';
import type { ApiVersion } from './versions.ts';

export interface AnsweredDevice {
  /** Of the kind that was asked for. */
  readonly identifier: DeviceIdentifier;
  readonly attributes: DeviceAttributes;
}

export interface DevicesAnswer {
  readonly version: ApiVersion;
  /** `0` when this is the last page, otherwise the token for the next call: decimal digits. */
  readonly pagingInfo: string;
  readonly devices: readonly AnsweredDevice[];
}

export function encodeDevicesAnswer(answer: DevicesAnswer, filter: AttributeFilter = 'all'): Uint8Array {
  const { version, pagingInfo, devices } = answer;
  return encodeDocument(
    element('name', 'attributes'),
    element('api_version', String(version)),
    element('paging_info', pagingInfo),
    // Its meaning is nowhere stated; 0 is the value of Cisco's example.
    ...(version >= 3 ? [element('server_busy_wait_seconds', '0')] : []),
    element(
      'deviceList',
      ...devices.map((device) =>
        element(
          'device',
          encodeIdentifier(device.identifier),
          encodeAttributes(device.attributes, version, filter),
        ),
      ),
    ),
  );
}

export function decodeDevicesAnswer(bytes: Uint8Array): DevicesAnswer {
  const root = decodeAnswer(bytes, 'attributes');
  const list = findChild(root, 'deviceList');
  if (list === undefined) throw new DecodeError('deviceList is missing', { path: 'ise_api' });
  const paging = findChild(root, 'paging_info');
  const pagingInfo = paging === undefined ? '0' : textOf(paging);
  if (!/^\d{1,200}$/.test(pagingInfo))
    throw new DecodeError('not a paging token', { path: 'ise_api/paging_info' });
  return {
    version: decodeVersion(root),
    pagingInfo,
    devices: elementsOf(list).map((device, index) => {
      const path = `ise_api/deviceList/device[${index}]`;
      const [identifier] = decodeIdentifiers(device);
      const attributes = findChild(device, 'attributes');
      if (device.name !== 'device' || identifier === undefined || attributes === undefined) {
        throw new DecodeError('a device with identifier and attributes is expected', { path });
      }
      return { identifier, attributes: decodeAttributes(attributes) };
    }),
  };
}
