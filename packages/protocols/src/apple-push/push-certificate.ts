/**
 * What an MDM push certificate says: its topic stands in the user id of its subject. A device is bound to the topic that its
 * enrolment profile named, so a certificate with another topic reaches none of the devices enrolled so far.
 */
import type { Certificate } from '../x509/index.ts';

const topicForm = /^com\.apple\.mgmt\.[A-Za-z0-9-]{1,64}(?:\.[A-Za-z0-9-]{1,64}){0,4}$/;

function isPushTopic(text: string): boolean {
  return topicForm.test(text);
}

/** The topic; undefined when this is no push certificate of device management, such as one for an app. */
export function findPushTopic(certificate: Certificate): string | undefined {
  const ids = certificate.subject.attributes.filter(({ type }) => type === 'UID');
  const [id] = ids;
  return ids.length === 1 && id !== undefined && isPushTopic(id.value) ? id.value : undefined;
}
