/**
 * Brings a bare clone to the point where our own Node can run, then hands over to it:
 *
 *     node tools/setup.mjs start|test|check|bench [arguments]
 *
 * It is plain JavaScript in old syntax, with no dependencies, because it runs on whatever Node the machine has.
 * When the installed packages fit package-lock.json it does nothing but start the real program.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.gatehouse-lock');
const pinnedNode = join(modules, '.bin', 'node');

const entries = {
  start: 'tools/start.ts',
  test: 'tools/test.ts',
  check: 'tools/check.ts',
  bench: 'tools/bench.ts',
  /** only the set-up; prints nothing else */
  install: undefined,
};

/** HTTP-06: input cannot reach Object.prototype by `__proto__` where there is no such thing. */
const nodeFlags = ['--disable-proto=delete'];

const command = process.argv[2];
if (!Object.prototype.hasOwnProperty.call(entries, command)) {
  console.error(`usage: node tools/setup.mjs ${Object.keys(entries).join('|')} [arguments]`);
  process.exit(2);
}

const wanted = fingerprint();
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) install();
const node = chooseNode();
if (entries[command] !== undefined) run(node, [...nodeFlags, join(root, entries[command]), ...process.argv.slice(3)]);

/** What the installed packages depend on. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', '.npmrc']) hash.update(readFileSync(join(root, file)));
  return hash.update(`${process.platform}-${process.arch}`).digest('hex');
}

function install() {
  console.error('Installing packages with npm (only after a change of package-lock.json) …');
  const began = Date.now();
  npmInstall(process.execPath);
  // npm leaves out optional packages, native parts among them, that do not name the Node it runs on; on an old one
  // the first round brings our Node and a second round on that Node brings the rest.
  if (tooOld() && existsSync(pinnedNode)) npmInstall(pinnedNode);
  writeFileSync(stamp, wanted);
  console.error(`Packages installed in ${Math.round((Date.now() - began) / 1000)} s.`);
}

function npmInstall(node) {
  // Inside an npm script this is the npm that called us.
  const npm = process.env.npm_execpath;
  const [program, before] = npm && npm.endsWith('.js') ? [node, [npm]] : ['npm', []];
  const result = spawnSync(
    program,
    // `include` wins over a NODE_ENV=production, which would leave out what tests and checks need
    [...before, 'ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional'],
    // standard output belongs to the command itself
    { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH || ''}` } },
  );
  if (result.error) {
    console.error(`npm could not be started: ${result.error.message}. Install Node.js with npm (apt-get install npm).`);
    process.exit(1);
  }
  if (result.status !== 0) {
    console.error('npm could not install the packages; its reason stands above.');
    process.exit(1);
  }
  linkNode();
}

function tooOld() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major < 20 || (major === 20 && minor < 19);
}

/** Older npm (9.2, which Debian 12 brings) does not link the programs of optional packages. */
function linkNode() {
  const own = `node-${process.platform}-${process.arch}`;
  const binary = join(modules, own, 'bin', 'node');
  if (existsSync(pinnedNode) || !existsSync(binary)) return;
  chmodSync(binary, 0o755);
  symlinkSync(join('..', own, 'bin', 'node'), pinnedNode);
}

/** The pinned Node where there is a package of it for this machine, otherwise this one if it is new enough. */
function chooseNode() {
  if (existsSync(pinnedNode)) return pinnedNode;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  console.error(
    `There is no pinned Node for ${process.platform}-${process.arch}, and this is ${process.version}: install Node 24 or newer.`,
  );
  process.exit(1);
}

function run(program, args) {
  // Everything below, npx and shebangs included, finds the pinned Node first.
  const path = `${join(modules, '.bin')}:${process.env.PATH || ''}`;
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, PATH: path } });
  const forward = (signal) => child.kill(signal);
  process.on('SIGTERM', forward);
  process.on('SIGHUP', forward);
  // From a terminal Ctrl-C reaches the child too, and two of them would mean "now".
  process.on('SIGINT', (signal) => {
    if (!process.stdin.isTTY) forward(signal);
  });
  child.on('error', (error) => {
    console.error(`${program} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    process.exit(signal ? 128 + (constants.signals[signal] || 0) : code === null ? 1 : code);
  });
}
