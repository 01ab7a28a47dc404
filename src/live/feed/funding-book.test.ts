// Is the funding view of a close the one that research has, and is a stamp asked for when one is due?
import { expect, test } from 'vitest';
import { FundingBook } from './funding-book.ts';

const H = 3_600_000;

test('views hold the last stamp at or before the close and the one before', () => {
  const book = new FundingBook(8);
  book.take([
    { time: 16 * H, rate: 0.2 },
    { time: 8 * H, rate: 0.1 },
    { time: 8 * H, rate: 0.1 },
  ]);
  expect(book.viewAt(7 * H)).toEqual({ rate: NaN, previousRate: NaN, time: NaN });
  expect(book.viewAt(8 * H)).toEqual({ rate: 0.1, previousRate: NaN, time: 8 * H });
  expect(book.viewAt(17 * H)).toEqual({ rate: 0.2, previousRate: 0.1, time: 16 * H });
});

test('a stamp is asked for from the moment on at which it is due', () => {
  const book = new FundingBook(8);
  expect(book.missingSince(20 * H)).toBe(4 * H);
  book.take([{ time: 16 * H + 7, rate: 0.2 }]);
  expect(book.missingSince(24 * H - 1)).toBeUndefined();
  expect(book.missingSince(24 * H)).toBe(16 * H + 8);
});
