// From the profile to the enrolled device: what it means, the download, where to tap, and waiting until the device is there.
import type { Visit } from '../../../modules/enrollment/index.ts';
import { deviceWord } from '../device-words.ts';
import { type Html, html } from '../html.ts';
import { address, form, type PageContent, type Scene } from '../layout.ts';
import { picture, type Screen } from '../pictures.ts';
import type { TextKey } from '../texts/index.ts';
import { leave } from './choices.ts';
import { command } from './entrance.ts';
import { whatWeSee } from './what-we-see.ts';

export function profilePage(scene: Scene, visit: Visit, problem?: string): PageContent {
  const { say } = scene.speech;
  const about = { organization: scene.organization.name };
  const ownership = visit.enrollment?.ownership ?? 'unspecified';
  const platform = visit.enrollment?.platform ?? 'ios';
  const body = html`
<p>${say('profileIntro', about)}</p>
<p class="quiet">${say(`platform.${platform}`)} · ${say('ownership')}: ${say(`ownership.${ownership}`, about)}</p>
${elsewhere(scene, visit)}
<section class="card"><h2>${say('before')}</h2>
<ul><li>${say('beforePasscode')}</li><li>${say('beforePower')}</li></ul></section>
${whatWeSee(scene)}
${form(
  scene,
  '/profile',
  html`<p class="hint">${say('downloadHint')}</p><button type="submit">${say('download')}</button>`,
)}
${visit.ways.agent && html`<details><summary>${say('orAgent')}</summary><p>${say('agentIntro')}</p>${command(scene)}<p>${say('agentPassword')}</p></details>`}
${leave(scene)}`;
  return { title: say('profileTitle'), body, step: 4, problem, waits: 'profile' };
}

/** Its address is to be opened elsewhere; who knows better goes on. */
export function wrongBrowserPage(scene: Scene): PageContent {
  const { say } = scene.speech;
  const page = new URL(address(scene), scene.publicUrl).href;
  const body = html`<p>${say('wrongBrowser')}</p>
<pre tabindex="0">${page}</pre>
<p><a href="${address(scene)}?anyway=1">${say('wrongBrowserAnyway')}</a></p>
${leave(scene)}`;
  return { title: say('wrongBrowserTitle'), body, step: 4 };
}

/** A browser at a desk that holds a phone's enrolment: said, not enforced. */
function elsewhere(scene: Scene, visit: Visit): Html | undefined {
  const word = deviceWord(scene.userAgent);
  const fits = suitable[visit.enrollment?.platform ?? ''];
  if (word === 'device.other' || fits === undefined || fits.includes(word)) return undefined;
  return html`<p class="problem">${scene.speech.say('openThere', { device: scene.speech.say(word) })}</p>`;
}

const suitable: Readonly<Record<string, readonly string[]>> = {
  ios: ['device.iphone', 'device.ipad', 'device.apple-tv', 'device.vision', 'device.mac'],
  macos: ['device.mac'],
};

interface Instruction {
  readonly text: TextKey;
  readonly screen?: Screen;
}

const instructions: Readonly<Record<string, readonly Instruction[]>> = {
  ios: [
    { text: 'install.ios.1' },
    {
      text: 'install.ios.2',
      screen: {
        heading: 'picture.settings',
        rows: ['picture.profile-downloaded', 'picture.airplane', 'picture.wifi'],
        marked: 'picture.profile-downloaded',
      },
    },
    {
      text: 'install.ios.3',
      screen: {
        heading: 'picture.profile',
        rows: [],
        action: 'picture.install',
        marked: 'action',
      },
    },
    { text: 'install.ios.4' },
  ],
  macos: [
    { text: 'install.macos.1' },
    {
      text: 'install.macos.2',
      screen: {
        heading: 'picture.system-settings',
        rows: ['picture.wifi', 'picture.general', 'picture.device-management'],
        marked: 'picture.device-management',
      },
    },
    {
      text: 'install.macos.3',
      screen: { heading: 'picture.profile', rows: [], action: 'picture.enrol', marked: 'action' },
    },
    { text: 'install.macos.4' },
  ],
};

/** So long a downloaded profile waits to be installed. */
const keptMs = 8 * 60_000;

export function installPage(scene: Scene, visit: Visit, problem?: string): PageContent {
  const { speech } = scene;
  const { say } = speech;
  const list = instructions[visit.enrollment?.platform ?? 'ios'] ?? instructions['ios'] ?? [];
  const until = visit.fetchedAt === null ? undefined : new Date(visit.fetchedAt.getTime() + keptMs);
  const body = html`
<p>${say('installIntro')}</p>
${until !== undefined && html`<p class="clock" hidden data-until="${until.toISOString()}" data-over="${say('clockOver')}">${say('clock')} <time></time></p>`}
<div class="card"><ol class="todo">${list.map(
    ({ text, screen }) => html`<li><span>${say(text)}</span>${screen && picture(speech, screen)}</li>`,
  )}</ol>
<p class="waiting" role="status">${say('waiting')}</p>
<p class="hint">${say('waitingHint')}</p></div>
<details><summary>${say('downloadProblem')}</summary>
${form(scene, '/profile', html`<p class="hint">${say('downloadHint')}</p><button type="submit" class="second">${say('downloadAgain')}</button>`)}
</details>`;
  return { title: say('installTitle'), body, step: 5, problem, waits: 'install' };
}

export function agentPage(scene: Scene, problem?: string): PageContent {
  const { say } = scene.speech;
  const body = html`<section class="card"><h2>${say('before')}</h2>
<ul><li>${say('beforePasscode')}</li></ul></section>
<div class="card"><p>${say('agentIntro')}</p>
${command(scene)}
<p>${say('agentPassword')}</p>
<p class="waiting" role="status">${say('waiting')}</p></div>
${leave(scene)}`;
  return { title: say('agentPageTitle'), body, step: 4, problem, waits: 'agent' };
}
