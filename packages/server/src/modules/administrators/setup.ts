// Setting up an account with a one-time link: choose a password, enrol a second factor. The same link mends a forgotten
// password, and then still asks for the factor that the account has (ADM-11).
import type { SetupCompletion, SetupOffer } from '@gatehouse/contracts/admin/session.ts';
import { create as createQr } from 'qrcode';
import { DomainError } from '@gatehouse/core/errors.ts';
import { drawnQr } from '@gatehouse/core/qr-drawing.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { announce } from '../../kernel/notifications.ts';
import { recordAudit } from '../audit/index.ts';
import { readOrganizationName, readSettings } from '../organizations/index.ts';
import { type CredentialToken, hashSecret, parseCredential, sameHash } from './credential-token.ts';
import type { AdministratorDeps } from './deps.ts';
import { passwordLength, requireGoodPassword } from './password-rules.ts';
import { isServiceAccount, permissionsOf } from './principal.ts';
import {
  type AdministratorRow,
  lockAdministrator,
  lockSetupLink,
  markEmpowered,
  markSetupLinkUsed,
  setPasswordHash,
  setPendingFactor,
  setSecondFactor,
  useFactorStep,
} from './queries.ts';
import { newTotpSecret, totpUri, verifyTotp } from './second-factor.ts';
import { deleteSessions } from './session-queries.ts';
import { codeLimits, refundLimits, spendLimits } from './throttle.ts';

type SecondFactorNeed = SetupOffer['secondFactor'];

interface OpenLink {
  readonly account: AdministratorRow;
  readonly need: SecondFactorNeed;
}

/** What the page has to ask for. A new factor's secret is made here and counts once a code of it was entered. */
export async function beginSetup(deps: AdministratorDeps, token: string): Promise<SetupOffer> {
  const { organizationId, credential } = await locate(deps, token);
  return deps.database.withTenant(organizationId, async (tx) => {
    const { account, need } = await openLink(deps, tx, credential);
    const organization = await readOrganizationName(tx);
    const offer = {
      organization,
      email: account.email,
      minimumLength:
        need === 'new' || need === 'existing'
          ? passwordLength.minimumWithSecondFactor
          : passwordLength.minimum,
      secondFactor: need,
    };
    if (need !== 'new' && need !== 'optional') return offer;
    const secret = newTotpSecret();
    const id = account.administrator_id;
    await setPendingFactor(
      tx,
      id,
      await deps.sealer.seal(tx, 'administrators.totp_pending', id, Buffer.from(secret)),
    );
    const uri = totpUri(secret, organization.name, account.email);
    return { ...offer, secret, uri, qr: drawnQr(createQr(uri, { errorCorrectionLevel: 'M' }).modules) };
  });
}

export async function completeSetup(
  deps: AdministratorDeps,
  input: SetupCompletion,
  request: { readonly id: string; readonly address: string },
): Promise<void> {
  const { organizationId, credential } = await locate(deps, input.token);
  // Looked at before the expensive part, and again after it: a used link costs no derivation.
  const { account, need } = await deps.database.withTenant(organizationId, async (tx) => {
    const open = await openLink(deps, tx, credential);
    const { slug, name } = await readOrganizationName(tx);
    requireGoodPassword(input.password, {
      secondFactor: open.need === 'new' || open.need === 'existing',
      words: [slug, name, open.account.email, open.account.display_name],
    });
    return open;
  });
  if (need === 'new' || need === 'existing') requireCode(input.code);
  const id = account.administrator_id;
  const limits = codeLimits(id, 'setup');
  if (input.code !== undefined) {
    await deps.database.withTenant(organizationId, (tx) => spendLimits(tx, limits, deps.clock.now()));
  }
  const hash = await deps.passwords.hash(input.password);
  await deps.database.withTenant(organizationId, async (tx) => {
    const open = await openLink(deps, tx, credential);
    const factor = await settleFactor(deps, tx, open, input.code);
    if (input.code !== undefined) await refundLimits(tx, limits);
    if (!(await markSetupLinkUsed(tx, credential.id, new Date(deps.clock.now())))) throw noLink();
    await setPasswordHash(tx, id, hash);
    // Whoever made the link may have kept it: an account that is set up anew destroys and approves nothing for a while.
    await markEmpowered(tx, id, new Date(deps.clock.now()));
    await deleteSessions(tx, id);
    announce(tx, deps.notifications, 'credential-changed', { organizationId, id });
    await recordAudit(tx, {
      actor: { kind: 'administrator', id, requestId: request.id },
      via: 'setup',
      action: 'administrators.set-up',
      target: { kind: 'administrator', id },
      outcome: 'done',
      show: { password: 'changed', secondFactor: factor },
      personal: { address: request.address },
    });
  });
}

async function settleFactor(
  deps: AdministratorDeps,
  tx: TenantTx,
  { account, need }: OpenLink,
  given: string | undefined,
): Promise<'unchanged' | 'enrolled' | 'none'> {
  const id = account.administrator_id;
  if (need === 'none' || (need === 'optional' && given === undefined)) return 'none';
  const code = requireCode(given);
  const now = deps.clock.now();
  if (need === 'existing') {
    const secret = await deps.sealer.open(
      tx,
      'administrators.totp_secret',
      id,
      account.totp_secret ?? Buffer.alloc(0),
    );
    const step = verifyTotp(secret.toString(), code, now, account.totp_last_step);
    if (step === undefined || !(await useFactorStep(tx, id, step))) throw wrongCode();
    return 'unchanged';
  }
  if (account.totp_pending === null) throw wrongCode();
  const secret = await deps.sealer.open(tx, 'administrators.totp_pending', id, account.totp_pending);
  const step = verifyTotp(secret.toString(), code, now, null);
  if (step === undefined) throw wrongCode();
  await setSecondFactor(tx, id, await deps.sealer.seal(tx, 'administrators.totp_secret', id, secret), step);
  return 'enrolled';
}

async function locate(
  deps: AdministratorDeps,
  token: string,
): Promise<{ organizationId: string; credential: CredentialToken }> {
  const credential = parseCredential(token, 'inv');
  const organizationId = credential && (await deps.locateCredential(credential));
  if (!organizationId) throw noLink();
  return { organizationId, credential };
}

/** Locks link and account. */
async function openLink(
  deps: AdministratorDeps,
  tx: TenantTx,
  credential: CredentialToken,
): Promise<OpenLink> {
  const link = await lockSetupLink(tx, credential.id);
  if (!link || !sameHash(link.secret_hash, hashSecret(credential.secret))) throw noLink();
  if (link.used_at || link.expires_at.getTime() <= deps.clock.now()) throw noLink();
  const account = await lockAdministrator(tx, link.administrator_id);
  if (!account || account.state === 'disabled') throw noLink();
  return { account, need: await factorNeed(tx, account) };
}

async function factorNeed(tx: TenantTx, account: AdministratorRow): Promise<SecondFactorNeed> {
  if (account.totp_secret !== null) return 'existing';
  // The link mends a password; the passkeys stay what they are, and nothing is enrolled beside them without one (ADM-11).
  if (account.passkeys > 0) return 'none';
  if (isServiceAccount(permissionsOf(account.role, account.role_permissions))) return 'none';
  return (await readSettings(tx)).secondFactorRequired ? 'new' : 'optional';
}

/** One text for a link that was used, ran out, was replaced or never existed. */
function noLink(): DomainError {
  return new DomainError('gone', 'This link is no longer valid; ask an administrator for a new one', {
    reason: 'setup-link-invalid',
  });
}

function wrongCode(): DomainError {
  return new DomainError('invalid-input', 'The code is wrong or was used before', { reason: 'wrong-code' });
}

function requireCode(code: string | undefined): string {
  if (code !== undefined) return code;
  throw new DomainError('invalid-input', 'Enter the code of your authenticator application as well', {
    reason: 'second-factor-required',
  });
}
