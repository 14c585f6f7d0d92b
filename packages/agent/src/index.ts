/** What other packages may use of the agent: its scans and its command line's entry is main.ts. */
export { runScan, type ScanReport } from './scans/scan.ts';
export { nothingManaged, type ScanContext } from './scans/scan-context.ts';
export { createHostSystem } from './system/host-system.ts';
export type { System } from './system/system.ts';
