/** Gives the reader a file to keep. */
export function saveFile(name: string, content: Blob | string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(typeof content === 'string' ? new Blob([content]) : content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
