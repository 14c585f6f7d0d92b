// The link's secret stands in the fragment, which never left this browser until now. It goes into the body of two posts.
const token = location.hash.slice(1);
history.replaceState(null, '', location.pathname);
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
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error('The server cannot be reached. Check your connection and try again.');
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
  at('who').textContent = `Administrator of ${offer.organization.name}`;
  at('email').value = offer.email;
  at('rule').textContent = `At least ${offer.minimumLength} characters. Length counts, not symbols: a few words are good.`;
  at('factor').hidden = offer.secondFactor === 'none';
  if (offer.secret) {
    at('new-factor').hidden = false;
    at('uri').href = offer.uri;
    at('secret').textContent = offer.secret.match(/.{1,4}/g).join(' ');
  }
  if (offer.secondFactor === 'optional') at('code-title').textContent += ' (leave empty to go without)';
  at('form').hidden = false;
  at('password').focus();
}

function problemIn(password, repeat, code) {
  if ([...password].length < offer.minimumLength) return ['password', `The password needs at least ${offer.minimumLength} characters.`];
  if (password !== repeat) return ['repeat', 'The two passwords differ.'];
  const needed = offer.secondFactor === 'new' || offer.secondFactor === 'existing';
  if ((needed || code !== '') && !/^\d{6}$/.test(code)) return ['code', 'Enter the six digits that the application shows.'];
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
    say('Your account is ready. You can close this page and sign in.');
  } catch (error) {
    show(undefined, error.message);
  } finally {
    at('submit')?.removeAttribute('disabled');
  }
});

begin();
