/**
 * Shows a message from the administrator (AGT-09): on every terminal, on every desktop, and kept for `agent status`. Plain
 * text under a fixed title: whoever writes it cannot dress it up as something else (AGT-T11).
 */
import { type Language, languageFor } from '@gatehouse/core/languages.ts';
import { machineLanguage } from '../system/machine-language.ts';
import { type System, valueOf } from '../system/system.ts';
import { isInteractive, readAccounts, readShells } from '../scans/linux/accounts.ts';
import { acknowledged, type CommandContext, type CommandHandler } from './command-handler.ts';

/** Whose words follow, in the language of the machine. */
export const messageTitles: Readonly<Record<Language, string>> = {
  en: 'Message from your administrator',
  de: 'Nachricht von Ihrer Gerätebetreuung',
};
export const maximumCharacters = 500;

const brief = { timeoutMs: 5_000, maximumBytes: 64 * 1024 } as const;

export const sendMessage: CommandHandler<'send-message'> = {
  afterInterruption: 'report',
  async run({ text }, context) {
    const message = plainText(text);
    await context.store.addMessage({ id: context.commandId, receivedAt: context.now(), text: message });
    const title = messageTitles[languageFor(await machineLanguage(context.system))];
    const shown: string[] = [];
    const wall = await context.run('/usr/bin/wall', [], {
      ...brief,
      input: `${title}\n\n${message}\n`,
    });
    if (wall.state === 'present') shown.push('terminals');
    if (await notifyDesktops(context, title, message)) shown.push('desktops');
    return acknowledged({ kept: true, shown });
  },
};

/**
 * Without control characters, escape sequences, and the invisible characters that turn text around; line feeds stay. Cut to
 * 500 characters as a reader counts them.
 */
export function plainText(text: string): string {
  const cleaned = text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    // oxlint-disable-next-line no-control-regex -- whole escape sequences go, not only their first character
    .replaceAll(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)/gs, '')
    .replaceAll(/[[\p{Cc}\p{Bidi_Control}\p{Cs}\u2028\u2029\ufeff]--[\n]]/gv, '');
  return [...cleaned].slice(0, maximumCharacters).join('').trim();
}

/** Notification bodies may hold markup, so what could be read as such is escaped. */
async function notifyDesktops(
  { system, run }: CommandContext,
  title: string,
  message: string,
): Promise<boolean> {
  const body = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  let shown = false;
  for (const account of await peopleWithDesktop(system)) {
    const said = await run(
      '/usr/bin/notify-send',
      ['--app-name=Gatehouse', '--urgency=critical', '--', title, body],
      {
        ...brief,
        account,
      },
    );
    shown ||= said.state === 'present';
  }
  return shown;
}

async function peopleWithDesktop(system: System) {
  const accounts = valueOf(await readAccounts(system)) ?? [];
  const shells = await readShells(system);
  const people = [];
  for (const account of accounts.filter((one) => one.uid !== 0 && isInteractive(one, shells)).slice(0, 200)) {
    if ((await system.status(`/run/user/${account.uid}/bus`)).state === 'present') people.push(account);
  }
  return people;
}
