// A code or a link's secret stands behind the # of the address, which never left this browser until now: it goes into its
// field, and out of the address bar.
const field = document.querySelector('[data-from-address]');
if (field && location.hash.length > 1) {
  let text = '';
  try {
    text = decodeURIComponent(location.hash.slice(1));
  } catch {
    text = '';
  }
  history.replaceState(null, '', location.pathname);
  if (text.length <= 200) field.value = text;
  const next = document.getElementById(field.dataset.fromAddress);
  if (field.value && next) next.focus();
}

// While the device is awaited: ask, and go on when there is news. Without this script the page reloads itself.
const { waits, status } = document.body.dataset;
if (waits) {
  const ask = async () => {
    try {
      const answer = await fetch(status, { headers: { accept: 'application/json' }, cache: 'no-store' });
      const now = answer.ok ? await answer.json() : undefined;
      if (now !== undefined && (now.mark ?? now.step) !== waits) {
        location.reload();
        return;
      }
    } catch {
      // The network is away, perhaps because the device changes it at this moment; it comes back.
    }
    setTimeout(ask, document.hidden ? 8000 : 3000);
  };
  setTimeout(ask, 2000);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) ask();
  });
  // A download leaves this page as it is: ask sooner afterwards.
  for (const form of document.forms) form.addEventListener('submit', () => setTimeout(ask, 1500));
}

// The device throws a downloaded profile away after eight minutes: say how long it is kept.
const clock = document.querySelector('[data-until]');
if (clock) {
  const until = Date.parse(clock.dataset.until);
  const tick = () => {
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    clock.hidden = false;
    if (left === 0) {
      clock.textContent = clock.dataset.over;
      clock.setAttribute('role', 'alert');
      return;
    }
    clock.querySelector('time').textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
    setTimeout(tick, 1000);
  };
  tick();
}
