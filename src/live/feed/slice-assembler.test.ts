// Is every candle used exactly once and in order, whatever the streams do? Random arrivals against the assembler.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Candle } from '../../domain/candle.ts';
import { SliceAssembler, type AssemblerOutput } from './slice-assembler.ts';

const BAR = 3_600_000;
const RULES = { barMs: BAR, graceMs: 2_000, deadlineMs: 20_000 };

const candle = (index: number, close = 100 + index): Candle => ({
  openTime: index * BAR,
  closeTime: (index + 1) * BAR,
  open: 100,
  high: 200,
  low: 50,
  close,
  volume: 1,
  flags: 0,
});
const slices = (outputs: readonly AssemblerOutput[]) => outputs.filter((output) => output.kind === 'slice');

test('a close is complete when all candles are there, and not before it', () => {
  const feed = new SliceAssembler(['A', 'B'], BAR, RULES);
  feed.take('A', candle(0));
  expect(feed.advance(BAR)).toEqual([]);
  feed.take('B', candle(0));
  expect(feed.advance(BAR - 1)).toEqual([]);
  expect(feed.advance(BAR)).toEqual([
    { kind: 'slice', time: BAR, candles: [candle(0), candle(0)], use: 'current', missing: [] },
  ]);
  expect(feed.nextClose).toBe(2 * BAR);
});

test('a missing candle is asked for once after the grace, again when told, and done without at the deadline', () => {
  const feed = new SliceAssembler(['A', 'B'], BAR, RULES);
  feed.take('A', candle(0));
  expect(feed.advance(BAR + 1_999)).toEqual([]);
  expect(feed.advance(BAR + 2_000)).toEqual([{ kind: 'request', symbol: 'B', from: 0 }]);
  expect(feed.advance(BAR + 3_000)).toEqual([]);
  feed.askAgain('B');
  expect(feed.advance(BAR + 4_000)).toEqual([{ kind: 'request', symbol: 'B', from: 0 }]);
  expect(feed.advance(BAR + 21_999)).toEqual([
    { kind: 'slice', time: BAR, candles: [candle(0), undefined], use: 'current', missing: ['B'] },
  ]);
});

test('a candle that a close was decided without is asked for at the next one, which waits for it', () => {
  const feed = new SliceAssembler(['A', 'B'], BAR, RULES);
  feed.take('A', candle(0));
  feed.advance(BAR + 2_000);
  expect(slices(feed.advance(BAR + 22_000))).toHaveLength(1);
  // Its request has failed meanwhile, and streams bring the next candles.
  feed.askAgain('B');
  feed.take('A', candle(1));
  feed.take('B', candle(1));
  expect(feed.advance(2 * BAR)).toEqual([{ kind: 'request', symbol: 'B', from: 0 }]);
  feed.answered('B', [candle(0), candle(1)]);
  expect(feed.advance(2 * BAR + 100)).toEqual([
    { kind: 'slice', time: BAR, candles: [undefined, candle(0)], use: 'backfill', missing: [] },
    { kind: 'slice', time: 2 * BAR, candles: [candle(1), candle(1)], use: 'current', missing: [] },
  ]);
});

test('a candle that the venue does not have is not waited for', () => {
  const feed = new SliceAssembler(['A'], BAR, RULES);
  feed.advance(BAR);
  expect(slices(feed.advance(BAR + 20_000))).toHaveLength(1);
  feed.take('A', candle(1));
  feed.askAgain('A');
  expect(feed.advance(2 * BAR)).toEqual([{ kind: 'request', symbol: 'A', from: 0 }]);
  feed.answered('A', [candle(1)]);
  expect(feed.advance(2 * BAR + 1)).toEqual([
    { kind: 'slice', time: 2 * BAR, candles: [candle(1)], use: 'current', missing: [] },
  ]);
});

test('a symbol that owes a candle is not decided on, for six closes; what came meanwhile is used in order', () => {
  for (const heldBack of [1, 3, 6, 7, 9]) {
    const feed = new SliceAssembler(['A', 'B'], BAR, RULES);
    const used: number[] = [];
    const decided: number[] = [];
    const close = (index: number, answer: readonly Candle[] | undefined): void => {
      feed.take('A', candle(index));
      if (index > 0) feed.take('B', candle(index));
      const outputs = [...feed.advance((index + 1) * BAR)];
      if (answer !== undefined) feed.answered('B', answer);
      for (const after of [1, 2_000, 22_000]) outputs.push(...feed.advance((index + 1) * BAR + after));
      feed.askAgain('B');
      for (const output of slices(outputs)) {
        const [, b] = output.candles;
        if (b !== undefined) used.push(b.openTime / BAR);
        if (output.use === 'current' && b !== undefined) decided.push(index);
      }
    };
    for (let index = 0; index < heldBack; index += 1) close(index, undefined);
    close(
      heldBack,
      Array.from({ length: heldBack + 1 }, (_, index) => candle(index)),
    );
    close(heldBack + 1, undefined);
    const all = Array.from({ length: heldBack + 2 }, (_, index) => index);
    const isGivenUp = heldBack > 6;
    expect(used).toEqual(isGivenUp ? all.slice(1) : all);
    expect(decided).toEqual(all.slice(isGivenUp ? 7 : heldBack));
  }
});

test('what comes too late is made known before the next close, without a decision', () => {
  const feed = new SliceAssembler(['A', 'B'], BAR, RULES);
  feed.take('A', candle(0));
  feed.advance(BAR);
  feed.advance(BAR + 20_000);
  feed.take('B', candle(0));
  feed.take('A', candle(1));
  feed.take('B', candle(1));
  expect(feed.advance(2 * BAR)).toEqual([
    { kind: 'slice', time: BAR, candles: [undefined, candle(0)], use: 'backfill', missing: [] },
    { kind: 'slice', time: 2 * BAR, candles: [candle(1), candle(1)], use: 'current', missing: [] },
  ]);
});

test('after an outage all closes come in order, and only the last is there to decide at', () => {
  const feed = new SliceAssembler(['A'], BAR, RULES);
  for (const index of [2, 0, 1]) feed.take('A', candle(index));
  expect(slices(feed.advance(3 * BAR + 5)).map(({ time, use }) => [time / BAR, use])).toEqual([
    [1, 'backfill'],
    [2, 'backfill'],
    [3, 'current'],
  ]);
});

test('after an outage candles are asked for before anything is done without them', () => {
  const feed = new SliceAssembler(['A'], BAR, RULES);
  expect(feed.advance(5 * BAR)).toEqual([{ kind: 'request', symbol: 'A', from: 0 }]);
  for (const index of [0, 1, 2, 3, 4]) feed.take('A', candle(index));
  expect(slices(feed.advance(5 * BAR + 100)).map(({ missing }) => missing)).toEqual([[], [], [], [], []]);
});

test('doubles are passed over, and a revision is told once', () => {
  const feed = new SliceAssembler(['A'], BAR, RULES);
  feed.take('A', candle(0));
  feed.advance(BAR);
  expect(feed.take('A', candle(0))).toEqual([]);
  expect(feed.take('A', candle(0, 7))).toEqual([{ kind: 'revision', symbol: 'A', used: candle(0), now: candle(0, 7) }]);
  expect(feed.take('A', candle(0, 7))).toEqual([]);
  expect(feed.advance(BAR + 1)).toEqual([]);
});

test('a running candle tells that the one before has closed', () => {
  const feed = new SliceAssembler(['A'], BAR, RULES);
  expect(feed.sawRunning('A', 0)).toBeUndefined();
  expect(feed.sawRunning('A', BAR)).toEqual({ kind: 'request', symbol: 'A', from: 0 });
  feed.take('A', candle(0));
  feed.advance(BAR);
  expect(feed.sawRunning('A', BAR)).toBeUndefined();
});

test('whatever the order and number of arrivals, each candle is used once, in rising time, and closes rise by one bar', () => {
  const arrivals = fc.array(
    fc.record({
      symbol: fc.constantFrom('A', 'B', 'C'),
      index: fc.integer({ min: 0, max: 12 }),
      wait: fc.integer({ min: 0, max: BAR }),
    }),
    { maxLength: 80 },
  );
  fc.assert(
    fc.property(arrivals, (sequence) => {
      const symbols = ['A', 'B', 'C'];
      const feed = new SliceAssembler(symbols, BAR, RULES);
      const seen: AssemblerOutput[] = [];
      let now = 0;
      for (const { symbol, index, wait } of sequence) {
        now += wait;
        if (candle(index).closeTime <= now) seen.push(...feed.take(symbol, candle(index)));
        seen.push(...feed.advance(now));
      }
      const decided = slices(seen);
      symbols.forEach((_, place) => {
        const opens = decided.flatMap(({ candles }) => candles[place]?.openTime ?? []);
        expect(opens).toEqual([...new Set(opens)].sort((a, b) => a - b));
      });
      const current = decided.filter(({ use }) => use === 'current').map(({ time }) => time);
      expect(current).toEqual([...new Set(current)].sort((a, b) => a - b));
      for (const { candles, time } of decided) {
        for (const each of candles) if (each !== undefined) expect(each.closeTime).toBe(time);
      }
      expect(seen.some(({ kind }) => kind === 'revision')).toBe(false);
    }),
  );
});
