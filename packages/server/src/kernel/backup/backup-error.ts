/** A backup that is not made or not believed; the message is for the operator. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}
