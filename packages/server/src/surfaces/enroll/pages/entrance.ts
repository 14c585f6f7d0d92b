// The first page: a one-time password, or a password of one's own; for computers, the command; for desks, a QR code.
import { enrollmentUrl } from '@gatehouse/protocols/agent-enrollment/index.ts';
import { toString as drawQr } from 'qrcode';
import { deviceWord, isDesk } from '../device-words.ts';
import { Html, html } from '../html.ts';
import { address, form, type PageContent, type Scene } from '../layout.ts';
import { whatWeSee } from './what-we-see.ts';

export interface EntranceState {
  readonly problem?: string | undefined;
  /** Which door the problem is at. */
  readonly at?: 'code' | 'sign-in' | 'mail';
  /** What was typed as a name, to be shown again; passwords and codes never are. */
  readonly name?: string;
  /** Whether people may come in with their mail account. */
  readonly mail: boolean;
}

export async function entrance(scene: Scene, state: EntranceState): Promise<PageContent> {
  const { speech, organization, publicUrl, userAgent } = scene;
  const { say } = speech;
  const about = { organization: organization.name };
  const wrong = (at: EntranceState['at']) =>
    state.at === at && html` aria-invalid="true" aria-describedby="problem"`;
  const nameAt = (at: EntranceState['at']) => (state.at === at ? (state.name ?? '') : '');
  const page = new URL(address(scene), publicUrl).href;
  const qr = await qrOf(page);
  const word = deviceWord(userAgent);
  const body = html`
<p>${say('welcome', about)}</p>
${word !== 'device.other' && html`<p class="quiet">${say('looksLike', { device: say(word) })}</p>`}
${form(
  scene,
  '/code',
  html`<h2 id="with-code">${say('havePassword')}</h2>
<label for="code">${say('oneTimePassword')}</label>
<input id="code" name="code" class="code" required maxlength="80" autocomplete="one-time-code" autocapitalize="characters"
 spellcheck="false" data-from-address="enter-code"${wrong('code')}>
<p class="hint">${say('oneTimePasswordHint')}</p>
<button type="submit" id="enter-code">${say('continue')}</button>`,
)}
${form(
  scene,
  '/sign-in',
  html`<h2 id="with-password">${say('haveAccount')}</h2>
<label for="name">${say('name')}</label>
<input id="name" name="name" required maxlength="254" autocomplete="username" autocapitalize="none" spellcheck="false"
 value="${nameAt('sign-in')}"${wrong('sign-in')}>
<label for="password">${say('password')}</label>
<input id="password" name="password" type="password" required maxlength="256" autocomplete="current-password"${wrong('sign-in')}>
<button type="submit" class="second">${say('signIn')}</button>`,
)}
${
  state.mail &&
  form(
    scene,
    '/mail',
    html`<h2 id="with-mail">${say('haveMail')}</h2>
<label for="mail-name">${say('mailName')}</label>
<input id="mail-name" name="name" required maxlength="254" autocomplete="username" autocapitalize="none" spellcheck="false"
 inputmode="email" value="${nameAt('mail')}"${wrong('mail')}>
<p class="hint">${say('mailNameHint')}</p>
<label for="mail-password">${say('mailPassword')}</label>
<input id="mail-password" name="password" type="password" required maxlength="256" autocomplete="current-password"${wrong('mail')}>
<p class="hint">${say('mailPasswordHint')}</p>
<button type="submit" class="second">${say('signIn')}</button>`,
  )
}
<p class="quiet">${say('noneOfThese', about)}</p>
<section class="card"><h2>${say('getTitle')}</h2><p>${say('getText', about)}</p></section>
${whatWeSee(scene)}
<details><summary>${say('differTitle')}</summary><ul>${say('differ')
    .split('|')
    .map((line) => html`<li>${line}</li>`)}</ul></details>
<details${isDesk(userAgent) && html` open`}><summary>${say('otherDevice')}</summary>
<p>${say('otherDeviceHint', { url: page })}</p>
<div class="qr" role="img" aria-label="${say('qrOf')}">${qr}</div>
</details>
<details><summary>${say('agentTitle')}</summary>
<p>${say('agentShort')}</p>
${command(scene)}
</details>`;
  return { title: say('title'), body, step: 1, problem: state.problem };
}

/** One per organization, drawn once: strangers ask for this page as often as they like. */
const drawn = new Map<string, Promise<Html>>();

function qrOf(page: string): Promise<Html> {
  const known = drawn.get(page);
  if (known) return known;
  const qr = drawQr(page, { type: 'svg', margin: 2 }).then(
    (svg) => new Html(svg.replace('<svg ', '<svg aria-hidden="true" focusable="false" ')),
  );
  if (drawn.size > 1_000) drawn.clear();
  drawn.set(page, qr);
  return qr;
}

/** What to type on a computer. */
export function command({ publicUrl, organization }: Scene): Html {
  return html`<pre tabindex="0">gatehouse agent enroll --url ${enrollmentUrl(publicUrl.href, organization.slug)}</pre>`;
}
