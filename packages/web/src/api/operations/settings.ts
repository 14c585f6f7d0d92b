/** The organization and who works in it: settings, looks, legal documents, administrators, roles, tokens, the budget of wipes. */
import type { AlertMailChange, AlertMails } from '@gatehouse/contracts/admin/alerts.ts';
import type {
  Administrator,
  AdministratorChanges,
  CreatedAdministrator,
  NewAdministrator,
  SetupLink,
} from '@gatehouse/contracts/admin/administrators.ts';
import type { Approval, Budget } from '@gatehouse/contracts/admin/approvals.ts';
import type { Branding, BrandingChanges } from '@gatehouse/contracts/admin/branding.ts';
import type {
  Organization,
  OrganizationChanges,
  OrganizationSettings,
} from '@gatehouse/contracts/admin/organizations.ts';
import type { NewRole, Role, RoleChanges } from '@gatehouse/contracts/admin/roles.ts';
import type { NewTerms, Terms, TermsAcceptance, TermsChanges } from '@gatehouse/contracts/admin/terms.ts';
import type { ApiToken, CreatedApiToken, NewApiToken } from '@gatehouse/contracts/admin/tokens.ts';
import { operation } from '../call.ts';
import type { PageOf, Paging } from './shapes.ts';

export const readOrganization = operation<{ answer: Organization }>()(
  'readOrganization',
  'GET',
  '/organization',
);
export const renameOrganization = operation<{ body: OrganizationChanges; answer: Organization }>()(
  'renameOrganization',
  'PATCH',
  '/organization',
);
export const readSettings = operation<{ answer: OrganizationSettings }>()(
  'readOrganizationSettings',
  'GET',
  '/organization/settings',
);
export const updateSettings = operation<{ body: OrganizationSettings; answer: OrganizationSettings }>()(
  'updateOrganizationSettings',
  'PATCH',
  '/organization/settings',
);

export const readBranding = operation<{ answer: Branding }>()(
  'readBranding',
  'GET',
  '/organization/branding',
);
export const updateBranding = operation<{ body: BrandingChanges; answer: Branding }>()(
  'updateBranding',
  'PATCH',
  '/organization/branding',
);
export const uploadLogo = operation<{ body: Blob; answer: Branding }>()(
  'uploadLogo',
  'PUT',
  '/organization/branding/logo',
);
export const removeLogo = operation<{ answer: Branding }>()(
  'removeLogo',
  'DELETE',
  '/organization/branding/logo',
);

export const listTerms = operation<{ query: Paging; answer: PageOf<Terms> }>()('listTerms', 'GET', '/terms');
export const createTerms = operation<{ body: NewTerms; answer: Terms }>()('createTerms', 'POST', '/terms');
export const readTerms = operation<{ answer: Terms }>()('readTerms', 'GET', '/terms/:termsId');
export const changeTerms = operation<{ body: TermsChanges; answer: Terms }>()(
  'changeTerms',
  'PATCH',
  '/terms/:termsId',
);
export const publishTerms = operation<{ answer: Terms }>()('publishTerms', 'POST', '/terms/:termsId/publish');
export const withdrawTerms = operation<{ answer: Terms }>()(
  'withdrawTerms',
  'POST',
  '/terms/:termsId/withdraw',
);
export const deleteTerms = operation()('deleteTerms', 'DELETE', '/terms/:termsId');
export const listAcceptances = operation<{ query: Paging; answer: PageOf<TermsAcceptance> }>()(
  'listTermsAcceptances',
  'GET',
  '/terms-acceptances',
);

export const listAdministrators = operation<{ query: Paging; answer: PageOf<Administrator> }>()(
  'listAdministrators',
  'GET',
  '/administrators',
);
export const createAdministrator = operation<{ body: NewAdministrator; answer: CreatedAdministrator }>()(
  'createAdministrator',
  'POST',
  '/administrators',
);
export const updateAdministrator = operation<{ body: AdministratorChanges; answer: Administrator }>()(
  'updateAdministrator',
  'PATCH',
  '/administrators/:administratorId',
);
export const deleteAdministrator = operation()(
  'deleteAdministrator',
  'DELETE',
  '/administrators/:administratorId',
);
export const renewSetupLink = operation<{ answer: SetupLink }>()(
  'renewSetupLink',
  'POST',
  '/administrators/:administratorId/setup-link',
);
export const resetSecondFactor = operation()(
  'resetSecondFactor',
  'DELETE',
  '/administrators/:administratorId/second-factor',
);
export const endSessionsOf = operation()(
  'endSessionsOfAdministrator',
  'DELETE',
  '/administrators/:administratorId/sessions',
);

export const listRoles = operation<{ query: Paging; answer: PageOf<Role> }>()('listRoles', 'GET', '/roles');
export const createRole = operation<{ body: NewRole; answer: Role }>()('createRole', 'POST', '/roles');
export const readRole = operation<{ answer: Role }>()('readRole', 'GET', '/roles/:roleId');
export const updateRole = operation<{ body: RoleChanges; answer: Role }>()(
  'updateRole',
  'PATCH',
  '/roles/:roleId',
);
export const deleteRole = operation()('deleteRole', 'DELETE', '/roles/:roleId');

export const listTokens = operation<{ query: Paging; answer: PageOf<ApiToken> }>()(
  'listTokens',
  'GET',
  '/tokens',
);
export const createToken = operation<{ body: NewApiToken; answer: CreatedApiToken }>()(
  'createToken',
  'POST',
  '/tokens',
);
export const revokeToken = operation()('revokeToken', 'DELETE', '/tokens/:tokenId');

export const readBudget = operation<{ answer: Budget }>()(
  'getDestructiveBudget',
  'GET',
  '/destructive-budget',
);
export const askForBudget = operation<{
  body: Partial<Budget['settings']> & { readonly reason: string };
  answer: Approval;
}>()('askForDestructiveBudget', 'POST', '/destructive-budget/changes');

export const listAlertMails = operation<{ answer: AlertMails }>()('listAlertMails', 'GET', '/me/alert-mails');
export const chooseAlertMail = operation<{ body: AlertMailChange; answer: AlertMails }>()(
  'chooseAlertMail',
  'PATCH',
  '/me/alert-mails',
);
