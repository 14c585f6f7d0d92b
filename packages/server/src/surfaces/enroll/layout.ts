// The frame around every page: one document, nothing loaded but a logo, one style and one script that the page's policy names.
import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import type { PublicBranding } from '@gatehouse/contracts/admin/branding.ts';
import { accentPattern, accentShades } from '@gatehouse/core/branding/accent.ts';
import { languageFor } from '@gatehouse/core/languages.ts';
import type { FastifyReply } from 'fastify';
import { Html, html } from './html.ts';
import type { Speech } from './texts/index.ts';

const part = (name: string) => new Html(readFileSync(new URL(name, import.meta.url), 'utf8').trimEnd());
const style = part('./page.css');
const script = part('./page.js');

/** What every page is drawn from. */
export interface Scene {
  readonly speech: Speech;
  readonly organization: {
    readonly organizationId: string;
    readonly slug: string;
    readonly name: string;
    readonly look?: Omit<PublicBranding, 'name'>;
  };
  /** What forms carry. */
  readonly token: string;
  readonly publicUrl: URL;
  readonly userAgent: string | undefined;
}

export interface PageContent {
  readonly title: string;
  readonly body: Html;
  /** Which of the steps this is, for the bar at the top. */
  readonly step?: number;
  /** What went wrong with what was just sent. */
  readonly problem?: string | undefined;
  /** The page asks for news and goes on by itself. */
  readonly waits?: string;
}

export const steps = 5;

export function address({ organization }: Scene, path = ''): string {
  return `/enroll/${organization.slug}${path}`;
}

/** A form of this page. */
export function form(scene: Scene, path: string, content: Html): Html {
  return html`<form method="post" action="${address(scene, path)}" class="card" novalidate>
<input type="hidden" name="form" value="${scene.token}">
${content}
</form>`;
}

export function sendPage(reply: FastifyReply, scene: Scene, page: PageContent, status = 200): FastifyReply {
  const nonce = randomBytes(18).toString('base64url');
  const { speech, organization } = scene;
  const about = { organization: organization.name };
  const { logo, texts } = organization.look ?? {};
  const words =
    (page.step ?? 1) === 1 ? (texts?.[languageFor(speech.tag)] ?? texts?.en)?.enrolment : undefined;
  const document = html`<!doctype html>
<html lang="${speech.tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${speech.say('titleOf', { ...about, page: page.title })}</title>
<style nonce="${nonce}">${style}${ownColours(organization.look?.accent)}</style>
${page.waits !== undefined && html`<noscript><meta http-equiv="refresh" content="10; url=${address(scene)}"></noscript>`}
</head>
<body${page.waits === undefined ? '' : html` data-waits="${page.waits}" data-status="${address(scene, '/status')}"`}>
<header>
${logo !== undefined && html`<p><img class="logo" src="${logo.href}" width="${logo.width}" height="${logo.height}" alt=""></p>`}
<p class="quiet">${speech.say('organization', about)}</p>
${words !== undefined && html`<p class="words">${words}</p>`}
${page.step !== undefined && bar(speech, page.step)}
</header>
<main>
<h1>${page.title}</h1>
${page.problem !== undefined && html`<div role="alert" class="problem"><strong>${speech.say('problem')}</strong> <span id="problem">${page.problem}</span></div>`}
${page.body}
</main>
<script nonce="${nonce}">${script}</script>
</body>
</html>
`;
  return reply
    .code(status)
    .headers({ 'content-security-policy': contentPolicy(nonce, logo !== undefined), ...isolation })
    .type('text/html; charset=utf-8')
    .send(document.markup);
}

/** The accent is six digits; its shades for both themes are derived, and stand out from their grounds. */
function ownColours(accent: string | undefined): Html {
  if (accent === undefined || !accentPattern.test(accent)) return new Html('');
  const { light, dark } = accentShades(accent);
  return new Html(
    `:root{--accent:light-dark(${light.accent},${dark.accent});--on-accent:light-dark(${light.on},${dark.on})}`,
  );
}

function bar(speech: Speech, step: number): Html {
  const label = speech.say('stepOf', { step, steps });
  const marks = Array.from({ length: steps }, (_each, index) =>
    index < step ? html`<li class="past"></li>` : html`<li></li>`,
  );
  return html`<p class="step">${label}</p><ol class="bar" aria-hidden="true">${marks}</ol>`;
}

const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
} as const;

/** Nothing is loaded but the organization's logo, nothing runs but our one script, nothing is sent but to ourselves: it works behind a captive portal. */
function contentPolicy(nonce: string, withLogo: boolean): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    ...(withLogo ? ["img-src 'self'"] : []),
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}
