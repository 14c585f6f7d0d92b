// The composition: the only file that sees everything. Kernel, modules, platforms, integrations, surfaces, in that order, by
// plain function calls.
import { readFileSync } from 'node:fs';
import type { Principal } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { encodePem } from '@gatehouse/protocols/x509/index.ts';
import { product } from '@gatehouse/core/product.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createHttpSms } from './integrations/messaging/http-sms.ts';
import { createSmtp } from './integrations/messaging/smtp.ts';
import { openCiscoIse } from './integrations/network-access/cisco-ise/index.ts';
import { openMailProber } from './integrations/mail-probe/index.ts';
import { explainNetwork, openNetworkAccess, reauthorizeDevice } from './integrations/network-access/index.ts';
import { openMailGateway } from './integrations/mail-gateway/index.ts';
import { createStandIn } from './integrations/mail-gateway/stand-in/index.ts';
import { createScepServer } from './integrations/scep/index.ts';
import { openSharedSignals } from './integrations/shared-signals/index.ts';
import { openWebhooks } from './integrations/webhooks/index.ts';
import { openApplePush, pushTopic } from './integrations/push/apple/index.ts';
import type { TenantTx } from './kernel/db/database.ts';
import { createEvents, purgeOldEvents } from './kernel/events.ts';
import { createAddressList } from './kernel/http/address-list.ts';
import { createHttpServer, type HttpServerOptions } from './kernel/http/server.ts';
import type { TenantPrincipal } from './kernel/http/route.ts';
import { startWorker } from './kernel/jobs/worker.ts';
import type { Kernel } from './kernel/kernel.ts';
import { findAutodiscoverByDns } from './kernel/outbound/find-services.ts';
import { createOutbound } from './kernel/outbound/outbound.ts';
import { startScheduler } from './kernel/scheduler.ts';
import { textTasks } from './kernel/text-quota.ts';
import type { ServerTls } from './kernel/tls/index.ts';
import {
  createCredentialLocator,
  createKnownBrowsers,
  createPasskeyChallenges,
  createPasswords,
} from './modules/administrators/index.ts';
import { alertJobs, alertTasks } from './modules/alerts/index.ts';
import { approvalJobs, approvalTasks, type CarryOut } from './modules/approvals/index.ts';
import { auditJobs, recordAudit, sealAudit } from './modules/audit/index.ts';
import {
  createAuthorityDirectory,
  createCertificateVerifier,
  createRefusals,
  createRevocationLists,
  createStandings,
  ensureAuthorities,
  purgeOldChallenges,
} from './modules/certificates/index.ts';
import {
  carryOutApproved,
  commandJobs,
  commandTasks,
  queueCommand,
  supportOf,
} from './modules/commands/index.ts';
import {
  complianceJobs,
  complianceTasks,
  evaluateDevice,
  readVerdict,
  reviewChange,
} from './modules/compliance/index.ts';
import { holdersOfCertificates } from './modules/devices/index.ts';
import { enrollmentJobs, enrollmentTasks } from './modules/enrollment/index.ts';
import {
  carryOutMailWipe,
  createMailCertification,
  createMailStandings,
  explainMailClients,
  mailJobs,
  mailTasks,
} from './modules/mail/index.ts';
import {
  createMailDomainFinder,
  createOrganizationFinder,
  createSlugReader,
  readSettings,
} from './modules/organizations/index.ts';
import { overviewTasks } from './modules/overview/index.ts';
import { playbookJobs, playbookTasks } from './modules/playbooks/index.ts';
import { portalJobs, portalTasks } from './modules/portal/index.ts';
import { remediationJobs } from './modules/remediation/index.ts';
import { ensureDefaults, resourceAssignments, ruleAssignments } from './modules/policies/index.ts';
import { agentSupport, agentWay, createAgentPlatform } from './platforms/agent/index.ts';
import { createDeclarations } from './platforms/apple/declarations/index.ts';
import {
  appleSettingSupport,
  checkAppleContent,
  desiredStateJobs,
  desiredStateTasks,
  readDesiredState,
  retryDesiredItem,
  reconcileSoon,
} from './platforms/apple/desired-state/index.ts';
import {
  appleEnrollmentTasks,
  createProfileMaker,
  createRenewer,
} from './platforms/apple/enrollment/index.ts';
import { beginInventory, enforcedPasscode, runDueInventory } from './platforms/apple/inventory/index.ts';
import {
  appleJobs,
  appleSupport,
  appleTasks,
  channelPushDied,
  createApplePlatform,
} from './platforms/apple/index.ts';
import { subscriptions } from './subscriptions.ts';
import { adminTasks } from './surfaces/admin/retention.ts';
import { adminRoutes } from './surfaces/admin/routes.ts';
import { registerAdminSurface } from './surfaces/admin.ts';
import { quickAppleAddress, registerAppleSurface } from './surfaces/apple.ts';
import { createCertificateReader } from './surfaces/client-certificate.ts';
import { registerDeviceSurface, registerEnrollmentSurface } from './surfaces/device.ts';
import { autodiscoverTree, registerAutodiscoverSurface } from './surfaces/autodiscover.ts';
import { registerBrandingSurface } from './surfaces/branding.ts';
import { discoveryPath, registerDiscoverySurface } from './surfaces/discovery.ts';
import { registerEnrollPage } from './surfaces/enroll.ts';
import { registerIseSurface, renderUnroutedIse } from './surfaces/ise.ts';
import { mailSurface } from './surfaces/mail.ts';
import { registerNacSurface } from './surfaces/nac.ts';
import { localCaller } from './surfaces/local-caller.ts';
import { registerHealth, registerOperations } from './surfaces/operations.ts';
import { registerPortalSurface } from './surfaces/portal.ts';
import { registerRevocationLists } from './surfaces/revocation-lists.ts';
import { registerScepSurface } from './surfaces/scep.ts';
import { registerSetupSurface } from './surfaces/setup.ts';
import { readWebBuild } from './surfaces/web/web-build.ts';
import { registerWebSurface } from './surfaces/web.ts';
import { registerSharedSignalsSurface } from './surfaces/shared-signals.ts';

export interface Application {
  /** People, programs, ISE and enrolling devices; never asks for a certificate. */
  readonly main: FastifyInstance;
  /** Admin API and set-up page, when they are not on the main listener. */
  readonly console: FastifyInstance | undefined;
  /** What network access controllers ask, when it is not on the main listener. */
  readonly nac: FastifyInstance | undefined;
  /** What mail clients ask, when it is not on the main listener. */
  readonly mail: FastifyInstance | undefined;
  /** Enrolled devices, by certificate. */
  readonly device: FastifyInstance;
  /** Health and metrics, loopback. */
  readonly operations: FastifyInstance;
  /** The machine's own operator, on a socket. */
  readonly local: FastifyInstance;
  /** Runs one of the tasks that run by the clock, now. */
  runTask(name: string): Promise<void>;
  close(): Promise<void>;
}

export async function createApplication(kernel: Kernel, tls: ServerTls): Promise<Application> {
  const { config, database, sealer, clock, log, notifications, metrics, directory } = kernel;
  let stopping = false;

  // ---------------------------------------------------------------- modules
  const worker = { wake: () => undefined as void };
  const events = createEvents(subscriptions, () => worker.wake());
  const refusals = createRefusals({ database, clock, log });
  const base = { database, sealer, clock, log, notifications, events, refusals };
  const evaluation = { events, notifications };
  const findOrganization = createOrganizationFinder({ database });
  const passwords = createPasswords();
  const administrators = {
    ...base,
    passwords,
    findOrganization,
    locateCredential: createCredentialLocator(database),
    knownBrowsers: createKnownBrowsers(kernel.keyFor('known-browser'), () => clock.now()),
    passkeyChallenges: createPasskeyChallenges(kernel.keyFor('passkey-challenge'), () => clock.now()),
    publicUrl: config.publicUrl,
  };
  const devices = {
    ...base,
    support: supportOf([appleSupport, agentSupport]),
    reevaluate: (tx: TenantTx, deviceId: string, now: number) =>
      evaluateDevice(evaluation, tx, deviceId, now),
  };
  const carryOut: CarryOut = (tx, order) =>
    order.action === 'mail-wipe'
      ? carryOutMailWipe(devices, tx, order)
      : carryOutApproved(devices, tx, order);
  const approvals = { ...base, carryOut };
  const mail = createSmtp(config.smtp);
  const addresses = {
    ...base,
    publicUrl: config.publicUrl,
    deviceUrl: config.deviceUrl,
    tlsAnchors: () => tls.anchors,
    sendMail: mail,
    sendText: createHttpSms(config.sms),
  };
  const appleProfiles = { ...addresses, pushTopic, signMessages: config.appleSignMessages };
  const profile = createProfileMaker(appleProfiles);
  const remediation = { ...devices, ...addresses, verdictOf: readVerdict };
  const enrollment = {
    ...addresses,
    ways: { linux: agentWay, macos: { ...agentWay, profile }, ios: { profile } },
  };
  const { trustFile } = config.outbound;
  const outboundTrust = trustFile === undefined ? undefined : readFileSync(trustFile, 'utf8');
  const outbound = createOutbound({ allow: config.outbound.allow, trust: outboundTrust });
  const networkAccess = openNetworkAccess({
    ...administrators,
    reachable: createAddressList(config.outbound.allow),
    outbound,
    metrics,
  });
  const authorities = createAuthorityDirectory(base);
  const verifier = createCertificateVerifier({ directory: authorities, clock });
  const standings = createStandings(database);
  const findOrganizationByMailDomain = createMailDomainFinder({ database, clock });
  const findServices = findAutodiscoverByDns();
  const mailGateway = openMailGateway({
    ...devices,
    outbound,
    findServices,
    findOrganizationByMailDomain,
    certify: createMailCertification({ ...base, verifier, standings }),
    standIn: createStandIn(administrators),
    metrics,
    allow: config.outbound.allow,
    trust: outboundTrust,
    trustedProxies: config.trustedProxies,
    publicUrl: config.mailGatewayUrl,
  });
  const signalDeps = { ...administrators, outbound, slugOf: createSlugReader({ database }) };
  const signals = openSharedSignals(signalDeps);
  const webhooks = openWebhooks(signalDeps);
  const mailProber = openMailProber({
    ...signalDeps,
    probeFrom: config.mailProbeFrom,
    findServices,
  });
  const routes = adminRoutes({
    ...signalDeps,
    findServices,
    ...networkAccess.routes,
    ...mailGateway.routes,
    ...administrators,
    ...devices,
    ...enrollment,
    certificateHolders: holdersOfCertificates(devices),
    carryOut,
    review: reviewChange(base),
    explainMail: explainMailClients,
    explainNetwork,
    audit: recordAudit,
    resourceAssignments: resourceAssignments(events),
    ruleAssignments: ruleAssignments(events),
    checkContent: checkAppleContent,
    settingSupport: appleSettingSupport,
    desiredState: readDesiredState,
    retryDesiredItem,
    // An organization exists with its authorities and its first policy, or not at all.
    onCreated: [async (tx) => void (await ensureAuthorities(tx, base)), ensureDefaults],
    wakeWorker: () => worker.wake(),
    productVersion: product.version,
    dataDirectory: config.dataDirectory,
    addressesInUse: [
      { use: 'people', url: config.publicUrl },
      { use: 'devices', url: config.deviceUrl },
      ...(config.mailGatewayUrl.origin === config.publicUrl.origin
        ? []
        : [{ use: 'mail' as const, url: config.mailGatewayUrl }]),
    ],
    ownAuthorities: () => tls.anchors.map((der) => encodePem('CERTIFICATE', der)),
  });

  // ---------------------------------------------------------------- platforms and integrations
  const agents = createAgentPlatform({
    ...devices,
    ...enrollment,
    findOrganization,
    verifier,
    standings,
  });
  const apple = createApplePlatform({
    ...devices,
    verifier,
    declarations: createDeclarations(devices),
    renewalProfile: createRenewer(appleProfiles),
    async onRegistered(tx, deviceId, now) {
      await Promise.all([beginInventory(devices, tx, deviceId, now), reconcileSoon(tx, deviceId, now)]);
    },
    enforcedPasscode,
  });
  const assets = config.appleSignMessages ? config.publicUrl : config.deviceUrl;
  const desiredState = {
    ...devices,
    assetUrl: (identifier: string) => new URL(`/apple/assets/${encodeURIComponent(identifier)}`, assets).href,
  };
  const scep = createScepServer({
    ...base,
    verifier,
    oldCiphers: async (organizationId) =>
      (await database.withTenant(organizationId, readSettings, { readOnly: true })).scepOldCiphers,
  });
  const applePush = openApplePush({
    ...base,
    metrics,
    channelPushDied: (tx, dead) => channelPushDied(tx, base, dead),
    origin: config.apns.url,
    trust: config.apns.trustFile === undefined ? undefined : readFileSync(config.apns.trustFile, 'utf8'),
  });
  const ise = openCiscoIse({
    database,
    passwords,
    clock,
    publicUrl: config.publicUrl,
    productVersion: product.version,
    pagingKey: kernel.keyFor('cisco-ise-paging'),
    queue: (principal, deviceId, { name, params }, permission) =>
      queueCommand(devices, insideTenant(principal), { deviceId, name, params }, { permission, via: 'nac' }),
    mayFullWipe: async (organizationId) =>
      (await database.withTenant(organizationId, readSettings, { readOnly: true })).nacFullWipe,
  });

  // ---------------------------------------------------------------- surfaces
  const admin = { ...administrators, cursorKey: kernel.keyFor('cursor'), version: product.version };
  const hosts = tls.hosts;
  const common = { log, trustedProxies: config.trustedProxies };
  const { console: consolePlace, nac: nacPlace, mail: mailPlace } = config.surfaces;
  const trustedProxies =
    config.trustedProxies.length === 0 ? undefined : createAddressList(config.trustedProxies);
  const certificates = { header: config.clientCertificateHeader, trustedProxies: config.trustedProxies };
  const aside = mailSurface(mailGateway, {
    from: mailPlace.from && createAddressList(mailPlace.from),
    proxies: trustedProxies,
    certificates: config.mailGatewayCertificates ? createCertificateReader(certificates) : undefined,
    log,
  });
  const publicServer = (more: Partial<HttpServerOptions> = {}) =>
    createHttpServer({
      ...common,
      hosts,
      ...more,
      anyHostAt: new Set([discoveryPath]),
      foreignTrees: [autodiscoverTree],
      tls: { context: tls.context },
      renderUnrouted: renderUnroutedIse,
    });
  const main = publicServer({
    ...(mailPlace.listen ? {} : { aside }),
    quick: [quickAppleAddress(apple, log)],
  });
  // Parts of the main listener that the operator has moved to one of their own (CRY-10).
  const own = {
    console: consolePlace.listen && publicServer(),
    nac: nacPlace.listen && publicServer(),
    mail:
      mailPlace.listen &&
      createHttpServer({
        ...common,
        aside,
        foreignTrees: [autodiscoverTree],
        ...(config.mailGatewayPlain && trustedProxies
          ? { onlyPeers: trustedProxies }
          : { tls: { context: tls.context, requestCertificate: config.mailGatewayCertificates } }),
      }),
  };
  for (const server of [main, ...Object.values(own)]) {
    if (server) registerHealth(server, { database, stopping: () => stopping });
  }
  const consoleFrom = consolePlace.from && createAddressList(consolePlace.from);
  registerAdminSurface(own.console ?? main, admin, { routes, from: consoleFrom });
  registerSetupSurface(own.console ?? main, administrators, consoleFrom);
  const pages = readWebBuild();
  if (own.console) registerWebSurface(own.console, { console: consoleFrom }, pages);
  registerWebSurface(main, own.console ? { my: undefined } : { console: consoleFrom, my: undefined }, pages);
  const nacFrom = nacPlace.from && createAddressList(nacPlace.from);
  registerIseSurface(own.nac ?? main, ise, nacFrom);
  registerNacSurface(own.nac ?? main, networkAccess.radius, nacFrom);
  registerEnrollmentSurface(main, agents);
  registerEnrollPage(main, {
    ...administrators,
    ...enrollment,
    mailStandingOf: createMailStandings(base),
    proveMailAccount: mailGateway.proveMailAccount,
    desiredState: readDesiredState,
    async reauthorize(organizationId, deviceId, { userId, requestId }) {
      const actor = {
        kind: 'user',
        id: userId ?? 'unknown',
        label: '',
        role: '',
        empoweredAt: null,
      } as const;
      await reauthorizeDevice(
        { ...base, ...networkAccess.routes },
        { ...actor, organizationId, requestId, permissions: new Set(['gates.manage'] as const) },
        deviceId,
      );
    },
  });
  registerPortalSurface(main, {
    ...administrators,
    ...devices,
    ...enrollment,
    findOrganizationByMailDomain,
    cursorKey: kernel.keyFor('portal-cursor'),
  });
  // For devices that sign their messages, because something on the way ends TLS; there are no certificates to ask for here.
  registerAppleSurface(main, apple);
  registerScepSurface(main, { scep, findOrganization, clock });
  registerRevocationLists(main, createRevocationLists({ ...base, directory: authorities }));
  registerSharedSignalsSurface(main, {
    ...signalDeps,
    signals,
    grantKey: kernel.keyFor('shared-signals-grant'),
  });
  for (const server of own.console ? [main, own.console] : [main])
    registerBrandingSurface(server, { database, clock, findOrganization: administrators.findOrganization });
  registerDiscoverySurface(main, {
    findOrganizationByMailDomain,
    publicUrl: config.publicUrl,
    clock,
  });

  for (const server of [main, own.mail])
    if (server) registerAutodiscoverSurface(server, { gateway: config.mailGatewayUrl, clock });

  const device = createHttpServer({
    ...common,
    hosts,
    tls: { context: tls.devices.context, requestCertificate: true },
    quick: [quickAppleAddress(apple, log, certificates)],
  });
  registerDeviceSurface(device, agents, certificates);
  registerAppleSurface(device, apple, certificates);

  const operations = createHttpServer({ log });
  registerOperations(operations, { database, notifications, metrics, stopping: () => stopping });

  const local = createHttpServer({ log });
  registerAdminSurface(local, admin, {
    routes,
    localCaller: (request: FastifyRequest) =>
      localCaller(directory.run, header(request, 'gatehouse-caller'), clock.now()),
  });

  const listeners = Object.entries({ main, device, local, ...own }).filter(
    (entry): entry is [string, FastifyInstance] => entry[1] !== undefined,
  );
  for (const [name, server] of listeners) {
    metrics.observe(server, name);
    await server.ready();
    const isPlain = server === local || (server === own.mail && config.mailGatewayPlain);
    if (!isPlain) (server === device ? tls.devices : tls).follow(server.server as never);
  }

  // ---------------------------------------------------------------- what runs by itself
  const running = startWorker({
    database,
    log,
    definitions: {
      ...auditJobs(base),
      ...complianceJobs(devices),
      ...commandJobs(devices),
      ...approvalJobs(approvals),
      ...remediationJobs(remediation),
      ...playbookJobs(devices),
      ...alertJobs(addresses),
      ...enrollmentJobs(enrollment),
      ...mailJobs({ ...devices, ...addresses }),
      ...portalJobs(addresses),
      ...appleJobs(),
      ...desiredStateJobs(desiredState),
      ...networkAccess.jobs,
      ...signals.jobs,
    },
  });
  worker.wake = running.wake;
  const scheduler = startScheduler(
    [
      repeat('seal-audit', 1_000, () => sealAudit(base)),
      ...complianceTasks.map((task) => repeat(task.name, task.everyMs, () => task.run(devices))),
      repeat('apple-inventory', 30_000, () => runDueInventory(devices)),
      ...desiredStateTasks.map((task) => repeat(task.name, task.everyMs, () => task.run(desiredState))),
      ...commandTasks.map((task) => repeat(task.name, task.everyMs, () => task.run(devices))),
      ...approvalTasks.map((task) => repeat(task.name, task.everyMs, () => task.run(approvals))),
      ...overviewTasks.map((task) => repeat(task.name, task.everyMs, () => task.run(devices))),
      ...playbookTasks.map((task) => repeat(task.name, task.everyMs, () => task.run(devices))),
      ...textTasks.map((task) => repeat(task.name, task.everyMs, () => task.run(base))),
      ...alertTasks.map((task) => repeat(task.name, task.everyMs, () => task.run(base))),
      ...enrollmentTasks.map((task) => repeat(task.name, task.everyMs, () => task.run(base))),
      ...portalTasks.map((task) => repeat(task.name, task.everyMs, () => task.run(base))),
      ...mailTasks.map((task) => repeat(task.name, task.everyMs, () => task.run(base))),
      ...appleEnrollmentTasks.map((task) => repeat(task.name, task.everyMs, () => task.run(devices))),
      ...appleTasks.map((task) => repeat(task.name, task.everyMs, () => task.run(devices))),
      repeat('purge-events', 3_600_000, () => purgeOldEvents(database)),
      repeat('purge-scep-challenges', 3_600_000, () => purgeOldChallenges(base)),
      ...networkAccess.tasks.map((task) => repeat(task.name, task.everyMs, () => task.run())),
      ...webhooks.tasks.map((task) => repeat(task.name, task.everyMs, () => task.run())),
      ...mailProber.tasks.map((task) => repeat(task.name, task.everyMs, () => task.run())),
      ...signals.tasks.map((task) => repeat(task.name, task.everyMs, () => task.run())),
      ...applePush.tasks.map((task) => repeat(task.name, task.everyMs, () => task.run())),
      ...adminTasks.map((task) => repeat(task.name, task.everyMs, () => task.run(base))),
    ],
    log,
  );

  return {
    main,
    device,
    operations,
    local,
    ...own,
    runTask: (name) => scheduler.runNow(name),
    async close() {
      stopping = true;
      agents.close();
      await Promise.all(listeners.map(([, server]) => server.close()));
      await scheduler.stop();
      await running.stop();
      await applePush.close();
      await networkAccess.close();
      await mailGateway.close();
      await webhooks.close();
      await mailProber.close();
      await signals.close();
      await outbound.close();
      mail?.close();
      await refusals.close();
      await operations.close();
    },
  };
}

function repeat(name: string, everyMilliseconds: number, run: () => Promise<unknown>) {
  return { name, everyMilliseconds, run: async () => void (await run()) };
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function insideTenant(principal: Principal): TenantPrincipal {
  if (principal.organizationId === null)
    throw new DomainError('forbidden', 'This needs an organization to act in');
  return { ...principal, organizationId: principal.organizationId };
}
