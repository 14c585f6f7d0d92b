// What the organization sees and does, before anything is installed: always, sometimes, never.
import { type Html, html } from '../html.ts';
import type { Scene } from '../layout.ts';
import type { TextKey } from '../texts/index.ts';

export function whatWeSee({ speech: { say }, organization }: Scene): Html {
  const about = { organization: organization.name };
  const column = (title: TextKey, text: TextKey) =>
    html`<div><dt>${say(title, about)}</dt><dd>${say(text, about)}</dd></div>`;
  return html`<section class="card"><h2>${say('seeTitle', about)}</h2><dl class="columns">
${column('seeAlways', 'seeAlwaysText')}
${column('seeSometimes', 'seeSometimesText')}
${column('seeNever', 'seeNeverText')}</dl></section>`;
}
