/** The cookie by which a browser is known that a user signed in from before; portal and enrolment page share it. */
export const knownUserCookie = '__Host-gh_known_user';
