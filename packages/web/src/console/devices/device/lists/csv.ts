/** Rows as a CSV file that spreadsheets read as text: a cell that would be a formula is not one. */

export function csvOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n');
}

function cell(text: string): string {
  const plain = text.replace(/\p{Cc}+/gu, ' ').trimStart();
  const safe = /^["']*[=+\-@]/.test(plain) ? `'${plain}` : plain;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** Hands a file to the browser. */
export function saveCsv(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([`\ufeff${text}`], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `${name.replace(/[^\w.-]+/g, '-').slice(0, 80)}.csv`;
  link.click();
  URL.revokeObjectURL(address);
}
