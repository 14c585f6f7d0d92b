import { ApplePayload, ApplePayloads } from '@gatehouse/contracts/admin/policy-catalogue.ts';
import { Type } from 'typebox';
import { type AdminRoute, defineRoute } from '../../../kernel/http/route.ts';
import { describePayload, describePayloads } from './describe-payloads.ts';

const tag = 'resources';
const read = { permission: 'resources.read' } as const;

export const appleCatalogueRoutes = (): AdminRoute[] => [
  defineRoute({
    method: 'GET',
    path: '/apple-payloads',
    operation: 'listApplePayloads',
    tag,
    summary: 'List the payloads and configurations of Apple’s schema with the paths of their keys',
    access: read,
    response: { 200: ApplePayloads },
    handle: ({ principal }) => describePayloads(principal),
  }),
  defineRoute({
    method: 'GET',
    path: '/apple-payload',
    operation: 'getApplePayload',
    tag,
    summary: 'Show the keys of one payload or configuration of Apple’s schema',
    description: 'Types, limits, defaults, and where each may be used, as Apple has published it.',
    access: read,
    query: {
      type: Type.String({ maxLength: 200, default: 'com.apple.wifi.managed' }),
    },
    response: { 200: ApplePayload },
    handle: ({ principal, query }) => describePayload(principal, query.type),
  }),
];
