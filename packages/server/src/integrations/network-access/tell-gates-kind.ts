/** The job that follows from a changed decision, where an organization has somebody to tell. */
export const tellGatesKind = 'tell-network-gates';
