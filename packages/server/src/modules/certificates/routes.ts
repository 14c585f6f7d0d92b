import {
  AuthorityList,
  Certificate,
  certificateFilter,
  Revocation,
  Serial,
} from '@gatehouse/contracts/admin/certificates.ts';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import { getCertificate, listAuthorities, listCertificates, type ListingDeps } from './list-certificates.ts';
import { revokeCertificate } from './revoke-certificate.ts';

export const certificateRoutes = (
  deps: ListingDeps & Parameters<typeof revokeCertificate>[0],
): AdminRoute[] => [
  listRoute({
    path: '/certificates',
    operation: 'listCertificates',
    tag: 'certificates',
    summary: 'List the certificates of devices, newest first',
    access: { permission: 'certificates.read' },
    query: certificateFilter,
    item: Certificate,
    handle: ({ principal, query, page }) => listCertificates(deps, principal, query, page),
  }),
  defineRoute({
    method: 'GET',
    path: '/certificates/:serial',
    operation: 'getCertificate',
    tag: 'certificates',
    summary: 'Show a certificate',
    access: { permission: 'certificates.read' },
    params: { serial: Serial },
    response: { 200: Certificate },
    handle: ({ principal, params }) => getCertificate(deps, principal, params.serial),
  }),
  defineRoute({
    method: 'POST',
    path: '/certificates/:serial/revoke',
    operation: 'revokeCertificate',
    tag: 'certificates',
    summary: 'Revoke a certificate: it is refused from its next use on',
    description:
      'A device that has no other valid certificate is barred: its gates shut at once, until it enrols again or an administrator lets it in.',
    access: { permission: 'certificates.revoke' },
    params: { serial: Serial },
    body: Revocation,
    example: { reason: 'key-compromise' },
    response: { 204: null },
    handle: ({ principal, params, body }) => revokeCertificate(deps, principal, params.serial, body.reason),
  }),
  defineRoute({
    method: 'GET',
    path: '/certificate-authorities',
    operation: 'listCertificateAuthorities',
    tag: 'certificates',
    summary: 'Show the authorities that issue to devices, for the trust stores of networks and gateways',
    access: { permission: 'certificates.read' },
    response: { 200: AuthorityList },
    handle: async ({ principal }) => ({ items: await listAuthorities(deps, principal) }),
  }),
];
