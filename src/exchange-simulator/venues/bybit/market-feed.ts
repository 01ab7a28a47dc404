// What does one public topic push? Candles as they close, and what is sampled whenever market time rests.
import { stepText, numberText } from '../number-text.ts';
import type { ExchangeEvent } from '../../core/exchange-event.ts';
import type { ListedContract, SimulatedExchange } from '../../core/exchange.ts';
import { klineFrame } from './kline-row.ts';
import type { PublicTopic } from './public-topics.ts';
import { bookSizeText, tickerDelta, tickerRow, wholeTickerRow, type TickerRow } from './ticker-row.ts';

/** Sends one message of the topic. */
type Send = (payload: string) => void;

export interface MarketFeed {
  hear(event: ExchangeEvent): void;
  /** Market time rests: sends what has changed. */
  sample(): void;
  end(): void;
}

type CandleEvent = Extract<ExchangeEvent, { readonly kind: 'candle' }>;
type KlineTopic = Extract<PublicTopic, { readonly kind: 'kline' }>;

/** Every close at once with `confirm` true; a running candle only as it stands when time rests. */
export function klineFeed(topic: KlineTopic, exchange: SimulatedExchange, send: Send): MarketFeed {
  const unwatch = exchange.watchInterval(topic.symbol, topic.intervalMs);
  let running: CandleEvent | undefined;
  const push = ({ candle, closed, interpolated, time }: CandleEvent): void =>
    send(klineFrame({ topic: topic.name, interval: topic.interval, candle, closed, interpolated, time }));
  return {
    hear(event) {
      if (event.kind !== 'candle' || event.symbol !== topic.symbol || event.intervalMs !== topic.intervalMs) return;
      if (event.closed) {
        if (running?.candle.openTime === event.candle.openTime) running = undefined;
        push(event);
      } else {
        running = event;
      }
    },
    sample() {
      if (running !== undefined) push(running);
      running = undefined;
    },
    end: unwatch,
  };
}

/** The whole ticker first, then what changes. */
export function tickerFeed(
  name: string,
  contractNow: () => ListedContract | undefined,
  { exchange, send }: { readonly exchange: SimulatedExchange; readonly send: Send },
): MarketFeed {
  let before: TickerRow | undefined;
  let sequence = exchange.now;
  const push = (type: 'snapshot' | 'delta', data: TickerRow): void => {
    sequence += 1;
    send(JSON.stringify({ topic: name, type, data, cs: sequence, ts: exchange.now }));
  };
  const sample = (): void => {
    const contract = contractNow();
    const row = contract && tickerRow(contract, exchange.quote(contract.instrument.symbol));
    if (contract === undefined || row === undefined) return;
    const changed = before === undefined ? undefined : tickerDelta(before, row);
    if (before === undefined) push('snapshot', wholeTickerRow(exchange, contract) ?? row);
    else if (changed !== undefined) push('delta', changed);
    before = row;
  };
  return { hear: () => undefined, sample, end: () => undefined };
}

/** The best bid and ask: the whole book is one level on each side. */
export function bookFeed(
  name: string,
  contractNow: () => ListedContract | undefined,
  { exchange, send }: { readonly exchange: SimulatedExchange; readonly send: Send },
): MarketFeed {
  let before = '';
  let update = 0;
  const sample = (): void => {
    const contract = contractNow();
    if (contract === undefined) return;
    const { symbol, tickSize } = contract.instrument;
    const { bid, ask } = exchange.quote(symbol);
    const now = `${bid} ${ask}`;
    if (!Number.isFinite(bid) || !Number.isFinite(ask) || now === before) return;
    before = now;
    update += 1;
    const size = bookSizeText(contract);
    const level = (price: number): string[][] => [[stepText(price, tickSize), size]];
    const data = { s: symbol, b: level(bid), a: level(ask), u: update, seq: exchange.now };
    send(JSON.stringify({ topic: name, type: 'snapshot', ts: exchange.now, data, cts: exchange.now }));
  };
  return { hear: () => undefined, sample, end: () => undefined };
}

/** One trade at the last price whenever that has moved, with the volume that the running candle gained. */
export function tradeFeed(
  name: string,
  contractNow: () => ListedContract | undefined,
  { exchange, send }: { readonly exchange: SimulatedExchange; readonly send: Send },
): MarketFeed {
  let price = NaN;
  let count = 0;
  let gained = 0;
  let volume = { openTime: 0, seen: 0 };
  return {
    hear(event) {
      if (event.kind !== 'candle' || event.symbol !== contractNow()?.instrument.symbol) return;
      const { openTime, volume: now } = event.candle;
      gained += openTime === volume.openTime ? Math.max(0, now - volume.seen) : now;
      volume = { openTime, seen: now };
    },
    sample() {
      const contract = contractNow();
      if (contract === undefined) return;
      const { symbol, tickSize } = contract.instrument;
      const { last } = exchange.quote(symbol);
      if (!Number.isFinite(last) || last === price) return;
      const isUp = !(last < price);
      count += 1;
      const row = {
        T: exchange.now,
        s: symbol,
        S: isUp ? 'Buy' : 'Sell',
        v: numberText(Number(gained.toPrecision(12))),
        p: stepText(last, tickSize),
        L: isUp ? 'PlusTick' : 'MinusTick',
        i: `${symbol}-${exchange.now}-${count}`,
        BT: false,
        seq: exchange.now,
      };
      price = last;
      gained = 0;
      send(JSON.stringify({ topic: name, type: 'snapshot', ts: exchange.now, data: [row] }));
    },
    end: () => undefined,
  };
}
