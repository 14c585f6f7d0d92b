/** Looking from outside for ways to mail that lead round the gateway. */
export { gatewayMark } from './observe.ts';
export { probeDirections, type Service } from './probe-directions.ts';
export { type Converse, parseTarget, probeHost } from './probe-host.ts';
