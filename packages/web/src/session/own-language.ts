/** The language that somebody signed in chooses: of these pages at once, and with the account, so that mails and other browsers know it. */
import { call } from '../api/call.ts';
import { queryClient } from '../api/hooks.ts';
import { changeMe } from '../api/operations/session.ts';
import { notifyProblem } from '../design/notify.tsx';
import { chooseLanguage, type Language } from '../language/texts.ts';

export async function chooseOwnLanguage(language: Language): Promise<void> {
  await chooseLanguage(language);
  // What the server has worded is read again.
  void queryClient.invalidateQueries();
  await call(changeMe, { body: { language } }).catch(notifyProblem);
}
