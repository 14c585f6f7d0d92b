/** The name of an app, as in `com.example.mail`. */
export const bundleIdentifier = {
  type: 'word',
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  maximumLength: 255,
  says: 'the identifier of an app, such as com.example.mail',
} as const;
