/** Whether what was typed or pasted is an identifier of a device, whole and in any notation. */
import type { Device } from '@gatehouse/contracts/admin/devices.ts';

const normal = (text: string): string => text.replaceAll(/[\s:./-]/g, '').toUpperCase();

export function exactDevice(
  device: Pick<
    Device,
    'serialNumber' | 'imei' | 'meid' | 'udid' | 'assetNumber' | 'macs' | 'hostName' | 'guid'
  >,
  typed: string,
): boolean {
  const wanted = normal(typed);
  if (wanted.length < 4) return false;
  const known = [
    device.serialNumber,
    device.imei,
    device.meid,
    device.udid,
    device.assetNumber,
    device.hostName,
    device.guid,
    ...device.macs,
  ];
  return known.some((each) => each !== null && normal(each) === wanted);
}
