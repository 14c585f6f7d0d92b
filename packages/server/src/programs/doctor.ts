// `gatehouse doctor`: looks at the installation as it is and says what to mend. Read-only; works while the server runs.
import { existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import type { Config } from '../config.ts';
import { dataDirectoryMode } from '../kernel/data-directory.ts';
import { findPostgresBinaries, releaseOf } from '../kernel/postgres/index.ts';

type Level = 'ok' | 'warn' | 'fail';

interface Finding {
  readonly check: string;
  readonly level: Level;
  readonly message: string;
}

export async function doctor(config: Config, args: readonly string[]): Promise<number> {
  const findings = [
    runtime(),
    dataDirectory(config),
    masterKey(config),
    diskSpace(config),
    database(config),
    certificate(config),
    addresses(config),
    clientCertificates(config),
    await running(config),
  ];
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify({ findings })}\n`);
  else {
    const sign = { ok: '✓', warn: '!', fail: '✗' } as const;
    for (const { check, level, message } of findings)
      process.stdout.write(`${sign[level]} ${check}: ${message}\n`);
  }
  return findings.some((finding) => finding.level === 'fail') ? 1 : 0;
}

function runtime(): Finding {
  const good = process.versions.node.startsWith('24.');
  return {
    check: 'runtime',
    level: good ? 'ok' : 'fail',
    message: good
      ? `Node ${process.version}`
      : `Node ${process.version}; start through npm, which brings its own Node 24`,
  };
}

function ownerOnly(check: string, path: string, allowed: number): Finding {
  if (!existsSync(path))
    return { check, level: 'warn', message: `${path} does not exist yet; the first start makes it` };
  const mode = statSync(path).mode & 0o777;
  const open = (mode & ~allowed) !== 0;
  return {
    check,
    level: open ? 'fail' : 'ok',
    message: open
      ? `${path} is open to others (mode ${mode.toString(8)}); chmod ${allowed.toString(8)} ${path}`
      : `${path} is its owner's alone`,
  };
}

const dataDirectory = (config: Config) =>
  ownerOnly('data directory', config.dataDirectory, dataDirectoryMode);
const masterKey = (config: Config) => ownerOnly('master key', config.masterKeyFile, 0o600);

function diskSpace(config: Config): Finding {
  const path = existsSync(config.dataDirectory) ? config.dataDirectory : '.';
  const { bavail, bsize } = statfsSync(path);
  const gibibytes = (bavail * bsize) / 2 ** 30;
  return {
    check: 'disk space',
    level: gibibytes < 1 ? 'fail' : gibibytes < 5 ? 'warn' : 'ok',
    message: `${gibibytes.toFixed(1)} GiB free for the data directory`,
  };
}

function database(config: Config): Finding {
  if (config.databaseUrl === undefined) {
    const { version, behind } = releaseOf(findPostgresBinaries());
    const lags = behind === undefined ? '' : ` (behind ${behind}, hence on no network)`;
    return {
      check: 'database',
      level: 'warn',
      message: `embedded PostgreSQL ${version}${lags}: good to try and for small fleets. Production: GATEHOUSE_DATABASE_URL`,
    };
  }
  return config.allowPlaintextDatabase
    ? {
        check: 'database',
        level: 'warn',
        message: 'external, and connections without verified TLS are allowed',
      }
    : { check: 'database', level: 'ok', message: 'external' };
}

function certificate(config: Config): Finding {
  const path = config.tls?.certificate;
  if (path === undefined) {
    return {
      check: 'server certificate',
      level: 'warn',
      message: `by the local authority; people and ISE must trust ${join(config.dataDirectory, 'tls')}. Production: GATEHOUSE_TLS_CERT and GATEHOUSE_TLS_KEY`,
    };
  }
  const days = (Date.parse(new X509Certificate(readFileSync(path)).validTo) - Date.now()) / 86_400_000;
  return {
    check: 'server certificate',
    level: days < 0 ? 'fail' : days < 21 ? 'warn' : 'ok',
    message: days < 0 ? `${path} has expired` : `${path} is good for ${Math.floor(days)} days`,
  };
}

function addresses(config: Config): Finding {
  const local = ['localhost', '127.0.0.1'].includes(config.publicUrl.hostname);
  return {
    check: 'public address',
    level: local ? 'warn' : 'ok',
    message: local
      ? `${config.publicUrl.origin} reaches only this machine; set GATEHOUSE_PUBLIC_URL for others`
      : `${config.publicUrl.origin}, devices ${config.deviceUrl.origin}`,
  };
}

function clientCertificates(config: Config): Finding {
  const check = 'certificate header';
  if (config.clientCertificateHeader === undefined)
    return { check, level: 'ok', message: 'none is believed' };
  return config.trustedProxies.length === 0
    ? {
        check,
        level: 'fail',
        message: 'a header is configured but no proxy is trusted; set GATEHOUSE_TRUSTED_PROXIES',
      }
    : {
        check,
        level: 'ok',
        message: `${config.clientCertificateHeader}, from ${config.trustedProxies.join(', ')} only`,
      };
}

/** Asks a running server through its operations listener. */
async function running(config: Config): Promise<Finding> {
  const check = 'server';
  const { host, port } = config.operationsListen;
  return new Promise((resolve) => {
    const call = request({ host, port, path: '/readyz', timeout: 2_000 }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () =>
        resolve({ check, level: answer.statusCode === 200 ? 'ok' : 'fail', message: text.slice(0, 500) }),
      );
    });
    call.on('timeout', () => call.destroy(new Error('no answer')));
    call.on('error', (error) =>
      resolve({ check, level: 'warn', message: `not running here (${error.message})` }),
    );
    call.end();
  });
}
