import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { automaticLink, type LinkCandidate, type MailDeviceTraits, suggestLinks } from './link-evidence.ts';

const phone: LinkCandidate = {
  deviceId: 'phone',
  platform: 'ios',
  name: "Ann's iPhone",
  serialNumber: 'F17ABCDEFG5K',
  imei: '356938035643809',
  model: 'iPhone 13',
  product: 'iPhone14,5',
  reportedMailId: null,
};
const tablet: LinkCandidate = {
  ...phone,
  deviceId: 'tablet',
  name: 'Tablet',
  serialNumber: 'DMQX12345678',
  imei: null,
  model: 'iPad',
  product: 'iPad14,1',
};
const laptop: LinkCandidate = {
  ...phone,
  deviceId: 'laptop',
  platform: 'linux',
  name: 'laptop',
  serialNumber: 'PF123456',
  imei: null,
  model: 'X1',
  product: null,
};

const traits: MailDeviceTraits = {
  deviceKey: 'ABCDEF0123456789ABCDEF0123456789',
  deviceType: 'iPhone',
  model: null,
  imei: null,
  friendlyName: null,
  userAgent: null,
  certificateDeviceId: null,
};
const all = [phone, tablet, laptop];
const best = (change: Partial<MailDeviceTraits>, candidates: readonly LinkCandidate[] = all) => {
  const suggestions = suggestLinks({ ...traits, ...change }, candidates);
  const [first] = suggestions;
  return [first?.deviceId, first?.evidence.join(), automaticLink(suggestions)?.deviceId];
};

describe('which enrolled device a mail device is', () => {
  test('the serial number in its id is enough', () =>
    assert.deepEqual(best({ deviceKey: 'ApplF17ABCDEFG5K' }), ['phone', 'serial-in-id', 'phone']));
  test('so is the id that its management reports, in whatever case', () =>
    assert.deepEqual(best({}, [{ ...phone, reportedMailId: traits.deviceKey.toLowerCase() }, laptop]), [
      'phone',
      'reported-id,only-device',
      'phone',
    ]));
  test('so is a certificate that was issued to it', () =>
    assert.deepEqual(best({ certificateDeviceId: 'tablet', deviceType: 'iPad' }).slice(0, 3), [
      'tablet',
      'certificate',
      'tablet',
    ]));
  test('so is the IMEI, unless it is a stub', () => {
    assert.deepEqual(best({ imei: '356938035643809' }), ['phone', 'imei', 'phone']);
    assert.deepEqual(best({ imei: '0' }, [{ ...phone, imei: '0' }, tablet]), [
      undefined,
      undefined,
      undefined,
    ]);
  });
  test('a model is worth a suggestion', () =>
    assert.deepEqual(best({ userAgent: 'Apple-iPhone14C5/2104.1' }), ['phone', 'same-model', undefined]));
  test('model, platform and name together still want an administrator', () =>
    assert.deepEqual(best({ model: 'iPhone 13', friendlyName: "ann's iphone" }, [phone, laptop]), [
      'phone',
      'same-model,only-device,same-name',
      undefined,
    ]));
  test('the same person alone is no evidence', () => {
    assert.deepEqual(best({}), [undefined, undefined, undefined]);
    assert.deepEqual(best({}, [laptop]), [undefined, undefined, undefined]);
  });
  test('two that are as likely are both suggested, and neither is taken', () => {
    const twin = { ...phone, deviceId: 'twin' };
    const suggestions = suggestLinks({ ...traits, deviceKey: 'ApplF17ABCDEFG5K' }, [phone, twin]);
    assert.deepEqual(
      suggestions.map(({ deviceId }) => deviceId),
      ['phone', 'twin'],
    );
    assert.equal(automaticLink(suggestions), undefined);
  });
  test('a serial number that is a stub is found in nothing', () =>
    assert.deepEqual(best({ deviceKey: 'Appl0000' }, [{ ...phone, serialNumber: '0000' }, tablet]), [
      undefined,
      undefined,
      undefined,
    ]));
});
