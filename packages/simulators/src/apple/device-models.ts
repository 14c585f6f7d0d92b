/** The devices that can be simulated: what their makers print on them and what their systems call themselves. */

export type AppleFamily = 'iphone' | 'ipad' | 'mac' | 'apple-tv' | 'vision';

export interface DeviceModel {
  readonly family: AppleFamily;
  /** `Model`: the part number as sold. */
  readonly partNumber: string;
  readonly modelName: string;
  /** `ProductName` in messages: the hardware's own name. */
  readonly product: string;
  readonly systemName: 'iOS' | 'iPadOS' | 'macOS' | 'tvOS' | 'visionOS';
  readonly systemVersion: string;
  readonly build: string;
  readonly capacityGigabytes: number;
}

export const deviceModels = {
  iphone: {
    family: 'iphone',
    partNumber: 'MYMH3ZD/A',
    modelName: 'iPhone',
    product: 'iPhone17,1',
    systemName: 'iOS',
    systemVersion: '26.1',
    build: '23B85',
    capacityGigabytes: 256,
  },
  ipad: {
    family: 'ipad',
    partNumber: 'MVV83FD/A',
    modelName: 'iPad',
    product: 'iPad16,3',
    systemName: 'iPadOS',
    systemVersion: '26.1',
    build: '23B85',
    capacityGigabytes: 256,
  },
  mac: {
    family: 'mac',
    partNumber: 'MX2H3D/A',
    modelName: 'MacBook Pro',
    product: 'Mac16,1',
    systemName: 'macOS',
    systemVersion: '26.1',
    build: '25B78',
    capacityGigabytes: 512,
  },
  'apple-tv': {
    family: 'apple-tv',
    partNumber: 'MN893FD/A',
    modelName: 'Apple TV',
    product: 'AppleTV14,1',
    systemName: 'tvOS',
    systemVersion: '26.1',
    build: '23J579',
    capacityGigabytes: 128,
  },
  vision: {
    family: 'vision',
    partNumber: 'MQL83LL/A',
    modelName: 'Apple Vision Pro',
    product: 'RealityDevice14,1',
    systemName: 'visionOS',
    systemVersion: '26.1',
    build: '23N47',
    capacityGigabytes: 256,
  },
} as const satisfies { [F in AppleFamily]: DeviceModel & { readonly family: F } };
