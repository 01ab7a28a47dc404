// Is the money that of the run's own account, with one symbol and with many?
import { describe, expect, it } from 'vitest';
import type { ResultRow } from '../../result-file.ts';
import type { ReportData } from '../report-data.ts';
import { arrange } from '../report-view.ts';
import { moneySentence } from './money-words.ts';

function sentenceOf(changes: readonly (number | undefined)[], held: readonly number[]): string {
  const rows = changes.map((totalReturn, index) => ({
    symbol: `S${index}`,
    riskLevel: 'moderate',
    variant: 'head',
    initialEquity: 100_000,
    figures: { totalReturn },
  })) as unknown as ResultRow[];
  const baselines = held.map((totalReturn, index) => ({ symbol: `S${index}`, buyAndHold: { totalReturn } }));
  const data = { result: { rows, headlineVariant: 'head', baselines }, currency: 'USDT' } as unknown as ReportData;
  return moneySentence(arrange(data), rows).replaceAll('\u202F', ' ');
}

describe('the money', () => {
  it('is the account of the run', () => {
    expect(sentenceOf([], [])).toBe('Nothing was tested at this risk level.');
    expect(sentenceOf([-0.0002], [1.7196])).toBe(
      'The account of 100 000 USDT ended at 99 980; bought and held, at 271 960.',
    );
    expect(sentenceOf([-0.0002, undefined], [1.7196, -0.134])).toBe(
      'An account of 100 000 USDT for each symbol ended at 99 980 on S0 and at n/a on S1; bought and held, at 271 960 on S0 and at 86 600 on S1.',
    );
  });

  it('is summed up for many symbols', () => {
    expect(sentenceOf([-0.1, 0.1, 0.2, undefined, 0], [0, 1, 2, 3, 4])).toBe(
      'Of 5 accounts of 100 000 USDT, one for each symbol, 2 gained; the middle one at 105 000, the worst at 90 000, the best at 120 000. Bought and held, the middle one at 300 000, the worst at 100 000, the best at 500 000.',
    );
  });
});
