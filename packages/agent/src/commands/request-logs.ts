/** The agent's own log (ACT-20): from the machine's journal, or what it remembers since its start. Never that of anything else. */
import { acknowledged, type CommandHandler } from './command-handler.ts';
import { withoutSecrets } from './without-secrets.ts';

const journal = '/usr/bin/journalctl';
const mostLines = 2_000;
/** As JSON; the server keeps 64 KiB of a result. */
const mostBytes = 48 * 1024;

export const requestLogs: CommandHandler<'request-logs'> = {
  afterInterruption: 'again',
  async run({ hours = 24 }, { system, recentLog, now }) {
    const from = now() - hours * 3_600_000;
    const since = `--since=@${Math.floor(from / 1_000)}`;
    const said = await system.run(
      journal,
      [
        '--unit=gatehouse-agent.service',
        since,
        '--output=short-iso',
        '--no-pager',
        '--quiet',
        `--lines=${mostLines}`,
      ],
      { timeoutMs: 20_000, maximumBytes: 8 * 1024 * 1024 },
    );
    const kept = said.state === 'present' ? said.value.trim() : '';
    const clean = withoutSecrets(plain(kept === '' ? recentLog(from) : kept));
    const { lines, cut } = lastOf(clean.text);
    return acknowledged({
      source: kept === '' ? 'memory' : 'journal',
      from: new Date(from).toISOString(),
      lines: lines.length,
      cut,
      removed: clean.removed,
      text: lines.join('\n'),
    });
  },
};

// oxlint-disable-next-line no-control-regex -- terminals are spoken to by control characters
const colours = /\u001b\[[0-9;]*[A-Za-z]/g;

/** Lines of printable text: what a log shows must not move the cursor of whoever reads it. */
const plain = (text: string): string =>
  text
    .toWellFormed()
    .replace(colours, '')
    .replace(/[[\p{Cc}\p{Bidi_Control}]--[\n\t]]/gv, '\ufffd');

/** The newest that fit. */
function lastOf(text: string): { readonly lines: readonly string[]; readonly cut: boolean } {
  const all = text === '' ? [] : text.split('\n');
  let bytes = 0;
  let first = all.length;
  while (first > 0) {
    const size = Buffer.byteLength(JSON.stringify(all[first - 1]));
    if (bytes + size > mostBytes) break;
    bytes += size;
    first -= 1;
  }
  return { lines: all.slice(first), cut: first > 0 };
}
