// Looks at mail servers from outside, by a plan and on request: whether mail can be had round the gateway (EAS-08, GAP-13).
export { openMailProber } from './prober.ts';
