// What happened at a moment, in sentences: decisions and facts by what changed, commands and looks by who.
import type { AuditEntry } from '@gatehouse/contracts/admin/audit.ts';
import { deedIn } from '@gatehouse/core/portal/deed-words.ts';
import { currentLanguage } from '../../../../language/texts.ts';
import { useActorName } from '../../../actors/actor-name.tsx';
import { commandName, commandStateText } from '../commands/command-words.ts';
import { factValueText } from '../fact-value.ts';
import { factTitle } from '../facts/fact-title.ts';
import { historyTexts } from './texts.ts';
import type { Moment } from './timeline.ts';

const ownWords = {
  'devices.look': 'looked',
  'devices.register': 'registered',
  'devices.report': 'reported',
} as const;

/** In words where there are any; else as the record names it, which says more than nothing. */
function deedText({ action, show }: Pick<AuditEntry, 'action' | 'show'>): string {
  if (Object.hasOwn(ownWords, action)) return historyTexts.say(ownWords[action as keyof typeof ownWords]);
  const { text } = deedIn(currentLanguage(), action, show);
  return text === deedIn(currentLanguage(), '').text ? action : text;
}

export function useMomentText(): (moment: Moment) => readonly string[] {
  const t = historyTexts.use();
  const actor = useActorName();
  return (moment) => {
    switch (moment.kind) {
      case 'decision': {
        const { change, before } = moment;
        if (before !== undefined && before.compliant === change.compliant) return [t('stays')];
        return [t(change.compliant ? 'becameCompliant' : 'becameNot')];
      }
      case 'fact': {
        const { fact, before, after } = moment.change;
        const slots = { fact: factTitle(fact), before: factValueText(before), after: factValueText(after) };
        return [t(before === null ? 'factFirst' : 'factChanged', slots)];
      }
      case 'command': {
        const { command } = moment;
        const who = actor(command.origin === 'system' ? 'system:' : command.requestedBy);
        const state = commandStateText(command);
        return [t('ordered', { command: commandName(command.name), who, state })];
      }
      case 'record': {
        const { entry } = moment;
        const who = actor(`${entry.actor.kind}:${entry.actor.id}`);
        const what = deedText(entry);
        const { reason } = entry;
        if (entry.outcome !== 'done') return [t('refused', { who, what, reason: reason ?? entry.outcome })];
        return [t('done', { who, what }), ...(reason === null ? [] : [t('reason', { reason })])];
      }
      default:
        return moment satisfies never;
    }
  };
}
