/** About accounts: administrators, their sign-in, roles and tokens, users and groups, organizations. */
import type { SentenceTable } from '../sentence-table.ts';

export const ofAccounts: SentenceTable = {
  'The session has ended; sign in again': 'Die Sitzung ist zu Ende; melden Sie sich neu an',
  'There is no such session': 'Diese Sitzung gibt es nicht',
  'E-mail address, password or code is wrong': 'E-Mail-Adresse, Kennwort oder Code ist falsch',
  'This account is entered with its passkey': 'Dieses Konto wird mit seinem Passkey geöffnet',
  'Too many are signing in at this moment; try again shortly':
    'Gerade melden sich zu viele an; versuchen Sie es gleich noch einmal',
  'This needs your second factor once more': 'Dafür wird Ihr zweiter Faktor noch einmal gebraucht',
  'That is not your second factor, or it was used before':
    'Das ist nicht Ihr zweiter Faktor, oder er wurde schon benutzt',
  'No second factor was offered': 'Es wurde kein zweiter Faktor angeboten',
  'The code is wrong or was used before': 'Der Code ist falsch oder wurde schon benutzt',
  'The current password is wrong': 'Das bisherige Kennwort ist falsch',
  'The password is wrong': 'Das Kennwort ist falsch',
  'The name or the password is wrong': 'Der Name oder das Kennwort ist falsch',
  'This takes your password again.': 'Dafür wird Ihr Kennwort noch einmal gebraucht.',
  'The password needs at least {1} characters': 'Das Kennwort braucht mindestens {1} Zeichen',
  'The password may have at most {1} characters': 'Das Kennwort darf höchstens {1} Zeichen haben',
  'This password is among the first that anybody would try; choose another':
    'Dieses Kennwort gehört zu den ersten, die jemand versuchen würde; wählen Sie ein anderes',
  'This passkey opens nothing here': 'Dieser Passkey öffnet hier nichts',
  'This passkey is registered already': 'Dieser Passkey ist schon eingetragen',
  'There is no such passkey': 'Diesen Passkey gibt es nicht',
  'The passkey could not be checked; begin again':
    'Der Passkey ließ sich nicht prüfen; beginnen Sie noch einmal',
  'An account has at most {1} passkeys': 'Ein Konto hat höchstens {1} Passkeys',
  'This is your only second factor, and the organization asks for one. Add another first.':
    'Das ist Ihr einziger zweiter Faktor, und die Organisation verlangt einen. Fügen Sie erst einen anderen hinzu.',
  'This link is no longer valid; ask an administrator for a new one':
    'Dieser Link gilt nicht mehr; bitten Sie die Administration um einen neuen',
  'This link is no longer valid; ask for a new one': 'Dieser Link gilt nicht mehr; bitten Sie um einen neuen',
  'Enter the code of your authenticator application as well':
    'Geben Sie auch den Code Ihrer Authenticator-App ein',

  'There is no such administrator': 'Diesen Administrator gibt es nicht',
  'There is already an administrator with this e-mail address':
    'Es gibt schon einen Administrator mit dieser E-Mail-Adresse',
  'This is your own account; another administrator has to do it':
    'Das ist Ihr eigenes Konto; ein anderer Administrator muss das tun',
  'This is the last active organization administrator; make another one first':
    'Das ist der letzte aktive Administrator der Organisation; machen Sie erst einen anderen dazu',
  'The account is disabled': 'Das Konto ist abgeschaltet',
  'There is no such role': 'Diese Rolle gibt es nicht',
  'There is no role {1}': 'Eine Rolle {1} gibt es nicht',
  'There is already a role of this name': 'Eine Rolle mit diesem Namen gibt es schon',
  'Accounts or tokens still have this role': 'Konten oder Zugriffstoken haben diese Rolle noch',
  'Nobody can give a role that permits more than their own':
    'Niemand kann eine Rolle vergeben, die mehr erlaubt als die eigene',
  'Nobody can change an account that may do more than their own':
    'Niemand kann ein Konto ändern, das mehr darf als das eigene',
  'The token is not valid': 'Das Zugriffstoken gilt nicht',
  'There is no such token': 'Dieses Zugriffstoken gibt es nicht',
  'A token may live {1} days at most': 'Ein Zugriffstoken gilt höchstens {1} Tage',
  'Tokens are made by administrators of the organization itself':
    'Zugriffstoken stellen Administratoren der Organisation selbst aus',
  'A token made with a token lives no longer than that one':
    'Ein Zugriffstoken, das mit einem anderen ausgestellt wurde, gilt nicht länger als dieses',

  'There is no such user': 'Diesen Benutzer gibt es nicht',
  'There is no such user.': 'Diesen Benutzer gibt es nicht.',
  'The user is disabled.': 'Der Benutzer ist abgeschaltet.',
  'Another user has this e-mail address': 'Ein anderer Benutzer hat diese E-Mail-Adresse',
  'Another user has this user name; give one with userName':
    'Ein anderer Benutzer hat diesen Benutzernamen; geben Sie einen eigenen an',
  'The user still has devices; remove them or give them to somebody else':
    'Der Benutzer hat noch Geräte; entfernen Sie sie, oder geben Sie sie jemand anderem',
  'There is no such group': 'Diese Gruppe gibt es nicht',
  'There is no such group.': 'Diese Gruppe gibt es nicht.',
  'Another group has this name': 'Eine andere Gruppe heißt schon so',
  'The members of this group are found by its expression.':
    'Die Mitglieder dieser Gruppe ergeben sich aus ihrem Ausdruck.',
  'The members of the group {1} are found by its expression.':
    'Die Mitglieder der Gruppe {1} ergeben sich aus ihrem Ausdruck.',
  'People choose the members of this group; make a smart group.':
    'Die Mitglieder dieser Gruppe werden von Menschen gewählt; legen Sie eine dynamische Gruppe an.',
  'There are {1} smart groups already.': 'Es gibt schon {1} dynamische Gruppen.',
  'The group {1} could not be made.': 'Die Gruppe {1} ließ sich nicht anlegen.',
  'There is no such organization': 'Diese Organisation gibt es nicht',
  'There is no such organization.': 'Diese Organisation gibt es nicht.',
  'There is already an organization "{1}"': 'Eine Organisation „{1}“ gibt es schon',
  '"{1}" is a word of this server; choose another slug':
    '„{1}“ hat auf diesem Server eine eigene Bedeutung; wählen Sie ein anderes Kürzel',
  'The picture has {1} × {2} pixels; at most {3} × {4} are taken':
    'Das Bild hat {1} × {2} Bildpunkte; angenommen werden höchstens {3} × {4}',
  'It is no PNG, JPEG or WebP picture': 'Das ist kein Bild in PNG, JPEG oder WebP',
  'The picture has no size': 'Das Bild hat keine Größe',
  'The PNG picture is damaged': 'Das PNG-Bild ist beschädigt',
  'The JPEG picture is damaged': 'Das JPEG-Bild ist beschädigt',
  'The WebP picture is damaged': 'Das WebP-Bild ist beschädigt',
  'The WebP picture is damaged, or is an animation': 'Das WebP-Bild ist beschädigt oder eine Animation',
  'A logo has at most {1} KiB': 'Ein Logo hat höchstens {1} KiB',
  '{1} stands out from white by {2} to 1 only, and {3} is needed: {4} is the nearest shade':
    '{1} hebt sich von Weiß nur mit {2} zu 1 ab, nötig ist {3}: Der nächste Farbton ist {4}',
  'There is no such alert.': 'Diese Warnung gibt es nicht.',
  'Everybody is told of this at once.': 'Davon erfahren alle sofort.',
  'There is no such view.': 'Diese Ansicht gibt es nicht.',
  'One may have {1} views.': 'Sie können {1} Ansichten haben.',
  'There is no such watch list.': 'Diese Beobachtungsliste gibt es nicht.',
  'Another watch list has this name, or there are {1} already.':
    'Eine andere Beobachtungsliste heißt schon so, oder es gibt schon {1}.',
};
