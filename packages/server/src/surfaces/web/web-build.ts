// What Vite built of console and portal, read once: a fixed map from name to bytes, so that no request ever names a file of the
// disk. Each file is kept as browsers ask for it, compressed; its name carries its hash, so they keep it for ever.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

export interface WebFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly brotli: Buffer;
  readonly gzip: Buffer;
}

export interface WebBuild {
  /** By name without folder: `index-B4DE.js`. */
  readonly files: ReadonlyMap<string, WebFile>;
  /** The two documents, with `__NONCE__` where the policy's nonce goes. */
  readonly pages: Readonly<Record<WebApplication, string>>;
}

export type WebApplication = 'console' | 'my';

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** Where the build lies, beside this package. */
export const webBuildDirectory = fileURLToPath(new URL('../../../../web/dist', import.meta.url));

/** Undefined where nothing was built: the API works without its pages. */
export function readWebBuild(directory: string = webBuildDirectory): WebBuild | undefined {
  const page = (application: WebApplication) => join(directory, application, 'index.html');
  if (!existsSync(page('console')) || !existsSync(page('my'))) return undefined;
  const files = new Map<string, WebFile>();
  for (const name of readdirSync(directory)) {
    const type = types[extname(name)];
    if (type === undefined || name === 'manifest.json') continue;
    files.set(name, compress(type, readFileSync(join(directory, name))));
  }
  return {
    files,
    pages: { console: readFileSync(page('console'), 'utf8'), my: readFileSync(page('my'), 'utf8') },
  };
}

/** On demand: hundreds of files at a start would cost it seconds. */
function compress(type: string, plain: Buffer): WebFile {
  let brotli: Buffer | undefined;
  let gzip: Buffer | undefined;
  return {
    type,
    plain,
    get brotli() {
      brotli ??= brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
      return brotli;
    },
    get gzip() {
      gzip ??= gzipSync(plain);
      return gzip;
    },
  };
}
