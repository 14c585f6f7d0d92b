// A user chooses a password, behind a one-time link.
import { userPasswordLength } from '../../../modules/users/index.ts';
import { html } from '../html.ts';
import { address, form, type PageContent, type Scene } from '../layout.ts';

export function passwordPage(scene: Scene, problem?: string): PageContent {
  const { say } = scene.speech;
  const wrong = problem !== undefined && html` aria-invalid="true" aria-describedby="problem"`;
  const body = html`<p>${say('passwordIntro')}</p>
${form(
  scene,
  '/password',
  html`<label for="token">${say('linkCode')}</label>
<input id="token" name="token" required maxlength="120" autocomplete="off" autocapitalize="none" spellcheck="false" data-from-address="new-password">
<p class="hint">${say('linkCodeHint')}</p>
<label for="new-password">${say('newPassword')}</label>
<input id="new-password" name="password" type="password" required maxlength="256" autocomplete="new-password" aria-describedby="rule"${wrong}>
<p class="hint" id="rule">${say('newPasswordRule', { length: userPasswordLength })}</p>
<label for="repeat">${say('repeatPassword')}</label>
<input id="repeat" name="repeat" type="password" required maxlength="256" autocomplete="new-password">
<button type="submit">${say('setPassword')}</button>`,
)}`;
  return { title: say('passwordTitle'), body, problem };
}

export function passwordSetPage(scene: Scene): PageContent {
  const { say } = scene.speech;
  const body = html`<p class="done" role="status">✓ ${say('passwordSet')}</p>
<p><a class="button" href="${address(scene)}">${say('title')}</a></p>
<p><a href="/my/?organization=${scene.organization.slug}">${say('portalLink')}</a></p>`;
  return { title: say('passwordSetTitle'), body };
}
