/** All decoders of this package that read bytes of a stranger. */
import { mailProtocol } from './activesync.ts';
import { appleCheckIn, appleCommand, appleErrorBody, appleReport } from './apple-mdm.ts';
import { certificate } from './certificate.ts';
import { certificateRequest } from './certificate-request.ts';
import {
  ber,
  challengeRequest,
  cmsAttached,
  cmsDetached,
  cmsEnvelope,
  cmsParts,
  scepMessage,
  scepParameter,
} from './cms.ts';
import { crl } from './crl.ts';
import {
  enrollmentBegin,
  enrollmentClaims,
  enrollmentGrant,
  enrollmentOffer,
  enrollmentProof,
} from './enrollment-messages.ts';
import { enrollmentCode, enrollmentUrl } from './enrollment-text.ts';
import { iseAction, iseBatch, iseMessage } from './ise-requests.ts';
import {
  iseCoaAnswer,
  iseDevices,
  iseDiscovery,
  iseFailure,
  iseOrderAnswer,
  iseSession,
} from './ise-answers.ts';
import { iseAnyMessage } from './ise-any-message.ts';
import { iseActionType, iseQuery, iseQueryPath } from './ise-urls.ts';
import { json } from './json.ts';
import { pem } from './pem.ts';
import { plistBinary, plistXml } from './plist.ts';
import { radius, radiusRest } from './radius.ts';
import { securityEventToken, signalRequests } from './shared-signals.ts';
import type { FuzzTarget } from './target.ts';
import { wbxml } from './wbxml.ts';
import { xml } from './xml.ts';

export const targets: readonly FuzzTarget[] = [
  certificate,
  certificateRequest,
  crl,
  ber,
  challengeRequest,
  cmsParts,
  cmsAttached,
  cmsDetached,
  cmsEnvelope,
  scepMessage,
  scepParameter,
  pem,
  enrollmentBegin,
  enrollmentOffer,
  enrollmentProof,
  enrollmentGrant,
  enrollmentClaims,
  enrollmentCode,
  enrollmentUrl,
  json,
  xml,
  plistXml,
  plistBinary,
  appleCheckIn,
  appleReport,
  appleCommand,
  appleErrorBody,
  iseQuery,
  iseQueryPath,
  iseActionType,
  iseAction,
  iseMessage,
  iseBatch,
  iseDiscovery,
  iseDevices,
  iseOrderAnswer,
  iseFailure,
  iseAnyMessage,
  iseCoaAnswer,
  iseSession,
  radius,
  radiusRest,
  securityEventToken,
  ...signalRequests,
  wbxml,
  ...mailProtocol,
];
