/** How the requests and answers of Apple's device management name themselves. */

export const appleMediaTypes = {
  checkIn: 'application/x-apple-aspen-mdm-checkin',
  command: 'application/x-apple-aspen-mdm',
  profile: 'application/x-apple-aspen-config',
  answer: 'application/xml; charset=UTF-8',
  json: 'application/json',
} as const;

/**
 * Check-ins and commands may come to one address, told apart by their type alone. By prefix: the charset is sometimes missing
 * and sometimes not, and whatever is no check-in is meant as a command's result.
 */
export function isCheckInType(contentType: string | undefined): boolean {
  return contentType?.trimStart().toLowerCase().startsWith(appleMediaTypes.checkIn) === true;
}
