/** For tests: a TLS server that checks certificates within the handshake and sends the alerts of RFC 8446, which Node's does not. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatedAppleAuthority } from '@gatehouse/simulators/apns/index.ts';

export async function startOpenSslServer(
  authority: SimulatedAppleAuthority,
): Promise<{ readonly url: URL; close(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'));
  const files = {
    'server.pem': authority.serverIdentity.certificate,
    'server.key': authority.serverIdentity.key,
    'issuers.pem': authority.pushIssuers,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  const words =
    's_server -accept 127.0.0.1:0 -alpn h2 -cert server.pem -key server.key -Verify 3 -verify_return_error -CAfile issuers.pem';
  const child = spawn('openssl', words.split(' '), { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdout.setEncoding('utf8');
  let said = '';
  for (;;) {
    const port = /ACCEPT \S*:(\d+)/.exec(said)?.[1];
    if (port !== undefined) {
      return {
        url: new URL(`https://localhost:${port}`),
        close() {
          child.kill();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    }
    said += (await once(child.stdout, 'data'))[0] as string;
  }
}
