// Where a visit ends: enrolled, left, or over.
import { html } from '../html.ts';
import type { Visit } from '../../../modules/enrollment/index.ts';
import { address, form, type PageContent, type Scene, steps } from '../layout.ts';
import { leave } from './choices.ts';

/** @param continued the network was told a moment ago. */
export function donePage(scene: Scene, continued = false): PageContent {
  const { say } = scene.speech;
  const about = { organization: scene.organization.name };
  const next = continued
    ? html`<p role="status">${say('continued')}</p>`
    : html`${form(scene, '/continue', html`<button type="submit">${say('doneContinue')}</button><p class="hint">${say('doneContinueHint')}</p>`)}`;
  const body = html`<div class="card"><p class="done" role="status">✓ ${say('doneTitle')}</p>
<p>${say('doneNow', about)}</p>
<p class="hint">${say('doneHint')}</p></div>
${next}
<p><a href="/my/?organization=${scene.organization.slug}">${say('portalLink')}</a></p>${leave(scene)}`;
  return { title: say('doneTitle'), body, step: steps };
}

/** What has arrived and what is waited for; “Continue” comes with the page after it (NAC-43). */
export function progressPage(scene: Scene, visit: Visit, problem?: string): PageContent {
  const { say } = scene.speech;
  const { progress } = visit;
  const { on, total } = progress?.settings ?? { on: 0, total: 1 };
  const row = (finished: boolean, text: string) =>
    html`<li class="${finished ? 'finished' : 'unfinished'}">${text} <span class="unseen">(${say(finished ? 'finished' : 'unfinished')})</span></li>`;
  const missing = progress?.waitsFor ?? [];
  const body = html`<div class="card"><ul class="stages">
${row(true, say(visit.ways.profile ? 'progressProfile' : 'progressAgent'))}
${row(true, say('progressAnswered'))}
${row(on === total, on === total ? say('progressSettingsDone') : say('progressSettings', { on, total }))}
${row(progress?.access === 'allow', say(progress?.access === 'allow' ? 'progressAccess' : 'progressAccessWaiting'))}
</ul>
${missing.length > 0 && html`<p><strong>${say('progressWaitsFor')}</strong></p><ul>${missing.map((line) => html`<li>${line}</li>`)}</ul>`}
<p class="waiting" role="status">${say('progressByItself')}</p>
<p class="hint">${say('progressContinue')}</p></div>
${leave(scene)}`;
  return { title: say('progressTitle'), body, step: steps, problem, waits: waitMark(visit) };
}

/** What the script compares: the page is drawn anew when any of it changes. */
export function waitMark({ step, progress }: Pick<Visit, 'step' | 'progress'>): string {
  if (step !== 'progress' || progress === undefined) return step;
  const { settings, access, waitsFor } = progress;
  return [step, `${settings.on}/${settings.total}`, access, waitsFor.length].join(' ');
}

export function usedPage(scene: Scene): PageContent {
  const { say } = scene.speech;
  const body = html`<p>${say('used')}</p>
<p><a href="/my/?organization=${scene.organization.slug}">${say('portalLink')}</a></p>${leave(scene)}`;
  return { title: say('usedTitle'), body };
}

export function blockedPage(scene: Scene): PageContent {
  const { say } = scene.speech;
  const body = html`<p>${say('blocked', { organization: scene.organization.name })}</p>${leave(scene)}`;
  return { title: say('blockedTitle'), body };
}

export function overPage(scene: Scene): PageContent {
  const { say } = scene.speech;
  return { title: say('overTitle'), body: html`<p>${say('over')}</p>${leave(scene)}` };
}

export function declinedPage(scene: Scene): PageContent {
  const { say } = scene.speech;
  const body = html`<p>${say('declined')}</p><p><a href="${address(scene)}">${say('startOver')}</a></p>`;
  return { title: say('declinedTitle'), body };
}

/** @param organized whether the organization is known: a way back exists only then. */
export function failurePage(scene: Scene, message: string, organized: boolean): PageContent {
  const { say } = scene.speech;
  const back = organized && html`<p><a href="${address(scene)}">${say('startOver')}</a></p>`;
  return { title: say('title'), body: html`${back}`, problem: message };
}
