// Short news in the corner: what went well fades, what went wrong stays until it is closed.
import { notifications } from '@mantine/notifications';
import { problemText } from './failure.tsx';
import { designTexts } from './texts.ts';

export function notifyDone(message: string, title?: string): void {
  notifications.show({
    message,
    ...(title === undefined ? {} : { title }),
    color: 'green',
    autoClose: 5_000,
    closeButtonProps: { 'aria-label': designTexts.say('close') },
  });
}

export function notifyProblem(error: unknown, title?: string): void {
  notifications.show({
    message: problemText(error),
    ...(title === undefined ? {} : { title }),
    color: 'red',
    autoClose: false,
    closeButtonProps: { 'aria-label': designTexts.say('close') },
    role: 'alert',
  });
}
