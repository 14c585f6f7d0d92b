/** The pages by name: `tokens.provision.tags.PolicyKey`. */
export * from './commands.ts';
export * from './contents.ts';
