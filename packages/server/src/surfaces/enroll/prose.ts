// Terms as administrators write them, plain text with three habits: `#` begins a heading, `-` an entry of a list, an empty
// line ends a paragraph. Everything else is text.
import { Html, html } from './html.ts';

/** @param level of the headings: below the one that stands above the text. */
export function prose(text: string, level: 3 | 4 = 3): Html {
  const blocks: Html[] = [];
  let paragraph: string[] = [];
  let entries: string[] = [];
  const flush = () => {
    if (paragraph.length > 0) blocks.push(html`<p>${paragraph.join(' ')}</p>`);
    if (entries.length > 0) blocks.push(html`<ul>${entries.map((entry) => html`<li>${entry}</li>`)}</ul>`);
    paragraph = [];
    entries = [];
  };
  for (const line of text.split(/\r\n|\r|\n/).map((each) => each.trim())) {
    const heading = /^#{1,6}\s+(.*)$/.exec(line)?.[1];
    const entry = /^[-*]\s+(.*)$/.exec(line)?.[1];
    if (heading !== undefined) {
      flush();
      blocks.push(level === 3 ? html`<h3>${heading}</h3>` : html`<h4>${heading}</h4>`);
    } else if (entry !== undefined) {
      if (paragraph.length > 0) flush();
      entries.push(entry);
    } else if (line === '') {
      flush();
    } else if (entries.length > 0) {
      entries.push(`${entries.pop() ?? ''} ${line}`);
    } else {
      paragraph.push(line);
    }
  }
  flush();
  return new Html(blocks.map(({ markup }) => markup).join(''));
}
