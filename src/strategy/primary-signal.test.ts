// Does the primary signal count votes and weights as its settings say?
import { describe, expect, it } from 'vitest';
import { defaultPrimary } from '../../test/leaks/default-settings.ts';
import { syntheticSeries } from '../../test/leaks/synthetic-candles.ts';
import { createCandleView, FLAG_FILLED, FLAG_SEGMENT_START, loadCandle, type CandleSeries } from '../domain/candle.ts';
import { createEma } from '../indicators/ema.ts';
import { createMacd } from '../indicators/macd.ts';
import { createRsi } from '../indicators/rsi.ts';
import { createPrimarySignal, type PrimaryParams, type PrimarySignal } from './primary-signal.ts';

const series = syntheticSeries(3000, 'primary');

function walk(params: PrimaryParams, market: CandleSeries, visit: (signal: PrimarySignal, bar: number) => void): void {
  const signal = createPrimarySignal(params);
  const view = createCandleView();
  for (let bar = 0; bar < market.length; bar += 1) {
    loadCandle(view, market, bar);
    signal.update(view);
    visit(signal, bar);
  }
}

const only = (member: 'ema' | 'rsi' | 'macd', rest: Partial<PrimaryParams> = {}): PrimaryParams => ({
  ...defaultPrimary,
  minVotes: 1,
  ema: { ...defaultPrimary.ema, enabled: member === 'ema' },
  rsi: { ...defaultPrimary.rsi, enabled: member === 'rsi' },
  macd: { ...defaultPrimary.macd, enabled: member === 'macd' },
  ...rest,
});

describe('members', () => {
  it('EMA votes for the side of the fast average, MACD for the sign of its histogram, RSI against extremes', () => {
    const [fast, slow, macd, rsi] = [createEma(9), createEma(21), createMacd(12, 26, 9), createRsi(14)];
    const wrong: number[] = [];
    const seen = new Set<string>();
    walk(defaultPrimary, series, (signal, bar) => {
      const close = series.close[bar];
      const spread = fast.update(close) - slow.update(close);
      const histogram = macd.update(close);
      const strength = rsi.update(close);
      const expected = [Math.sign(spread) || 0, strength < 30 ? 1 : strength > 70 ? -1 : 0, Math.sign(histogram) || 0];
      const actual = [signal.emaVote, signal.rsiVote, signal.macdVote];
      if (actual.some((vote, index) => vote !== expected[index])) wrong.push(bar);
      seen.add(actual.join());
    });
    expect(wrong).toEqual([]);
    expect(seen.size).toBeGreaterThan(8);
  });

  it.each(['ema', 'rsi', 'macd'] as const)('%s alone decides alone, in both modes', (member) => {
    for (const combine of ['voting', 'weighted'] as const) {
      const found = new Set<number>();
      walk(only(member, { combine }), series, (signal) => {
        const votes = { ema: signal.emaVote, rsi: signal.rsiVote, macd: signal.macdVote };
        found.add(signal.direction - votes[member]);
        found.add(Math.abs(votes.ema) + Math.abs(votes.rsi) + Math.abs(votes.macd) - Math.abs(votes[member]));
      });
      expect([...found]).toEqual([0]);
    }
  });

  it('with nothing switched on there is no signal', () => {
    const off = only('ema', { ema: { ...defaultPrimary.ema, enabled: false } });
    for (const combine of ['voting', 'weighted'] as const) {
      walk({ ...off, combine, minWeight: 0, minVotes: 0 }, series, (signal) => expect(signal.direction).toBe(0));
    }
  });
});

describe('combination', () => {
  it('voting: the winning side needs enough votes, ties are 0', () => {
    for (const minVotes of [1, 2, 3]) {
      walk({ ...defaultPrimary, minVotes }, series, (signal) => {
        const votes = [signal.emaVote, signal.rsiVote, signal.macdVote];
        const [ups, downs] = [votes.filter((vote) => vote === 1).length, votes.filter((vote) => vote === -1).length];
        const expected = ups > downs && ups >= minVotes ? 1 : downs > ups && downs >= minVotes ? -1 : 0;
        if (signal.direction !== expected) expect.fail(`${votes.join()} gave ${signal.direction}`);
      });
    }
  });

  it('weighted: the share of the weights must reach the minimum, inclusive', () => {
    const base: PrimaryParams = { ...defaultPrimary, combine: 'weighted' };
    for (const minWeight of [0.2, 0.4, 0.6, 0.8, 1]) {
      walk({ ...base, minWeight }, series, (signal) => {
        const sum = signal.emaVote + 0.5 * signal.rsiVote + signal.macdVote;
        const expected = Math.abs(sum) / 2.5 >= minWeight ? Math.sign(sum) : 0;
        if (signal.direction !== expected) expect.fail(`sum ${sum} gave ${signal.direction}`);
      });
    }
  });
});

describe('candles', () => {
  it('a filled one asks for nothing and leaves the averages alone', () => {
    const signal = createPrimarySignal(only('ema'));
    const view = createCandleView();
    loadCandle(view, series, 0);
    for (let bar = 0; bar < 60; bar += 1) {
      view.close = 100 + bar;
      signal.update(view);
    }
    expect(signal.direction).toBe(1);
    view.flags = FLAG_FILLED;
    view.close = 1;
    expect(signal.update(view)).toBe(0);
    view.flags = 0;
    view.close = 160;
    expect(signal.update(view)).toBe(1);
  });

  it('the first of a segment starts the warm-up anew', () => {
    const flags = series.flags.slice();
    flags[1000] = FLAG_SEGMENT_START;
    const defined: number[] = [];
    walk(only('ema'), { ...series, flags }, (signal, bar) => {
      if (bar >= 1000 && signal.emaVote !== 0) defined.push(bar);
    });
    expect(defined[0]).toBe(1020);
  });
});

describe('stableAfter', () => {
  it('is that of the slowest member switched on', () => {
    const all = createPrimarySignal(defaultPrimary).stableAfter;
    const each = (['ema', 'rsi', 'macd'] as const).map((member) => createPrimarySignal(only(member)).stableAfter);
    expect(all).toBe(Math.max(...each));
  });
});
