// What somebody who came in decides: which device it is, and whether they agree to the terms.
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { Visit } from '../../../modules/enrollment/index.ts';
import { deviceWord } from '../device-words.ts';
import { html } from '../html.ts';
import { form, type PageContent, type Scene } from '../layout.ts';
import { prose } from '../prose.ts';

/** @param offered platforms that come in by a profile. */
export function chooseDevicePage(
  scene: Scene,
  visit: Visit,
  offered: readonly Platform[],
  problem?: string,
): PageContent {
  const { say } = scene.speech;
  const word = deviceWord(scene.userAgent);
  const body = html`
<p class="quiet">${say('signedInAs', { name: visit.label })}</p>
${owned(scene, visit)}
${form(
  scene,
  '/device',
  html`<fieldset><legend>${say('chooseDevice')}</legend>
<p class="hint" id="which">${say('chooseDeviceHint')} ${word !== 'device.other' && say('looksLike', { device: say(word) })}</p>
${offered.map(
  (platform, index) =>
    html`<label class="choice"><input type="radio" name="platform" value="${platform}"${
      index === 0 && html` required`
    } aria-describedby="which"> ${say(`platform.${platform}`)}</label>`,
)}</fieldset>
<button type="submit">${say('continue')}</button>`,
)}
${leave(scene)}`;
  return { title: say('chooseDevice'), body, step: 2, problem };
}

/** Perhaps the device in the hand is enrolled already. */
function owned({ speech: { say } }: Scene, { owned: devices }: Visit) {
  if (devices.length === 0) return undefined;
  return html`<section class="card"><h2>${say('ownedTitle')}</h2><p>${say('ownedText')}</p>
<ul>${devices.map(({ name, platform }) => html`<li><bdi>${name.slice(0, 80)}</bdi> (${say(`platform.${platform}`)})</li>`)}</ul>
<p><a href="/my/">${say('portalLink')}</a></p></section>`;
}

export function termsPage(scene: Scene, visit: Visit, problem?: string): PageContent {
  const { say } = scene.speech;
  const texts = visit.terms.map((terms, index) => {
    const id = `terms-${index}`;
    return html`<section class="card" aria-labelledby="${id}">
<h2 id="${id}">${terms.title}</h2>
<p class="hint">${say(`terms.${terms.kind}`)} · ${say('version', { version: terms.version })}</p>
<div class="text" tabindex="0" role="region" aria-labelledby="${id}" lang="${terms.language}">${prose(terms.text)}</div>
<label class="choice"><input type="checkbox" name="agreed" value="${terms.id}" required> ${say('agreeTo', { title: terms.title })}</label>
</section>`;
  });
  const body = html`
<p class="quiet">${say('signedInAs', { name: visit.label })}</p>
${form(
  scene,
  '/terms',
  html`${texts}
<button type="submit" name="decision" value="accept">${say('agree')}</button>
<button type="submit" name="decision" value="decline" class="second" formnovalidate>${say('decline')}</button>
<p class="hint">${say('declineHint')}</p>`,
)}`;
  return { title: say('termsTitle'), body, step: 3, problem };
}

/** The way out, for whoever shares a phone. */
export function leave(scene: Scene) {
  return html`<form method="post" action="/enroll/${scene.organization.slug}/leave">
<input type="hidden" name="form" value="${scene.token}">
<button type="submit" class="plain">${scene.speech.say('startOver')}</button>
</form>`;
}
