/**
 * What rules say, in English: the table that lists all messages and the values they need. Full sentences, for the user of the
 * device; in ASCII, because peers with room for one line count bytes.
 */
import { formatDuration, formatReason, formatValue } from '../plain-language.ts';
import type { Named, NamedApps } from './named.ts';
import type { Subject } from './subject.ts';

const subjects: Readonly<Record<Subject, string>> = {
  'storage.encrypted': 'whether its storage is encrypted',
  'passcode.set': 'whether a passcode is set',
  'passcode.compliant-with-profiles': 'whether its passcode meets the rules',
  'passcode.minimum-length': 'how long its passcodes must be',
  'passcode.minimum-classes': 'how mixed its passcodes must be',
  'passcode.maximum-age-days': 'when its passcodes expire',
  'passcode.history': 'how many earlier passcodes it refuses',
  'screen-lock.enabled': 'whether its screen locks by itself',
  'screen-lock.timeout-seconds': 'after how long its screen locks',
  'os.version': 'the version of its operating system',
  'integrity.compromised': 'whether it is compromised',
  'apps.installed': 'which apps are installed',
  'location.services': 'whether location services are on',
  'roaming.active': 'whether it is in a foreign network',
  'roaming.data': 'whether it uses data abroad',
  'cellular.data-used-bytes': 'how much mobile data it has used',
  'sim.id': 'which SIM it uses',
  'activesync.authorized': 'to the mail gateway',
  'activesync.last-seen': 'to the mail gateway',
};

interface Enforced {
  readonly enforced: number;
  readonly demanded: number;
}
interface Place {
  readonly side: 'inside' | 'outside';
  readonly areas: Named;
}

export const englishMessages = {
  text: ({ text }: { text: string }) => text,

  unreported: ({ about }: { about: Subject }) => `The device has not reported ${subjects[about]}.`,
  'too-old': ({ about }: { about: Subject }) => `The device reported ${subjects[about]} too long ago.`,
  'let-pass': () => 'This rule lets that pass.',
  restless: () => 'This has changed too often in the last minutes to be relied on.',
  'restless.leave': () =>
    'Leave the device as it is: what it reports counts once it has held for five minutes.',
  'report.by-agent': () => 'Open the agent and refresh, so that the device reports now.',
  'report.by-itself': () =>
    'Unlock the device while it is connected to the internet; it then reports by itself.',
  'report.mac': () =>
    'Unlock the Mac while it is connected to the internet; where it has the agent, refresh in it.',
  'ask-administrators': () => 'Ask your administrators.',

  'standing.pending': () => 'The device has not completed its enrolment.',
  'standing.finish-enrolment': () => 'Finish the enrolment on the device.',
  'standing.registered': () => 'The device is under management.',
  'standing.unmanaged': () => 'The device is not under management.',
  'standing.enrol-again': () => 'Enrol the device again.',
  'standing.blocked': () => 'An administrator has blocked the device.',
  'standing.ask-to-unblock': () => 'Ask an administrator to unblock the device.',
  'standing.barred': () => 'The device has been shut out of every gate.',
  'standing.barred-because': ({ reason }: { readonly reason: string }) =>
    `The device has been shut out of every gate: ${formatReason(reason)}`,
  'standing.barred-certificate': () =>
    'The device has been shut out of every gate, because its certificate was revoked.',
  'standing.ask-to-let-in': () => 'Ask an administrator to let the device in again.',
  'standing.ask-for-certificate': () =>
    'Ask an administrator to have the device enrolled anew, or to let it in again.',
  'standing.wiping': () => 'Corporate data is being removed from the device.',
  'standing.never-reported': () => 'The device has not reported since it was enrolled.',
  'enrollment.blocked': () => 'The device is under management; an administrator has blocked it.',
  'enrollment.barred': () => 'The device is under management; it has been shut out of every gate.',
  'enrollment.ending': () => 'The device is being taken out of management.',
  'enrollment.removed': () => 'Management has been removed from the device.',

  'restriction.ask': () => 'Ask the administrators of your organization.',

  'encryption.on': () => 'Storage is encrypted.',
  'encryption.off': () => 'Storage is not encrypted.',
  'encryption.by-passcode': () => 'Set a passcode: with one, storage is encrypted.',
  'encryption.of-disk': () => 'Turn on encryption of the whole disk.',
  'encryption.by-filevault': () => 'Turn on FileVault in the settings of the Mac.',

  'passcode.set': () => 'A passcode is set.',
  'passcode.none': () => 'No passcode is set.',
  'passcode.set-one': () => 'Set a passcode for every account that can sign in.',
  'passcode.refused': () => 'The passcode does not meet the rules that the device holds.',
  'passcode.change': () => 'Change the passcode to one that the device accepts.',
  'passcode.long': ({ enforced }: Pick<Enforced, 'enforced'>) =>
    `Passcodes have at least ${enforced} characters.`,
  'passcode.short': ({ enforced, demanded }: Enforced) =>
    `Passcodes may be as short as ${enforced} characters; ${demanded} are demanded.`,
  'passcode.make-longer': ({ demanded }: Pick<Enforced, 'demanded'>) =>
    `Make the device demand passcodes of at least ${demanded} characters.`,
  'passcode.mixed': ({ enforced }: Pick<Enforced, 'enforced'>) =>
    `Passcodes mix at least ${enforced} kinds of characters.`,
  'passcode.plain': ({ enforced, demanded }: Enforced) =>
    `Passcodes need only ${enforced} kinds of characters; ${demanded} are demanded.`,
  'passcode.make-mixed': ({ demanded }: Pick<Enforced, 'demanded'>) =>
    `Make the device demand passcodes that mix ${demanded} of: lower case, upper case, digits, signs.`,
  'passcode.expires': ({ enforced }: Pick<Enforced, 'enforced'>) =>
    `Passcodes expire after ${enforced} days.`,
  'passcode.expires-late': ({ enforced, demanded }: Enforced) =>
    `Passcodes ${enforced === 0 ? 'never expire' : `expire after ${enforced} days`}; ${demanded} days are demanded.`,
  'passcode.make-expire': ({ demanded }: Pick<Enforced, 'demanded'>) =>
    `Make the device demand a new passcode after at most ${demanded} days.`,
  'passcode.history': ({ enforced }: Pick<Enforced, 'enforced'>) =>
    `The last ${enforced} passcodes are refused.`,
  'passcode.history-short': ({ enforced, demanded }: Enforced) =>
    `Only the last ${enforced} passcodes are refused; ${demanded} are demanded.`,
  'passcode.make-remember': ({ demanded }: Pick<Enforced, 'demanded'>) =>
    `Make the device refuse the last ${demanded} passcodes.`,

  'screen-lock.on': () => 'The screen locks by itself.',
  'screen-lock.off': () => 'The screen does not lock by itself.',
  'screen-lock.turn-on': () => 'Turn on the automatic screen lock.',
  'screen-lock.soon': ({ seconds }: { seconds: number }) => `The screen locks after ${seconds} seconds.`,
  'screen-lock.late': ({ seconds, longest }: { seconds: number; longest: number }) =>
    `The screen locks only after ${seconds} seconds; at most ${longest} are allowed.`,
  'screen-lock.make-sooner': ({ longest }: { longest: number }) =>
    `Let the screen lock after at most ${longest} seconds.`,

  'os.any': () => 'This model may have any version.',
  'os.no-model': () => 'The device has not reported its model.',
  'os.new': ({ version }: { version: string }) => `The operating system's version is ${version}.`,
  'os.old': ({ version, minimum }: { version: string; minimum: string }) =>
    `The operating system's version is ${version}; ${minimum} is demanded.`,
  'os.unreadable': ({ minimum }: { minimum: string }) =>
    `The operating system's version cannot be compared with ${minimum}.`,
  'os.update': ({ minimum }: { minimum: string }) =>
    `Update the operating system to version ${minimum} or newer.`,

  'compromised.no': () => 'No sign of a compromise was found.',
  'compromised.yes': () => 'The device is compromised.',
  'compromised.restore': () => 'Restore the original operating system, then enrol again.',

  'check-in.never': () => 'The device has never checked in.',
  'check-in.within': ({ ms }: { ms: number }) =>
    `The device checked in within the last ${formatDuration(ms)}.`,
  'check-in.late': ({ ms }: { ms: number }) =>
    `The device has not checked in for more than ${formatDuration(ms)}.`,
  'check-in.connect': () => 'Connect the device to the internet.',

  'policy.applied': () => 'The device applies its present policy.',
  'policy.on-its-way': () => 'A new policy is on its way to the device.',
  'policy.not-applied': ({ ms }: { ms: number }) =>
    `The device has not applied its present policy within ${formatDuration(ms)}.`,
  'policy.connect': () => 'Connect the device to the internet and refresh in the agent.',

  'apps.all-required': () => 'Every required app is installed.',
  'apps.missing': ({ missing }: { missing: NamedApps }) => `Not installed: ${appNames(missing)}.`,
  'apps.install': ({ missing }: { missing: NamedApps }) => `Install ${appNames(missing)}.`,
  'apps.none-forbidden': () => 'No forbidden app is installed.',
  'apps.forbidden': ({ found }: { found: NamedApps }) => `Forbidden, and installed: ${appNames(found)}.`,
  'apps.remove': ({ found }: { found: NamedApps }) => `Remove ${appNames(found)}.`,
  'apps.only-allowed': () => 'Only allowed apps are installed.',
  'apps.others': ({ count }: { count: number }) =>
    `${count} installed app${count === 1 ? ' is' : 's are'} not among those that are allowed.`,
  'apps.remove-others': () => 'Remove the apps that your organization does not allow.',

  'location.on': () => 'Location services are on.',
  'location.off': () => 'Location services are off.',
  'location.turn-on': () => 'Turn on location services, then refresh in the agent.',

  'place.unknown': () => 'Where the device is, is not known.',
  'place.at-border': () => 'The device is so near to a border that its side cannot be told.',
  'place.too-old': () => 'Where the device is, was reported too long ago.',
  'place.locate': () =>
    'Turn on location services and open the agent, so that the device can say where it is.',
  'place.is': ({ side, areas }: Place) => `The device is ${side} ${areaNames(areas)}.`,
  'place.is-shortly': ({ side, areas, ms }: Place & { ms: number }) =>
    `The device is ${side} ${areaNames(areas)}, and not yet for ${formatDuration(ms)}.`,
  'place.return': ({ areas }: Pick<Place, 'areas'>) => `Return to ${areaNames(areas)}.`,
  'place.leave': ({ areas }: Pick<Place, 'areas'>) => `Leave ${areaNames(areas)}.`,

  'roaming.abroad': () => 'The device is in a foreign mobile network.',
  'roaming.at-home': () => 'The device is in its own mobile network.',
  'roaming.use-other': () => 'Use Wi-Fi, or a mobile network that your plan includes.',
  'roaming.data-on': () => 'The device uses mobile data in foreign networks.',
  'roaming.data-off': () => 'The device uses no mobile data in foreign networks.',
  'roaming.turn-off': () => 'Turn off data roaming.',

  'data-plan.no-limit': () => 'How much mobile data the plan allows is not known.',
  'data-plan.used': ({ percent }: { percent: number }) =>
    `${percent} percent of the mobile data plan are used.`,
  'data-plan.used-up': ({ percent, mark }: { percent: number; mark: number }) =>
    `${percent} percent of the mobile data plan are used; the mark is at ${mark}.`,
  'data-plan.save': () => 'Use Wi-Fi where you can until the plan starts anew.',

  'sim.same': () => 'The SIM is the one that the device had before.',
  'sim.other': () => 'The device uses another SIM than before.',
  'sim.put-back': () => 'Put the former SIM back, or tell your administrators of the new one.',

  'mail.let-in': () => 'The mail gateway lets the device in.',
  'mail.shut-out': () => 'The mail gateway does not let the device in.',
  'mail.set-up': () => 'Set up mail on the device, or ask your administrators to let it in.',
  'mail.unreadable': () => 'When mail was last fetched cannot be read.',
  'mail.within': ({ ms }: { ms: number }) => `Mail was fetched within the last ${formatDuration(ms)}.`,
  'mail.late': ({ ms }: { ms: number }) => `Mail has not been fetched for more than ${formatDuration(ms)}.`,
  'mail.open': () => 'Open the mail app while the device is connected.',

  'mail-gate.wiping': () => 'The device is to be reset to factory state.',
  'mail-gate.wiping-account': () => 'The mail account is to be removed from the device.',
  'mail-gate.user-disabled': () => 'This account is disabled.',
  'mail-gate.too-many': ({ most }: { most: number }) => `This account has mail on ${most} devices already.`,
  'mail-gate.wiped': () => 'Mail was removed from this device by an administrator.',
  'mail-gate.blocked': () => 'An administrator has blocked mail on this device.',
  'mail-gate.quarantined': () => 'An administrator holds back mail on this device.',
  'mail-gate.unknown': () => 'This device is not known to your organization.',
  'mail-gate.enrol': () => 'Enrol the device to get mail on it.',
  'mail-gate.enrol-or-ask': () => 'Enrol the device, or ask your administrators to let it in.',
  'mail-gate.without-policy': () => 'The mail app does not apply what your organization demands.',
  'mail-gate.fetch-policy': () => 'The mail app has to fetch what your organization demands.',

  'custom.met': () => 'The condition is met.',
  'custom.undecided': ({ error }: { error: string }) => `This cannot be told: ${error}`,
  'custom.too-old': () => 'What this rests on was reported too long ago.',
} as const;

function appNames({ apps, more }: NamedApps): string {
  const named = apps.map(({ name, version }) =>
    version === undefined ? formatValue(name) : `${formatValue(name)} (version ${version})`,
  );
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function areaNames({ names, more }: Named): string {
  return [...names, ...(more > 0 ? [`${more} other areas`] : [])].join(' or ');
}
