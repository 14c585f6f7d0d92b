import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { startTestReceiver, type TestReceiver } from '../../../kernel/outbound/test-receiver.ts';
import type { Exchange } from './connection.ts';
import { ServerPool } from './pool.ts';
import type { ResponseHead } from './response-head.ts';

/** No two places of it look alike. */
const body = Buffer.alloc(3_000_000);
for (let at = 0; at < body.length; at += 4) body.writeUInt32LE((at * 2_654_435_761) % 2 ** 32, at);

for (const tls of [true, false]) {
  describe(`a connection that is told to wait, ${tls ? 'over TLS' : 'without TLS'}`, () => {
    let server: TestReceiver;
    let pool: ServerPool;
    before(async () => {
      server = await startTestReceiver(
        ({ path }, response) =>
          void response
            .writeHead(200, { 'content-type': 'text/plain' })
            .end(body.subarray(0, Number(path.slice(1)))),
        { tls },
      );
      pool = new ServerPool({
        url: new URL(`${tls ? 'https' : 'http'}://localhost:${server.port}/`),
        addressOf: async () => '127.0.0.1',
        ca: [server.trust],
      });
    });
    after(async () => {
      pool.close();
      await server.close();
    });

    /** @param onPart what is answered to each part that comes, and what is done a moment later. */
    function ask(size: number, onPart: (resume: () => void) => boolean): Promise<number> {
      const asked = new Promise<number>((resolve, reject) => {
        let bytes = 0;
        let head: ResponseHead | undefined;
        const connection = pool.take(performance.now());
        const exchange: Exchange = {
          onHead: (given) => {
            head = given;
          },
          onPart(part) {
            bytes += part.length;
            return onPart(() => connection.resume());
          },
          onEnd: () => resolve(head?.status === 200 ? bytes : -1),
          onError: reject,
          onDrain: () => undefined,
        };
        connection.request(exchange, `GET /${size} HTTP/1.1\r\nHost: localhost\r\n\r\n`, null, true);
      });
      return Promise.race([asked, wait(5_000, -2, { ref: false })]);
    }

    test('whoever says so and goes on later gets all of it', async () => {
      for (const size of [1, 5_000, 16_384, 65_536, 199_999]) {
        const slowly = (resume: () => void) => {
          setTimeout(resume, 5);
          return false;
        };
        assert.equal(await ask(size, slowly), size);
      }
    });

    /** Each part is kept and looked at some time after it has come, as whoever writes it slowly does. */
    function fetchKept(size: number, laterMs: () => number): Promise<Buffer> {
      return new Promise((resolve, reject) => {
        const parts: Buffer[] = [];
        let open = 1;
        const one = (done: number) => {
          open -= done;
          if (open === 0) resolve(Buffer.concat(parts));
        };
        const connection = pool.take(performance.now());
        const exchange: Exchange = {
          onHead: () => undefined,
          onPart(part) {
            const place = parts.push(part) - 1;
            const kept = connection.keep(part);
            open += 1;
            setTimeout(() => {
              parts[place] = Buffer.from(kept.bytes);
              kept.release();
              one(1);
            }, laterMs());
            return true;
          },
          onEnd: () => one(1),
          onError: reject,
          onDrain: () => undefined,
        };
        connection.request(exchange, `GET /${size} HTTP/1.1\r\nHost: localhost\r\n\r\n`, null, true);
      });
    }

    test('what is kept of an answer stays as it came, whatever comes over this connection and others meanwhile', async () => {
      for (let round = 0; round < 4; round += 1) {
        const sizes = [3_000_000, 70_000, 1_000_000, 10, 65_536, 2_000_001];
        const fetched = await Promise.all(sizes.map((size) => fetchKept(size, () => randomInt(12))));
        for (const [index, size] of sizes.entries())
          assert.ok(fetched[index]?.equals(body.subarray(0, size)), `${size} bytes`);
      }
    });

    test('told so with the last part, it serves the next one all the same', async () => {
      const connections = server.connections();
      for (const size of tls ? [1, 300, 16_000, 40_000, 30_000] : [1, 300, 16_000]) {
        // Nobody goes on: what has come by then is the end of it.
        assert.equal(await ask(size, () => false), size);
        assert.equal(await ask(size, () => true), size, 'the next one');
      }
      assert.equal(server.connections(), connections, 'over the same connection');
    });
  });
}
