/** Who may import whom. The tables are the rules; docs/ARCHITECTURE.md tells the reasons. */
import { isTestPath, packageOf, type ResolvedImport, type SourceFile } from './source-files.ts';

/** What a package may import of ours. Its tests may import anything. */
const packages: Record<string, readonly string[]> = {
  protocols: [],
  core: [],
  contracts: ['core'],
  clients: ['protocols'],
  server: ['protocols', 'core', 'contracts', 'clients'],
  web: ['contracts', 'core'],
  agent: ['contracts', 'protocols', 'core'],
  connector: ['contracts', 'clients', 'protocols'],
  simulators: ['protocols', 'contracts', 'core'],
  cli: ['contracts', 'clients', 'protocols', 'core'],
};

/** Packages that compute only: what they need of the world is given to them. */
const purePackages = ['core', 'protocols'];
/** `isIP` and its kin are the part of node:net that only computes. */
const purePart = /^\{\s*(?:isIP(?:v4|v6)?\s*,?\s*)+\}$/;
const pureBuiltins = ['assert', 'buffer', 'crypto', 'string_decoder', 'url', 'util', 'zlib'];
/** Files that read data of their own package, as constant as their code, and not before somebody asks for it. */
const readsOwnData = ['packages/protocols/src/apple-mdm/catalogue/family-data.ts'];

/** A layer of the server may import itself and these. */
const layers: Record<string, readonly string[]> = {
  main: [
    'programs',
    'app',
    'subscriptions',
    'surfaces',
    'platforms',
    'integrations',
    'modules',
    'config',
    'kernel',
  ],
  // what the operator runs beside the server: doctor, keys, backup
  programs: ['app', 'subscriptions', 'surfaces', 'platforms', 'integrations', 'modules', 'config', 'kernel'],
  app: ['subscriptions', 'surfaces', 'platforms', 'integrations', 'modules', 'config', 'kernel'],
  subscriptions: ['platforms', 'integrations', 'modules', 'config', 'kernel'],
  surfaces: ['platforms', 'integrations', 'modules', 'config', 'kernel'],
  platforms: ['modules', 'config', 'kernel'],
  integrations: ['modules', 'config', 'kernel'],
  modules: ['kernel'],
  // what the operator set: the kernel parses its values and is made from them; no file of one may circle back
  config: ['kernel'],
  kernel: ['config'],
};

/** Each module may import those that stand before it. A total order cannot contain a circle. */
export const moduleOrder = [
  'organizations',
  'audit',
  'administrators',
  'alerts',
  'users',
  'certificates',
  'devices',
  'searches',
  'approvals',
  'commands',
  'resources',
  'rules',
  'policies',
  'compliance',
  'mail',
  'enrollment',
  'remediation',
  'playbooks',
  'overview',
  'portal',
];

/** What a module shows: to other modules its index, to the layers above also what they mount and schedule. */
const moduleFace = ['index.ts'];
const moduleFaceAbove = /^(?:index|routes|[a-z-]+-routes|jobs|events|ports)\.ts$/;

/** Codecs that are no device's or peer's wire format, which kernel and the named modules may use. */
const substrate = ['x509', 'cms', 'agent-enrollment', 'decode-error.ts'];
const substrateUsers = ['kernel', 'config', 'modules/certificates', 'modules/enrollment'];

export function importFaults(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    file.imports.flatMap((item) => {
      const reason = file.isTest ? testReason(file, item) : reasonAgainst(file, item);
      return reason === undefined
        ? []
        : [`${reason}\n  ${file.path}:${item.line}\n  → ${item.target ?? item.specifier}`];
    }),
  );
}

function reasonAgainst(file: SourceFile, item: ResolvedImport): string | undefined {
  const from = packageOf(file.path);
  if (from === undefined) return undefined;
  if (item.target === undefined) return builtinReason(file, item);
  if (isTestPath(item.target)) return 'what ships imports nothing of the tests';
  const to = packageOf(item.target);
  if (to === undefined) return 'a package imports nothing of tools or benchmarks';
  if (to !== from) {
    if (item.specifier.startsWith('.')) return `another package is imported by its name, @gatehouse/${to}`;
    if (!(packages[from] ?? []).includes(to)) {
      const allowed = packages[from]?.join(', ') || 'nothing of ours';
      return `the package ${from} may import ${allowed}, not ${to}`;
    }
  }
  return from === 'server' ? serverReason(file.path, item.target) : undefined;
}

function testReason(file: SourceFile, item: ResolvedImport): string | undefined {
  if (item.target === undefined || !item.specifier.startsWith('.')) return undefined;
  const to = packageOf(item.target);
  if (to === undefined || to === packageOf(file.path)) return undefined;
  return `another package is imported by its name, @gatehouse/${to}`;
}

function builtinReason(file: SourceFile, item: ResolvedImport): string | undefined {
  const builtin = /^node:(\w+)/.exec(item.specifier)?.[1];
  const from = packageOf(file.path) ?? '';
  if (builtin === undefined) return undefined;
  if (builtin === 'fs' && readsOwnData.includes(file.path)) return undefined;
  if (purePackages.includes(from) && !pureBuiltins.includes(builtin) && !purePart.test(item.clause)) {
    return `${from} is pure: it computes, and is handed what it needs of the world`;
  }
  if (builtin === 'child_process' && from === 'server' && !file.path.includes('/kernel/postgres/')) {
    return 'the server starts no programs, except the embedded database (AGT-T01)';
  }
  return undefined;
}

function serverReason(from: string, to: string): string | undefined {
  const source = placeInServer(from);
  if (source === undefined)
    return 'the file is in no layer of the server: see tools/architecture/import-rules.ts';
  const protocol = /^packages\/protocols\/src\/([^/]+)/.exec(to)?.[1];
  if (protocol !== undefined) return protocolReason(source, protocol);
  const target = placeInServer(to);
  if (target === undefined) return undefined;
  if (source.layer !== target.layer) {
    if (!(layers[source.layer] ?? []).includes(target.layer)) {
      return `${source.layer} may not import ${target.layer}: main → app → surfaces, platforms, integrations, subscriptions → modules → kernel`;
    }
    if (target.layer === 'modules' && !moduleFaceAbove.test(target.rest)) {
      return `only index.ts, routes, jobs, events and ports of a module may be imported from outside`;
    }
    return undefined;
  }
  if (source.part === target.part || source.part === '' || target.part === '') return undefined;
  if (source.layer === 'modules') return moduleReason(source.part, target.part, target.rest);
  if (source.layer === 'platforms' || source.layer === 'integrations') {
    return `${source.layer} do not know one another`;
  }
  return undefined;
}

function moduleReason(from: string, to: string, rest: string): string | undefined {
  const unknown = [from, to].find((name) => !moduleOrder.includes(name));
  if (unknown !== undefined)
    return `the module ${unknown} has no place in the order: see tools/architecture/import-rules.ts`;
  if (moduleOrder.indexOf(to) > moduleOrder.indexOf(from)) {
    return `modules import to the left only: ${moduleOrder.join(' < ')}`;
  }
  return moduleFace.includes(rest) ? undefined : `of another module only index.ts may be imported`;
}

function protocolReason(source: Place, protocol: string): string | undefined {
  if (source.layer !== 'modules' && source.layer !== 'kernel' && source.layer !== 'config') return undefined;
  const user = source.layer === 'modules' ? `modules/${source.part}` : source.layer;
  if (substrate.includes(protocol) && substrateUsers.includes(user)) return undefined;
  return `wire formats belong to platforms, integrations and surfaces; ${user} may not import them`;
}

interface Place {
  readonly layer: string;
  /** the folder within the layer */
  readonly part: string;
  readonly rest: string;
}

function placeInServer(path: string): Place | undefined {
  const inServer = /^packages\/server\/src\/(.+)$/.exec(path)?.[1];
  if (inServer === undefined) return undefined;
  const [first = '', second = '', ...rest] = inServer.split('/');
  const layer = second === '' ? first.replace(/\.ts$/, '') : first;
  if (layers[layer] === undefined) return undefined;
  return rest.length === 0
    ? { layer, part: '', rest: second }
    : { layer, part: second, rest: rest.join('/') };
}
