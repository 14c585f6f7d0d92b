/** The words that facts are described with: how they are gathered, who states them, how private they are. */

/** SCN-01 … SCN-05; each runs at its own interval and on demand (SCN-06). */
export const scans = ['device-information', 'security', 'profiles', 'apps', 'certificates'] as const;
export type Scan = (typeof scans)[number];

/** Most trusted first (DEV-09): hardware attestation, the operating system's own protocol, our agent, a mail client, a person. */
export const factSources = ['attested', 'os-protocol', 'agent', 'activesync', 'administrator'] as const;
export type FactSource = (typeof factSources)[number];

/**
 * technical: says something about the machine. personal: says something about a person who can be named, such as a phone
 * number. sensitive: where the person is, what the person does; every reading of it is audited.
 */
export const privacyClasses = ['technical', 'personal', 'sensitive'] as const;
export type PrivacyClass = (typeof privacyClasses)[number];
