// What do Binance's market streams push? Candles as they close, and what is sampled whenever market time rests.
import type { ExchangeEvent } from '../../core/exchange-event.ts';
import type { ListedContract, Quote, SimulatedExchange } from '../../core/exchange.ts';
import { numberText, stepText } from '../number-text.ts';
import { intervalMsOf, klineEvent } from './kline-row.ts';
import { bookEvent, dayEvent, markEvent, miniEvent } from './ticker-rows.ts';

/** Sends one event of a stream. */
type Send = (event: object) => void;

export interface PublicStream {
  hear(event: ExchangeEvent): void;
  /** Market time rests: sends what has changed. */
  sample(): void;
  end(): void;
}

const SILENT: PublicStream = { hear: () => undefined, sample: () => undefined, end: () => undefined };

type WriteEvent = (contract: ListedContract, quote: Quote) => object | undefined;

/** Streams of a symbol that show its quote. */
const QUOTED: ReadonlyMap<string, WriteEvent> = new Map([
  ['ticker', dayEvent],
  ['miniTicker', miniEvent],
  ['markPrice', markEvent],
  ['bookTicker', bookEvent],
]);

/** A stream of all symbols, as one list. */
const ALL = /^!(ticker|miniTicker|markPrice)@arr(?:@1s)?$/;
const OF_SYMBOL = /^([a-z0-9]{2,40})@(.+)$/;

/** The symbol of a stream's name; undefined: it is about no single one. */
export const symbolOfStream = (name: string): string | undefined => OF_SYMBOL.exec(name)?.[1].toUpperCase();

/** The stream of a name. The venue takes any name and pushes nothing where there is nothing. */
export function openStream(name: string, exchange: SimulatedExchange, send: Send): PublicStream {
  if (name === '!bookTicker') return everySymbol(exchange, bookEvent, (events) => events.forEach(send));
  const list = ALL.exec(name);
  if (list !== null) {
    const write = QUOTED.get(list[1]);
    return write === undefined ? SILENT : everySymbol(exchange, write, (events) => events.length > 0 && send(events));
  }
  const parts = OF_SYMBOL.exec(name);
  if (parts === null) return SILENT;
  const symbol = parts[1].toUpperCase();
  if (exchange.contract(symbol) === undefined) return SILENT;
  const kind = parts[2].replace(/@(?:1s|3s|\d+ms)$/, '');
  const write = QUOTED.get(kind);
  if (write !== undefined) return quotedStream(symbol, exchange, { write, send });
  if (kind === 'aggTrade' || kind === 'trade') return tradeStream(symbol, kind, { exchange, send });
  return kind.startsWith('kline_') ? klineStream(symbol, kind.slice('kline_'.length), { exchange, send }) : SILENT;
}

/** Every close at once with `x` true; a running candle only as it stands when time rests. */
function klineStream(
  symbol: string,
  interval: string,
  { exchange, send }: { readonly exchange: SimulatedExchange; readonly send: Send },
): PublicStream {
  const intervalMs = intervalMsOf(interval);
  if (intervalMs === undefined) return SILENT;
  const unwatch = exchange.watchInterval(symbol, intervalMs);
  let running: Extract<ExchangeEvent, { readonly kind: 'candle' }> | undefined;
  const push = ({ candle, closed, interpolated, time }: NonNullable<typeof running>): void =>
    send(klineEvent({ symbol, interval, candle, closed, interpolated, time }));
  return {
    hear(event) {
      if (event.kind !== 'candle' || event.symbol !== symbol || event.intervalMs !== intervalMs) return;
      if (!event.closed) {
        running = event;
        return;
      }
      if (running?.candle.openTime === event.candle.openTime) running = undefined;
      push(event);
    },
    sample() {
      if (running !== undefined) push(running);
      running = undefined;
    },
    end: unwatch,
  };
}

function quotedStream(
  symbol: string,
  exchange: SimulatedExchange,
  { write, send }: { readonly write: WriteEvent; readonly send: Send },
): PublicStream {
  let sentAt = -1;
  return {
    ...SILENT,
    sample() {
      const contract = exchange.contract(symbol);
      if (contract === undefined || exchange.now === sentAt) return;
      const event = write(contract, exchange.quote(symbol));
      if (event === undefined) return;
      sentAt = exchange.now;
      send(event);
    },
  };
}

function everySymbol(
  exchange: SimulatedExchange,
  write: WriteEvent,
  send: (events: readonly object[]) => void,
): PublicStream {
  let sentAt = -1;
  return {
    ...SILENT,
    sample() {
      if (exchange.now === sentAt) return;
      sentAt = exchange.now;
      const open = exchange.contracts().filter(({ status }) => status !== 'closed');
      const events = open.map((contract) => write(contract, exchange.quote(contract.instrument.symbol)));
      send(events.filter((event) => event !== undefined));
    },
  };
}

/** One trade at the last price whenever that has moved, with the volume that the running candle gained. */
function tradeStream(
  symbol: string,
  kind: 'aggTrade' | 'trade',
  { exchange, send }: { readonly exchange: SimulatedExchange; readonly send: Send },
): PublicStream {
  let price = NaN;
  let count = 0;
  let gained = 0;
  let seen = { openTime: 0, volume: 0 };
  return {
    ...SILENT,
    hear(event) {
      if (event.kind !== 'candle' || event.symbol !== symbol) return;
      const { openTime, volume } = event.candle;
      gained += openTime === seen.openTime ? Math.max(0, volume - seen.volume) : volume;
      seen = { openTime, volume };
    },
    sample() {
      const contract = exchange.contract(symbol);
      const { last } = exchange.quote(symbol);
      if (contract === undefined || !Number.isFinite(last) || last === price) return;
      const isFall = last < price;
      price = last;
      count += 1;
      const { now } = exchange;
      const id = now + count;
      const names = kind === 'trade' ? { t: id, X: 'MARKET' } : { a: id, f: count, l: count };
      const p = stepText(last, contract.instrument.tickSize);
      const q = numberText(Number(gained.toPrecision(12)));
      send({ e: kind, E: now, s: symbol, ...names, p, q, T: now, m: isFall, st: 1 });
      gained = 0;
    },
  };
}
