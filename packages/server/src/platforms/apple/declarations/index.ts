/** Declarative management: what a device asks about its declarations, and what it says of them. */
export { createDeclarations, type DeclarationDeps } from './answer.ts';
