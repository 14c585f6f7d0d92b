// Where a visit ends: enrolled, left, or over.
import { html } from '../html.ts';
import { address, type PageContent, type Scene, steps } from '../layout.ts';
import { leave } from './choices.ts';

export function donePage(scene: Scene): PageContent {
  const { say } = scene.speech;
  const body = html`<div class="card"><p class="done" role="status">✓ ${say('doneTitle')}</p>
<p>${say('done', { organization: scene.organization.name })}</p>
<p class="hint">${say('doneHint')}</p></div>${leave(scene)}`;
  return { title: say('doneTitle'), body, step: steps };
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
