// The names of the module's jobs, apart from what they do, because use-cases add them.

/** A device got through its enrolment or to another user: is one of the mail devices it? */
export const linkMailDevicesKind = 'link-mail-devices';
/** A person is told why mail does not come to his device, and what to do. */
export const instructMailUserKind = 'instruct-mail-user';
/** Policies of users changed. */
export const refreshMailPoliciesKind = 'refresh-mail-policies';
/** A user was changed, disabled, deleted: whoever remembers a decision forgets it. */
export const announceMailUserKind = 'announce-mail-user';
/** Strangers are treated otherwise from this moment on (ENR-17). */
export const announceDeadlineKind = 'announce-mail-deadline';
