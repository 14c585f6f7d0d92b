/** Users: the people whose devices are managed, and how they prove who they are. */
export { smartGroupChanged } from './groups.ts';
export {
  choosePassword,
  makePasswordLink,
  type PasswordLinkDeps,
  userPasswordLength,
} from './password-links.ts';
export { provePassword, type ProvePasswordDeps } from './prove-password.ts';
export { signInUser, type SignedInUser, type UserSignInDeps } from './sign-in-user.ts';
