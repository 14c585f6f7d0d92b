/** Values of messages that are names which an administrator gave; how they are listed is up to the language. */

/** Things called by names that an administrator gave; `more` of them are not named. */
export interface Named {
  readonly names: readonly string[];
  readonly more: number;
}

/** Apps by the names that an administrator gave them, or their identifiers. */
export interface NamedApps {
  readonly apps: readonly { readonly name: string; readonly version?: string }[];
  readonly more: number;
}
