/** How Node names what Apple's TLS end says of our certificate (RFC 8446, section 6.2), apart from faults of the network. */

const refusals =
  /ALERT_(?:BAD_CERTIFICATE|DECRYPT_ERROR|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|ACCESS_DENIED)|CERTIFICATE_REQUIRED/;

/** @param code `code` of the error, such as ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED */
export function isCertificateRefusal(code: string): boolean {
  return refusals.test(code);
}
