// Webhooks: what happens in an organization, sent to the addresses that it names.
export { openWebhooks } from './send-webhooks.ts';
