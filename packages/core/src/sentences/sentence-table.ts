/** Sentences of the server in English, to the same in another language; `{1}` stands for what is filled in. */
export type SentenceTable = Readonly<Record<string, string>>;
