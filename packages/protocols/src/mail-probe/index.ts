/** Looking from outside for ways to mail that lead round the gateway. */
export { decodeHttpAnswer, type HttpAnswer } from './http-answer.ts';
export { gatewayMark, type Heard, type Observation } from './observe.ts';
export {
  type Converse,
  type Finding,
  parseTarget,
  type Place,
  probeHost,
  type ProbeTarget,
} from './probe-host.ts';
