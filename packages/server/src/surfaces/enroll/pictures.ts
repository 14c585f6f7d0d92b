// Small drawings of where to tap, in the words of the page: rows of a settings screen with one of them marked.
import { type Html, html } from './html.ts';
import type { Speech, TextKey } from './texts/index.ts';

type PictureText = Extract<TextKey, `picture.${string}`>;

export interface Screen {
  readonly heading: PictureText;
  readonly rows: readonly PictureText[];
  /** The row to tap, or 'action' for the button in the corner. */
  readonly marked: PictureText | 'action';
  readonly action?: PictureText;
}

const rowHeight = 34;
const width = 260;

export function picture(speech: Speech, screen: Screen): Html {
  const { heading, rows, marked, action } = screen;
  const height = 52 + rows.length * rowHeight;
  const target = marked === 'action' ? action : marked;
  const label = speech.say('pictureOf', { what: target === undefined ? '' : speech.say(target) });
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
<rect class="screen" x="1" y="1" width="${width - 2}" height="${height - 2}" rx="14"/>
<text class="heading" x="16" y="30">${speech.say(heading)}</text>
${action !== undefined && html`<text class="action" x="${width - 51}" y="30" text-anchor="middle">${speech.say(action)}</text>`}
${marked === 'action' && html`<rect class="row marked" x="${width - 92}" y="10" width="82" height="30" rx="8"/>`}
${rows.map((row, index) => {
  const y = 44 + index * rowHeight;
  return html`<rect class="row${row === marked ? ' marked' : ''}" x="10" y="${y}" width="${width - 20}" height="${rowHeight - 4}" rx="6"/><text x="22" y="${y + 20}">${speech.say(row)}</text>`;
})}
</svg>`;
}
