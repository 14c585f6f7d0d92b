/** What stands around the server: Apple's push service, webhooks, our own addresses. */
import type { PushCertificateUpload, PushStatus } from '@gatehouse/contracts/admin/push.ts';
import type { Preflight } from '@gatehouse/contracts/admin/system.ts';
import type { NewWebhook, Webhook, WebhookChange } from '@gatehouse/contracts/admin/webhooks.ts';
import { operation } from '../call.ts';
import type { PageOf, Paging } from './shapes.ts';

export const runPreflight = operation<{ answer: Preflight }>()('runPreflight', 'POST', '/preflight');

export const getApplePushCertificate = operation<{ answer: PushStatus }>()(
  'getApplePushCertificate',
  'GET',
  '/apple/push-certificate',
);
export const requestApplePushCertificate = operation<{
  body: { readonly anew?: boolean };
  answer: { readonly csr: string };
}>()('requestApplePushCertificate', 'POST', '/apple/push-certificate/request');
export const acceptSignedApplePushRequest = operation<{
  body: { readonly signed: string };
  answer: PushStatus;
}>()('acceptSignedApplePushRequest', 'PUT', '/apple/push-certificate/request/signed');
export const uploadApplePushCertificate = operation<{ body: PushCertificateUpload; answer: PushStatus }>()(
  'uploadApplePushCertificate',
  'PUT',
  '/apple/push-certificate',
);

export const listWebhooks = operation<{ query: Paging; answer: PageOf<Webhook> }>()(
  'listWebhooks',
  'GET',
  '/webhooks',
);
export const createWebhook = operation<{ body: NewWebhook; answer: Webhook & { readonly secret: string } }>()(
  'createWebhook',
  'POST',
  '/webhooks',
);
export const updateWebhook = operation<{ body: WebhookChange; answer: Webhook }>()(
  'updateWebhook',
  'PATCH',
  '/webhooks/:webhookId',
);
export const deleteWebhook = operation()('deleteWebhook', 'DELETE', '/webhooks/:webhookId');
export const pingWebhook = operation<{ answer: { readonly deliveryId: string } }>()(
  'pingWebhook',
  'POST',
  '/webhooks/:webhookId/ping',
);
