// Whoever did something grave to the own device gets a letter about it, so that somebody else’s doing does not stay unseen (POR-02).
import { type Language, languageFor } from '@gatehouse/core/languages.ts';
import { type OwnAction, ownActions } from '@gatehouse/core/portal/own-actions.ts';
import { isUuid, newId } from '../../kernel/ids.ts';
import type { SingleJob } from '../../kernel/jobs/jobs.ts';
import { MailRefused, plainMail } from '../../kernel/mail.ts';
import type { PortalDeps } from './portal-deps.ts';
import { selectLetter } from './queries.ts';

export const tellOfDeedKind = 'tell-of-own-deed';

interface Deed {
  readonly userId: string;
  readonly deviceId: string;
  readonly action: OwnAction;
}

type Grave = Extract<OwnAction, 'reset-passcode' | 'remove-company-data' | 'erase'>;

interface Frame {
  readonly subject: string;
  readonly greeting: string;
  readonly done: Readonly<Record<Grave, string>>;
  readonly yours: string;
  readonly notYours: string;
}

const frames: Readonly<Record<Language, Frame>> = {
  en: {
    subject: '{organization}: something was ordered for your device',
    greeting: 'Hello {name},',
    done: {
      'reset-passcode':
        'with your password somebody ordered in the portal to reset the passcode of “{device}”.',
      'remove-company-data':
        'with your password somebody ordered in the portal to remove the company data from “{device}”.',
      erase: 'with your password somebody ordered in the portal to erase everything on “{device}”.',
    },
    yours: 'If that was you, there is nothing to do.',
    notYours:
      'If it was not you, change your password at once and tell the people who look after devices at {organization}: an order that the device has not received yet can be cancelled.',
  },
  de: {
    subject: '{organization}: Für Ihr Gerät wurde etwas veranlasst',
    greeting: 'Guten Tag {name},',
    done: {
      'reset-passcode':
        'mit Ihrem Kennwort wurde im Portal veranlasst, den Gerätecode von „{device}“ zurückzusetzen.',
      'remove-company-data':
        'mit Ihrem Kennwort wurde im Portal veranlasst, die Firmendaten von „{device}“ zu entfernen.',
      erase: 'mit Ihrem Kennwort wurde im Portal veranlasst, „{device}“ vollständig zu löschen.',
    },
    yours: 'Wenn Sie das waren, ist nichts zu tun.',
    notYours:
      'Wenn Sie es nicht waren, ändern Sie sofort Ihr Kennwort und melden Sie sich bei der Gerätebetreuung von {organization}: Was das Gerät noch nicht erhalten hat, lässt sich abbrechen.',
  },
};

const isGrave = (action: OwnAction): action is Grave => Object.hasOwn(frames.en.done, action);

export function tellOfDeedJob(
  deps: Pick<PortalDeps, 'database' | 'sendMail' | 'publicUrl'>,
): SingleJob<Deed> {
  return {
    parse(input) {
      const { userId, deviceId, action } = (input ?? {}) as Readonly<Record<string, unknown>>;
      if (typeof userId !== 'string' || !isUuid(userId)) throw new TypeError('userId is not an id');
      if (typeof deviceId !== 'string' || !isUuid(deviceId)) throw new TypeError('deviceId is not an id');
      const known = ownActions.find((each) => each === action);
      if (known === undefined) throw new TypeError('action is none of ours');
      return { userId, deviceId, action: known };
    },
    async outside(organizationId, { userId, deviceId, action }) {
      if (deps.sendMail === undefined || !isGrave(action)) return;
      const row = await deps.database.withTenant(organizationId, (tx) => selectLetter(tx, userId, deviceId), {
        readOnly: true,
      });
      if (row === undefined) return;
      const language = languageFor(row.language);
      const { subject, greeting, done, yours, notYours } = frames[language];
      const values: Readonly<Record<string, string>> = {
        organization: row.organization,
        name: row.display_name,
        device: row.device,
      };
      const fill = (text: string) =>
        text.replaceAll(/\{(\w+)\}/g, (_all, key: string) => values[key] ?? '').replace(/ ,$/, ',');
      try {
        await deps.sendMail(
          plainMail({
            to: { name: row.display_name, address: row.email },
            language,
            subject: fill(subject),
            paragraphs: [greeting, done[action], yours, notYours].map(fill),
            messageId: `<deed.${newId()}@${deps.publicUrl.hostname}>`,
          }),
        );
      } catch (error) {
        if (!(error instanceof MailRefused)) throw error;
      }
    },
  };
}
