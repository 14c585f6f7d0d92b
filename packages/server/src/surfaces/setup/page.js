// The link's secret stands in the fragment, which never left this browser until now. It goes into the body of two posts.
const token = location.hash.slice(1);
history.replaceState(null, '', location.pathname);
const texts = {
  en: {
    title: 'Set up your account',
    checking: 'Checking the link…',
    signIn: 'Sign in to the console',
    email: 'E-mail address',
    password: 'Password',
    repeat: 'The same password again',
    factor: 'Second factor',
    add: 'Add Gatehouse to an authenticator application: scan the code, open the link on your phone, or type the key.',
    open: 'Open in an authenticator application',
    key: 'Key',
    code: 'Code of six digits that the application shows',
    optionalCode: ' (leave empty to go without)',
    submit: 'Set up',
    unreachable: 'The server cannot be reached. Check your connection and try again.',
    who: ({ name, slug }) => `Administrator of ${name} (short name: ${slug})`,
    rule: (least) => `At least ${least} characters. Length counts, not symbols: a few words are good.`,
    tooShort: (least) => `The password needs at least ${least} characters.`,
    differ: 'The two passwords differ.',
    sixDigits: 'Enter the six digits that the application shows.',
    ready: 'Your account is ready.',
  },
  de: {
    title: 'Konto einrichten',
    checking: 'Der Link wird geprüft …',
    signIn: 'An der Konsole anmelden',
    email: 'E-Mail-Adresse',
    password: 'Kennwort',
    repeat: 'Dasselbe Kennwort noch einmal',
    factor: 'Zweiter Faktor',
    add: 'Fügen Sie Gatehouse einer Authenticator-App hinzu: Scannen Sie den Code, öffnen Sie den Link auf Ihrem Telefon, oder tippen Sie den Schlüssel ab.',
    open: 'In einer Authenticator-App öffnen',
    key: 'Schlüssel',
    code: 'Sechsstelliger Code, den die App zeigt',
    optionalCode: ' (leer lassen, um darauf zu verzichten)',
    submit: 'Einrichten',
    unreachable: 'Der Server ist nicht erreichbar. Prüfen Sie die Verbindung und versuchen Sie es noch einmal.',
    who: ({ name, slug }) => `Administration von ${name} (Kurzname: ${slug})`,
    rule: (least) => `Mindestens ${least} Zeichen. Es zählt die Länge, nicht Sonderzeichen: Einige Wörter sind gut.`,
    tooShort: (least) => `Das Kennwort braucht mindestens ${least} Zeichen.`,
    differ: 'Die beiden Kennwörter sind verschieden.',
    sixDigits: 'Geben Sie die sechs Ziffern ein, die die App zeigt.',
    ready: 'Ihr Konto ist bereit.',
  },
};
const language = navigator.language.startsWith('de') ? 'de' : 'en';
const words = texts[language];
const at = (id) => document.getElementById(id);
const say = (text, failed = false) => {
  at('status').textContent = text;
  at('status').className = failed ? 'failed' : '';
};

async function post(path, body) {
  let response;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': language },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error(words.unreachable);
  }
  const answer = response.status === 204 ? {} : await response.json();
  if (!response.ok) throw new Error(answer.detail);
  return answer;
}

let offer;

async function begin() {
  try {
    offer = await post('/setup/begin', { token });
  } catch (error) {
    say(error.message, true);
    return;
  }
  say('');
  at('who').textContent = words.who(offer.organization);
  at('email').value = offer.email;
  at('rule').textContent = words.rule(offer.minimumLength);
  at('factor').hidden = offer.secondFactor === 'none';
  if (offer.secret) {
    at('new-factor').hidden = false;
    at('uri').href = offer.uri;
    draw(offer.qr);
    at('secret').textContent = offer.secret.match(/.{1,4}/g).join(' ');
  }
  if (offer.secondFactor === 'optional') at('code-title').textContent += words.optionalCode;
  at('form').hidden = false;
  at('password').focus();
}

/** Dark on white in both themes: cameras want it so. */
function draw({ path, side }) {
  const drawing = at('qr');
  drawing.setAttribute('viewBox', `-4 -4 ${side + 8} ${side + 8}`);
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', path);
  drawing.append(line);
}

function problemIn(password, repeat, code) {
  if ([...password].length < offer.minimumLength) return ['password', words.tooShort(offer.minimumLength)];
  if (password !== repeat) return ['repeat', words.differ];
  const needed = offer.secondFactor === 'new' || offer.secondFactor === 'existing';
  if ((needed || code !== '') && !/^\d{6}$/.test(code)) return ['code', words.sixDigits];
  return undefined;
}

function show(field, text) {
  at('problem').textContent = text;
  for (const id of ['password', 'repeat', 'code']) at(id).removeAttribute('aria-invalid');
  if (!field) return;
  at(field).setAttribute('aria-invalid', 'true');
  at(field).focus();
}

at('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const password = at('password').value;
  const code = at('code').value.replaceAll(' ', '');
  const problem = problemIn(password, at('repeat').value, code);
  if (problem) {
    show(...problem);
    return;
  }
  show(undefined, '');
  at('submit').disabled = true;
  try {
    await post('/setup/complete', { token, password, ...(code === '' ? {} : { code }) });
    at('form').remove();
    say(words.ready);
    const signIn = at('ready').firstElementChild;
    signIn.href += `?organization=${encodeURIComponent(offer.organization.slug)}`;
    at('ready').hidden = false;
    signIn.focus();
  } catch (error) {
    show(undefined, error.message);
  } finally {
    at('submit')?.removeAttribute('disabled');
  }
});

document.documentElement.lang = language;
document.title = `${words.title} · Gatehouse`;
for (const element of document.querySelectorAll('[data-text]')) element.textContent = words[element.dataset.text];
begin();
