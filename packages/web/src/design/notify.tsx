// Short news in the corner: what went well fades, what went wrong stays until it is closed.
import { notifications } from '@mantine/notifications';
import { problemText } from './failure.tsx';

export function notifyDone(message: string, title?: string): void {
  notifications.show({
    message,
    ...(title === undefined ? {} : { title }),
    color: 'green',
    autoClose: 5_000,
  });
}

export function notifyProblem(error: unknown, title?: string): void {
  notifications.show({
    message: problemText(error),
    ...(title === undefined ? {} : { title }),
    color: 'red',
    autoClose: false,
    role: 'alert',
  });
}
