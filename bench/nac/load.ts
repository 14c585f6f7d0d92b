// A closed loop of HTTP/1.1 requests over plain sockets: as little work per request as possible, because it runs on the same
// machine as what it measures.
import { connect } from 'node:net';

export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Before measuring. */
  readonly warmUpSeconds: number;
  /** Complete requests, sent one after the other, over and over. */
  readonly requests: readonly string[];
}

export interface Measured {
  readonly requests: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
}

/** Rejects at the first answer that is not 200: a fast refusal is no result. */
export function runLoad(load: Load, onMeasuring: () => void = () => undefined): Promise<Measured> {
  return new Promise((resolve, reject) => {
    let next = 0;
    let began = 0;
    let stopped = false;
    let open = load.connections;
    const latencies: number[] = [];

    const one = (): void => {
      const socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true });
      let sent = 0;
      let missing = -1;
      const send = (): void => {
        if (stopped) {
          socket.end();
          return;
        }
        next = (next + 1) % load.requests.length;
        sent = performance.now();
        socket.write(load.requests[next] ?? '', 'latin1');
      };
      socket.on('connect', send);
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        if (missing < 0) {
          const head = chunk.toString('latin1', 0, Math.min(chunk.length, 4096));
          const end = head.indexOf('\r\n\r\n');
          const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
          if (!head.startsWith('HTTP/1.1 200') || end === -1 || length === undefined) {
            reject(new Error(`an answer that is none: ${head.slice(0, 500)}`));
            return;
          }
          missing = end + 4 + Number(length);
        }
        missing -= chunk.length;
        if (missing > 0) return;
        missing = -1;
        if (began > 0) latencies.push(performance.now() - sent);
        send();
      });
      socket.on('close', () => {
        open -= 1;
        if (open > 0) return;
        const seconds = (performance.now() - began) / 1000;
        latencies.sort((a, b) => a - b);
        const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
        resolve({ requests: latencies.length, seconds, p50: at(0.5), p99: at(0.99) });
      });
    };

    for (let index = 0; index < load.connections; index += 1) one();
    setTimeout(() => {
      began = performance.now();
      onMeasuring();
      setTimeout(() => {
        stopped = true;
      }, load.seconds * 1000);
    }, load.warmUpSeconds * 1000);
  });
}
