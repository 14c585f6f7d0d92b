// What a client says of itself, in words of ours.
import type { DeviceInformation } from '@gatehouse/protocols/activesync/index.ts';
import type { MailDeviceInformation } from '../../../modules/mail/index.ts';

export function informationOf(said: DeviceInformation): MailDeviceInformation {
  return {
    model: said.Model,
    imei: said.IMEI,
    friendlyName: said.FriendlyName,
    operatingSystem: said.OS,
    language: said.OSLanguage,
    phoneNumber: said.PhoneNumber,
    userAgent: said.UserAgent,
    operator: said.MobileOperator,
  };
}
