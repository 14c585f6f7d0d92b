// Results for people: a list becomes an aligned table, an object a column of names and values.

function cell(value: unknown): string {
  if (typeof value === 'string') return visible(value);
  if (value === null || value === undefined) return '-';
  return visible(JSON.stringify(value));
}

/** Terminal control characters in what devices report must not reach the terminal. */
function visible(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '�');
}

export function table(
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly string[],
): string {
  if (rows.length === 0) return 'none';
  const cells = [
    columns.map((column) => column.toUpperCase()),
    ...rows.map((row) => columns.map((column) => cell(row[column]))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((text, index) => text.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function fields(value: Readonly<Record<string, unknown>>): string {
  const width = Math.max(0, ...Object.keys(value).map((name) => name.length));
  return Object.entries(value)
    .map(([name, content]) => `${name.padEnd(width)}  ${cell(content)}`)
    .join('\n');
}

export function printable(value: unknown): string {
  if (Array.isArray(value)) {
    const rows = value.map(
      (item) =>
        (typeof item === 'object' && item !== null ? item : { value: item }) as Record<string, unknown>,
    );
    return table(rows, [...new Set(rows.flatMap((row) => Object.keys(row)))]);
  }
  if (typeof value === 'object' && value !== null) return fields(value as Record<string, unknown>);
  return String(value);
}
