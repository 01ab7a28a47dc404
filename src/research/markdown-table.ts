// How does a table look in Markdown? Padded columns, words to the left and numbers to the right.

export type Cell = string | number;

/** Lines of a Markdown table. Columns whose cells all begin like a number are set to the right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const cells = rows.map((row) => row.map((cell) => String(cell).replaceAll('|', '\\|')));
  const isNumeric = head.map(
    (_, column) => cells.length > 0 && cells.every((row) => /^(-?\d|n\/a)/.test(row[column] ?? '')),
  );
  const width = head.map((name, column) => Math.max(3, name.length, ...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (isNumeric[column] ? cell.padStart(width[column]) : cell.padEnd(width[column]))).join(' | ')} |`;
  const rule = `| ${width.map((length, column) => (isNumeric[column] ? `${'-'.repeat(length - 1)}:` : '-'.repeat(length))).join(' | ')} |`;
  return [line(head), rule, ...cells.map(line)];
}
