import { describe, expect, it } from 'vitest';
import { exchangeOver } from '../../../../test/scenarios/exchange-market.ts';
import { candleAt, HOUR, START, SYMBOL } from '../../../../test/scenarios/simulated-market.ts';
import { klineFeed } from './market-feed.ts';

const topic = { kind: 'kline', name: `kline.60.${SYMBOL}`, symbol: SYMBOL, interval: '60', intervalMs: HOUR } as const;

function feed() {
  const sent: (readonly [start: number, confirm: boolean])[] = [];
  const exchange = exchangeOver([[100, 101, 99, 100]]);
  const pushed = klineFeed(topic, exchange, (payload) => {
    const [row] = (JSON.parse(payload) as { data: { start: number; confirm: boolean }[] }).data;
    sent.push([(row.start - START) / HOUR, row.confirm]);
  });
  const tell = (index: number, closed: boolean, more: object = {}): void =>
    pushed.hear({
      kind: 'candle',
      time: START,
      symbol: SYMBOL,
      intervalMs: HOUR,
      candle: candleAt(index, [100, 101, 99, 100]),
      closed,
      interpolated: false,
      ...more,
    });
  return { sent, tell, sample: () => pushed.sample() };
}

describe('a kline topic', () => {
  it('sends a running candle only when time rests, the last state of it, once', () => {
    const { sent, tell, sample } = feed();
    tell(0, false);
    tell(0, false);
    expect(sent).toEqual([]);
    sample();
    sample();
    expect(sent).toEqual([[0, false]]);
  });

  it('sends a close at once, and nothing of that candle afterwards', () => {
    const { sent, tell, sample } = feed();
    tell(0, false);
    tell(0, true);
    sample();
    expect(sent).toEqual([[0, true]]);
    tell(0, false);
    tell(0, true);
    tell(1, false);
    sample();
    expect(sent).toEqual([
      [0, true],
      [0, true],
      [1, false],
    ]);
  });

  it('hears of its own symbol and length only', () => {
    const { sent, tell, sample } = feed();
    tell(0, true, { symbol: 'OTHERUSDT' });
    tell(0, true, { intervalMs: 60_000 });
    sample();
    expect(sent).toEqual([]);
  });
});
