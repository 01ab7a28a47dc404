// Is every row of the catalogue tried through the connector, and is docs/faults-and-behaviour.md true about it?
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FAULT_CATALOGUE } from '../../../src/exchange-simulator/faults/catalogue.ts';

const folder = new URL('.', import.meta.url);
const texts = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts') && name !== 'coverage.test.ts')
    .map((name) => [name.replace('.test.ts', ''), readFileSync(new URL(name, folder), 'utf8')] as const),
);

/** The rows that the first line of a file names: `Rows 1 to 3, 7 and 9: …`. */
function rowsOf(text: string): readonly number[] {
  const named = /^\/\/ Rows ([^:]+):/.exec(text)?.[1] ?? '';
  return [...named.matchAll(/(\d+)(?: to (\d+))?/g)].flatMap(([, from, until = from]) =>
    Array.from({ length: Number(until) - Number(from) + 1 }, (_, index) => Number(from) + index),
  );
}

const page = readFileSync(new URL('../../../docs/faults-and-behaviour.md', folder), 'utf8');
const table = page
  .split('\n')
  .filter((line) => /^\| \d+ \|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));

it('names every row of the catalogue in the table, in order', () => {
  expect(table.map(([, row, name]) => [Number(row), name])).toEqual(
    FAULT_CATALOGUE.map(({ number, name }) => [number, name]),
  );
});

it.each(table.map(([, row, , , , files]) => [Number(row), files] as const))('row %i is tried in %s', (row, files) => {
  for (const file of files.split(', ')) {
    const text = texts.get(file) ?? '';
    expect(rowsOf(text), file).toContain(row);
    expect(text, file).toMatch(new RegExp(`row ${row}:|fault: ${row}\\b|\\[${row}, \\{`));
  }
});

it('lists every file that says it tries a row', () => {
  for (const [file, text] of texts) {
    for (const row of rowsOf(text)) expect(table[row - 1][5].split(', '), `row ${row}`).toContain(file);
  }
});
