// CSV for people, who open it in spreadsheets: a cell that a spreadsheet would run as a formula gets a quote in front
// (CSV-01, ASVS 1.2.10), and every cell is quoted.

export function csvLine(cells: readonly (string | number | boolean | null | undefined)[]): string {
  return `${cells.map((cell) => quote(guard(String(cell ?? '')))).join(',')}\r\n`;
}

function guard(text: string): string {
  return /^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
