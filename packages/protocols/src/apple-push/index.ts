/** Apple's push certificates: the topic in them, and the file by which one asks for them. */
export {
  readSignedPushRequest,
  type SignedPushRequest,
  signPushRequest,
} from './certificate-request.ts';
export { findPushTopic } from './push-certificate.ts';
