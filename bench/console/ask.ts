// The admin API as a program with a token asks it, over one kept connection.
import { Agent, request } from 'node:https';

interface Asked {
  readonly milliseconds: number;
  /** Until the first of the body was there. */
  readonly first: number;
  readonly bytes: number;
  readonly text: string;
}

export interface Caller {
  ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Asked>;
  close(): void;
}

/** @param keep false: a body that is only counted. */
export function connectCaller(options: {
  readonly port: number;
  readonly ca: string;
  readonly token: string;
  readonly keep?: boolean;
}): Caller {
  const { port, ca, token, keep = true } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca, servername: 'localhost' });
  return {
    ask: (method, path, body) =>
      new Promise((resolve, reject) => {
        const content = body === undefined ? undefined : JSON.stringify(body);
        const began = performance.now();
        const headers = {
          authorization: `Bearer ${token}`,
          ...(content === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
        };
        const call = request({ host: '127.0.0.1', port, path: `/api/v1${path}`, method, headers, agent });
        call.on('error', reject);
        call.on('response', (answer) => {
          const parts: Buffer[] = [];
          let [first, bytes] = [0, 0];
          answer.on('data', (part: Buffer) => {
            if (bytes === 0) first = performance.now() - began;
            bytes += part.length;
            if (keep || answer.statusCode !== 200) parts.push(part);
          });
          answer.on('error', reject);
          answer.on('end', () => {
            const text = Buffer.concat(parts).toString();
            const milliseconds = performance.now() - began;
            if ((answer.statusCode ?? 500) >= 300)
              reject(new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`));
            else resolve({ milliseconds, first, bytes, text });
          });
        });
        call.end(content);
      }),
    close: () => agent.destroy(),
  };
}
