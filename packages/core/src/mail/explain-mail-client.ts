/** What the mail gate says of a mail device, in a line for people; and whether it is open to it, as other gates tell it. */
import type { Access } from '../compliance/gate.ts';
import { formatValue } from '../compliance/plain-language.ts';
import { linesIn, render } from '../compliance/wording/render.ts';
import type { Language } from '../languages.ts';
import type { MailDecision } from './decide-mail-access.ts';

export function accessByDecision(decision: MailDecision): Access {
  switch (decision.effect) {
    case 'pass':
      return 'allow';
    case 'provision':
      return 'quarantine';
    case 'refuse':
      return decision.quarantine ? 'quarantine' : 'deny';
    case 'wipe':
      return 'deny';
    default:
      return decision satisfies never;
  }
}

/** @param client null: the gateway knows no mail device that this one is. */
export function narrateMailClient(
  client: { readonly name: string; readonly decision: MailDecision } | null,
  language: Language,
): string {
  const lines = linesIn(language);
  if (client === null) return lines.noMailClient;
  const { name, decision } = client;
  return lines.mailClient(
    formatValue(name),
    lines.access[accessByDecision(decision)],
    render(decision.says, language),
  );
}
