/** The words of the enrolment page. `{name}` is filled in. Other languages are complete or not there: this is the checklist. */
export const en = {
  title: 'Enrol your device',
  titleOf: '{page} · {organization}',
  organization: 'Enrolment at {organization}',
  problem: 'There is a problem',
  startOver: 'Start over',
  signedInAs: 'Signed in as {name}',
  stepOf: 'Step {step} of {steps}',

  // ---- sign in
  welcome: 'Bring your device under the care of {organization}, so that you can use it for work.',
  havePassword: 'I have a one-time password',
  oneTimePassword: 'One-time password',
  oneTimePasswordHint:
    'Five groups of five letters and digits, from your invitation. Dashes and case do not matter.',
  continue: 'Continue',
  haveAccount: 'I have a password of my own',
  name: 'E-mail address or user name',
  password: 'Password',
  signIn: 'Sign in',
  haveMail: 'I have a mail account at work',
  mailName: 'Mail address',
  mailNameHint: 'The whole address. Some mail servers also know you by a user name.',
  mailPassword: 'Password of the mail account',
  mailPasswordHint: 'Your mail server is asked whether it is right. It is kept nowhere.',
  noneOfThese: 'You have none of these? Ask the people who look after devices at {organization}.',
  agentTitle: 'A computer with Linux',
  agentShort: 'Computers with Linux are enrolled with a program. Install the Gatehouse agent, then run:',
  otherDevice: 'Continue on another device',
  otherDeviceHint: 'Point the camera of your phone at this code, or open {url} there.',
  qrOf: 'QR code with the address of this page',
  looksLike: 'This looks like {device}.',
  openThere: 'This looks like {device}. Open this page on the device that you want to enrol.',

  getTitle: 'What you get',
  getText:
    'Mail, Wi-Fi and the apps of {organization} on your device, set up by themselves. You can leave again at any time; what is yours stays.',
  portalLink: 'My devices',
  differTitle: 'How devices differ',
  differ:
    'iPhone and iPad: you install a profile in Settings. Without a passcode they get no access.|Mac: you install a profile in System Settings.|Linux computer: a program enrols it, from the command line.|Android and Windows: ask the people who look after devices; they are enrolled with them.',

  // ---- devices
  'device.iphone': 'an iPhone',
  'device.ipad': 'an iPad',
  'device.mac': 'a Mac',
  'device.apple-tv': 'an Apple TV',
  'device.vision': 'an Apple Vision Pro',
  'device.android': 'an Android device',
  'device.windows': 'a Windows computer',
  'device.linux': 'a Linux computer',
  'device.other': 'a device',
  'platform.ios': 'iPhone or iPad',
  'platform.macos': 'Mac',
  'platform.linux': 'Linux computer',
  'platform.android': 'Android device',
  'platform.windows': 'Windows computer',
  chooseDevice: 'Which device is it?',
  chooseDeviceHint: 'Choose the device that you hold in your hands now.',
  ownership: 'Owner',
  'ownership.corporate': '{organization}',
  'ownership.personal': 'you',
  'ownership.unspecified': 'not said yet; it is treated like your own',

  ownedTitle: 'Already enrolled',
  ownedText:
    'These devices are yours here already. If the one in your hand is among them, there is nothing to do.',

  // ---- terms
  termsTitle: 'What you agree to',
  'terms.acceptable-use': 'Acceptable use',
  'terms.licence': 'Licence',
  version: 'Version {version}',
  agreeTo: 'I have read “{title}” and agree to it.',
  agree: 'I agree',
  decline: 'I do not agree',
  declineHint:
    'Nothing has been changed on your device. If you do not agree, you leave, and it stays as it is.',
  mustAgree: 'To go on, agree to each text. If you do not want to, choose “I do not agree”.',
  declinedTitle: 'You have left',
  declined:
    'You did not agree, so nothing was installed and nothing was changed on your device. You can come back later.',

  // ---- profile
  profileTitle: 'Get the profile',
  profileIntro:
    'A profile makes your device known to {organization}. Everything else comes by itself afterwards.',
  before: 'Before you begin',
  beforePasscode: 'Set a passcode on the device, if it has none: without one it may get no access at first.',
  beforePower: 'Charge it, or plug it in, and stay connected to the network.',
  seeTitle: 'What {organization} can see and do',
  seeAlways: 'Always',
  seeAlwaysText:
    'Model, serial number, version of the system, whether a passcode is set, what was installed from work.',
  seeSometimes: 'On devices that belong to {organization}',
  seeSometimesText:
    'Which applications are installed; where the device is, once it was reported lost; reset to factory state.',
  seeNever: 'Never',
  seeNeverText: 'Your messages and mail, photos, calls, passwords, and the pages that you visit.',
  download: 'Download the profile',
  downloadAgain: 'Download again',
  downloadHint: 'Your device asks whether to allow the download. Allow it, then come back to this page.',
  wrongBrowserTitle: 'Open this page in Safari',
  wrongBrowser:
    'Only Safari can hand a profile over to Settings. Copy the address, open it in Safari, and enter your one-time password there.',
  wrongBrowserAnyway: 'Go on here anyway',
  notReady:
    '{organization} cannot enrol this kind of device yet: its push certificate from Apple is missing or has run out. Ask the people who look after devices there; nothing was downloaded.',
  orAgent: 'Enrol with the agent instead',

  // ---- install
  installTitle: 'Install the profile',
  installIntro:
    'The profile is on your device. It has to be installed within 8 minutes, or the device throws it away.',
  'install.ios.1': 'Open Settings.',
  'install.ios.2':
    'Tap “Profile Downloaded”, near the top. If it is not there: General, then VPN & Device Management.',
  'install.ios.3': 'Tap “Install”, enter the passcode of the device, and follow the questions to the end.',
  'install.ios.4': 'Come back here. This page goes on by itself.',
  'install.macos.1': 'Open System Settings.',
  'install.macos.2':
    'Choose General, then Device Management. On older systems: Privacy & Security, then Profiles.',
  'install.macos.3':
    'Open the profile by a double click, choose “Enrol” or “Install”, and enter your password.',
  'install.macos.4': 'Come back here. This page goes on by itself.',
  'picture.settings': 'Settings',
  'picture.system-settings': 'System Settings',
  'picture.profile-downloaded': 'Profile Downloaded',
  'picture.general': 'General',
  'picture.device-management': 'Device Management',
  'picture.install': 'Install',
  'picture.enrol': 'Enrol…',
  'picture.airplane': 'Airplane Mode',
  'picture.wifi': 'Wi-Fi',
  'picture.profile': 'Enrolment profile',
  pictureOf: 'Picture: {what}',
  clock: 'The download is kept for another',
  clockOver: 'The download has been thrown away. Download it again; nothing else is lost.',
  waiting: 'Waiting for your device …',
  waitingHint: 'This takes a few seconds after the profile is installed.',
  downloadProblem: 'No profile there?',

  // ---- agent
  agentPageTitle: 'Enrol this computer',
  agentIntro: 'Computers are enrolled with the Gatehouse agent. Install it, open a terminal, and run:',
  agentPassword: 'Type the one-time password of your invitation when it asks for it.',

  // ---- progress
  progressTitle: 'Almost done',
  progressProfile: 'Profile installed',
  progressAgent: 'Program installed',
  progressAnswered: 'Your device has answered',
  progressSettings: 'Settings arriving: {on} of {total}',
  progressSettingsDone: 'Settings have arrived',
  progressAccess: 'The network lets you in',
  progressAccessWaiting: 'The network waits',
  progressWaitsFor: 'Waiting for you:',
  progressByItself: 'Keep this page open. It goes on by itself.',
  progressContinue: '“Continue” appears here when the network will let you in.',
  finished: 'done',
  unfinished: 'still to come',

  // ---- done and over
  doneTitle: 'Your device is enrolled',
  done: 'It is known to {organization} now. Settings, applications and network access arrive by themselves within the next minutes.',
  doneHint: 'You can close this page.',
  doneNow: 'What works now: the network, and what {organization} has set up on the device.',
  doneContinue: 'Continue',
  doneContinueHint: 'Connects you to the network. If nothing happens, switch Wi-Fi off and on once.',
  continued:
    'The network has been told. In a moment you are connected; if not, switch Wi-Fi off and on once.',
  usedTitle: 'This one-time password was used',
  used: 'A device was enrolled with it. If that was you, there is nothing to do; if not, tell the people who look after devices.',
  blockedTitle: 'This device is shut out',
  blocked:
    'It is enrolled, and the people who look after devices at {organization} have taken its access away. Ask them; this page cannot change it.',
  overTitle: 'This enrolment has ended',
  over: 'It was used, cancelled, or has run out. Ask for a new one-time password; it takes a minute.',

  // ---- password
  passwordTitle: 'Choose a password',
  passwordIntro: 'With it you can sign in here, to enrol your devices.',
  linkCode: 'The part of your link behind the #',
  linkCodeHint: 'It begins with gth_usr_. It is filled in by itself when you open the link.',
  newPassword: 'New password',
  newPasswordRule: 'At least {length} characters. Length counts, not symbols: a few words are good.',
  repeatPassword: 'The same password again',
  setPassword: 'Set the password',
  passwordsDiffer: 'The two passwords differ.',
  passwordSetTitle: 'Your password is set',
  passwordSet: 'You can enrol a device now, or close this page.',

  // ---- refusals
  'refusal.code-mistyped':
    'This is not a one-time password: a letter or digit is wrong or missing. Compare it with your invitation.',
  'refusal.enrollment-refused':
    'This one-time password is not valid here. It may have been used, cancelled or run out; ask for a new one.',
  'refusal.user-disabled': 'Your account at {organization} is not active. Ask the people who look after it.',
  'refusal.sign-in-refused': 'The name or the password is wrong.',
  'refusal.mail-sign-in-refused':
    'Nobody can sign in with this: the address or the password is wrong, or {organization} does not know the mail account. With a one-time password it goes without.',
  'refusal.mail-sign-in-off': 'At {organization} nobody signs in with the mail account.',
  'refusal.mail-server-away':
    'Your mail server could not be asked, so the password could not be checked. Try again shortly, or use a one-time password.',
  'refusal.too-many-requests': 'Too many attempts. Wait for a minute, or use a one-time password.',
  'refusal.unavailable': 'The server is busy at this moment. Try again shortly.',
  'refusal.profile-gone':
    'This download is used up: each one works once, for ten minutes. Choose “Download again”; nothing else is lost.',
  'refusal.enrollment-used':
    'This enrolment was used for another device, or has ended. Ask for a new one-time password.',
  'refusal.too-many-offers': 'The profile was downloaded too often. Ask for a new one-time password.',
  'refusal.too-many-codes': 'You have too many enrolments under way. Finish one, or ask for help.',
  'refusal.too-many-devices':
    'You have as many devices as one person may have. Ask to have an old one removed.',
  'refusal.password-link-invalid':
    'This link is no longer valid: it was used, replaced or has run out. Ask for a new one.',
  'refusal.form-expired': 'This page was open for too long, or your browser refuses cookies. Try again.',
  'refusal.not-yet': 'The network would not let you in yet. This page says what it waits for.',
  'refusal.other-step': 'This step was done already. Here is where you are.',
  'refusal.not-found': 'There is nothing at this address.',
  'refusal.other': 'That did not work. Try again, or ask the people who look after devices.',
} as const;
