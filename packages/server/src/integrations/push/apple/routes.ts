import {
  PushCertificateUpload,
  PushRequest,
  PushRequestAnswer,
  PushStatus,
  SignedPushRequest,
} from '@gatehouse/contracts/admin/push.ts';
import { type AdminRoute, defineRoute } from '../../../kernel/http/route.ts';
import type { PushDeps } from './push-deps.ts';
import { acceptSignedRequest, requestPushCertificate } from './request-certificate.ts';
import { showPushCertificate } from './show-certificate.ts';
import { uploadPushCertificate } from './upload-certificate.ts';

const tag = 'push';

export const applePushRoutes = (deps: PushDeps): AdminRoute[] => [
  defineRoute({
    method: 'GET',
    path: '/apple/push-certificate',
    operation: 'getApplePushCertificate',
    tag,
    summary: 'Show the push certificate, its end, and what keeps pushes from working',
    access: { permission: 'push.read' },
    response: { 200: PushStatus },
    handle: ({ principal }) => showPushCertificate(deps, principal),
  }),
  defineRoute({
    method: 'POST',
    path: '/apple/push-certificate/request',
    operation: 'requestApplePushCertificate',
    tag,
    summary: 'Make a key and a certificate request, or show the one that waits',
    access: { permission: 'push.manage' },
    body: PushRequest,
    example: {},
    response: { 200: PushRequestAnswer },
    handle: ({ principal, body }) => requestPushCertificate(deps, principal, body),
  }),
  defineRoute({
    method: 'PUT',
    path: '/apple/push-certificate/request/signed',
    operation: 'acceptSignedApplePushRequest',
    tag,
    summary: 'Keep the request as a vendor has signed it, for the upload to Apple',
    access: { permission: 'push.manage' },
    body: SignedPushRequest,
    example: { signed: 'AAAA' },
    response: { 204: null },
    handle: ({ principal, body }) => acceptSignedRequest(deps, principal, body),
  }),
  defineRoute({
    method: 'PUT',
    path: '/apple/push-certificate',
    operation: 'uploadApplePushCertificate',
    tag,
    summary: 'Take a push certificate into use',
    access: { permission: 'push.manage' },
    body: PushCertificateUpload,
    example: { certificate: '-----BEGIN CERTIFICATE-----' },
    response: { 204: null },
    handle: ({ principal, body }) => uploadPushCertificate(deps, principal, body),
  }),
];
