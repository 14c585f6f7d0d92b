/** Models of computers that people really carry, one row each, so that lists and look-ups in a demo read like an office. */

export interface LaptopModel {
  readonly manufacturer: string;
  /** As the firmware states it; Apple states an identifier. */
  readonly model: string;
  readonly runs: 'linux' | 'macos';
  readonly cpu: string;
  readonly cpuCount: number;
  readonly memoryGiB: readonly [number, ...number[]];
  readonly serial: { readonly length: number; readonly alphabet: string; readonly prefix: string };
  /** First three bytes of the MAC addresses of this maker's adapters. */
  readonly wifi: string;
  readonly ethernet: string | undefined;
}

const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const digits = '0123456789';
const serial = (prefix: string, length: number, alphabet = digits + letters) => ({
  prefix,
  length,
  alphabet,
});

export const laptopModels: readonly [LaptopModel, ...LaptopModel[]] = [
  {
    manufacturer: 'LENOVO',
    model: '21HM0012GE',
    runs: 'linux',
    cpu: '13th Gen Intel(R) Core(TM) i7-1355U',
    cpuCount: 12,
    memoryGiB: [16, 32],
    serial: serial('PF', 6),
    wifi: 'a4:f9:33',
    ethernet: '48:2a:e3',
  },
  {
    manufacturer: 'LENOVO',
    model: '21K5000CGE',
    runs: 'linux',
    cpu: 'AMD Ryzen 7 PRO 7840U w/ Radeon 780M Graphics',
    cpuCount: 16,
    memoryGiB: [32, 64],
    serial: serial('PF', 6),
    wifi: '10:b1:df',
    ethernet: '6c:24:08',
  },
  {
    manufacturer: 'Dell Inc.',
    model: 'Latitude 7440',
    runs: 'linux',
    cpu: '13th Gen Intel(R) Core(TM) i5-1345U',
    cpuCount: 12,
    memoryGiB: [16, 32],
    serial: serial('', 7),
    wifi: 'e8:c8:29',
    ethernet: undefined,
  },
  {
    manufacturer: 'Dell Inc.',
    model: 'XPS 13 9340',
    runs: 'linux',
    cpu: 'Intel(R) Core(TM) Ultra 7 155H',
    cpuCount: 22,
    memoryGiB: [16, 32, 64],
    serial: serial('', 7),
    wifi: 'c8:15:4e',
    ethernet: undefined,
  },
  {
    manufacturer: 'HP',
    model: 'HP EliteBook 845 14 inch G10 Notebook PC',
    runs: 'linux',
    cpu: 'AMD Ryzen 5 PRO 7540U w/ Radeon 740M Graphics',
    cpuCount: 12,
    memoryGiB: [16, 32],
    serial: serial('5CG', 7),
    wifi: '38:fc:98',
    ethernet: '74:5d:22',
  },
  {
    manufacturer: 'Framework',
    model: 'Laptop 13 (AMD Ryzen 7040Series)',
    runs: 'linux',
    cpu: 'AMD Ryzen 7 7840U w/ Radeon 780M Graphics',
    cpuCount: 16,
    memoryGiB: [32, 64],
    serial: serial('FRANDGCP', 10),
    wifi: '14:ac:60',
    ethernet: undefined,
  },
  {
    manufacturer: 'TUXEDO',
    model: 'TUXEDO InfinityBook Pro Gen8 (MK2)',
    runs: 'linux',
    cpu: '13th Gen Intel(R) Core(TM) i7-13700H',
    cpuCount: 20,
    memoryGiB: [32, 64],
    serial: serial('', 12, digits),
    wifi: 'b0:47:e9',
    ethernet: 'd4:93:90',
  },
  {
    manufacturer: 'Apple',
    model: 'Mac14,2',
    runs: 'macos',
    cpu: 'Apple M2',
    cpuCount: 8,
    memoryGiB: [8, 16, 24],
    serial: serial('', 10),
    wifi: 'a0:78:17',
    ethernet: undefined,
  },
  {
    manufacturer: 'Apple',
    model: 'Mac15,7',
    runs: 'macos',
    cpu: 'Apple M3 Pro',
    cpuCount: 12,
    memoryGiB: [18, 36],
    serial: serial('', 10),
    wifi: '84:2f:57',
    ethernet: undefined,
  },
  {
    manufacturer: 'Apple',
    model: 'Mac16,12',
    runs: 'macos',
    cpu: 'Apple M4',
    cpuCount: 10,
    memoryGiB: [16, 24, 32],
    serial: serial('', 10),
    wifi: '5c:e9:1e',
    ethernet: undefined,
  },
];
