// Does the table of targets say what was promised and what became of it, symbol by symbol and of many in sum?
import { describe, expect, it } from 'vitest';
import type { ResultRow } from '../../result-file.ts';
import { targetSummary, targetTable } from './target-table.ts';

/** Rows that keep the profit factor from the third on, and have no drawdown target. */
const ROWS = [0, 1, 2, 3, 4].map((index) => ({
  symbol: `S${index}`,
  figures: { totalReturn: index - 1.5 },
  verdict: {
    checks: [
      { name: 'sharpe', target: 1, value: undefined, passed: false },
      { name: 'profitFactor', target: 1.2, value: 1 + index / 10, passed: index > 2 },
      { name: 'maxDrawdown', target: null, value: 0.1, passed: undefined },
      { name: 'trades', target: 50, value: 40 + 10 * index, passed: index > 1 },
    ],
  },
})) as unknown as ResultRow[];

const cells = (page: { readonly markup: string }): string[][] =>
  (page.markup.match(/<tr>.*?<\/tr>/g) ?? []).map((line) =>
    line
      .split(/<\/t[hd]>/)
      .map((cell) =>
        cell
          .replaceAll(/<[^>]*>/g, '')
          .replaceAll('&gt;', '>')
          .replaceAll('\u202F', ' '),
      )
      .slice(0, -1),
  );

describe('targets', () => {
  it('stand beside what was reached', () => {
    expect(cells(targetTable('moderate', ROWS.slice(1, 4)))).toEqual([
      ['Target', '', 'S1', 'S2', 'S3'],
      ['Cautious Sharpe', '> 1', 'n/a✗ target missed', 'n/a✗ target missed', 'n/a✗ target missed'],
      ['Profit factor', '> 1.2', '1.10✗ target missed', '1.20✗ target missed', '1.30✓ target kept'],
      ['Drawdown', 'none', '10.00 %', '10.00 %', '10.00 %'],
      ['Trades', '> 50', '50✗ target missed', '60✓ target kept', '70✓ target kept'],
      ['Return', '', '−50.00 %', '+50.00 %', '+150.00 %'],
    ]);
  });

  it('of many symbols are counted', () => {
    expect(cells(targetSummary('moderate', ROWS))).toEqual([
      ['Target', '', 'Kept by', 'Middle symbol'],
      ['Cautious Sharpe', '> 1', '0 of 5', 'n/a'],
      ['Profit factor', '> 1.2', '2 of 5', '1.20'],
      ['Drawdown', 'none', '–', '10.00 %'],
      ['Trades', '> 50', '3 of 5', '60'],
      ['Return', 'above 0', '3 of 5', '+50.00 %'],
    ]);
  });
});
