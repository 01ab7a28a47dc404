// How does Binance show the market of a symbol? The day's trade, the best prices, mark and funding, by REST and as events.
import { DAY_MS } from '../../../domain/time.ts';
import type { ListedContract, Quote } from '../../core/exchange.ts';
import { numberText, stepText } from '../number-text.ts';
import { amountText } from './money-text.ts';

/** Times the largest market order that lies at the best bid and ask. */
const BOOK_DEPTH = 10;

type Row = Readonly<Record<string, unknown>>;

/** A day's change; undefined: nothing was traded yet. */
function dayFigures({ instrument }: ListedContract, quote: Quote) {
  const { last, open24h, high24h, low24h, volume24h, turnover24h } = quote;
  if (!Number.isFinite(last)) return undefined;
  const first = Number.isFinite(open24h) ? open24h : last;
  const price = (value: number): string => stepText(Number.isFinite(value) ? value : last, instrument.tickSize);
  return {
    change: stepText(last - first, instrument.tickSize),
    percent: (first > 0 ? (last / first - 1) * 100 : 0).toFixed(3),
    average: price(volume24h > 0 ? turnover24h / volume24h : last),
    last: price(last),
    open: price(first),
    high: price(high24h),
    low: price(low24h),
    lastQuantity: stepText(instrument.minQuantity, instrument.lotSize),
    volume: amountOf(volume24h),
    turnover: amountOf(turnover24h),
    count: volume24h > 0 ? 1 : 0,
  };
}

const amountOf = (value: number): string => numberText(Number.isFinite(value) ? Number(value.toPrecision(12)) : 0);

/** The last 24 hours by REST; undefined: nothing was traded yet. */
export function dayRow(contract: ListedContract, quote: Quote): Row | undefined {
  const figures = dayFigures(contract, quote);
  return (
    figures && {
      symbol: contract.instrument.symbol,
      priceChange: figures.change,
      priceChangePercent: figures.percent,
      weightedAvgPrice: figures.average,
      lastPrice: figures.last,
      lastQty: figures.lastQuantity,
      openPrice: figures.open,
      highPrice: figures.high,
      lowPrice: figures.low,
      volume: figures.volume,
      quoteVolume: figures.turnover,
      openTime: quote.time - DAY_MS,
      closeTime: quote.time,
      firstId: 0,
      lastId: figures.count,
      count: figures.count,
    }
  );
}

/** The same as an event. */
export function dayEvent(contract: ListedContract, quote: Quote): object | undefined {
  const figures = dayFigures(contract, quote);
  return (
    figures && {
      e: '24hrTicker',
      E: quote.time,
      s: contract.instrument.symbol,
      p: figures.change,
      P: figures.percent,
      w: figures.average,
      c: figures.last,
      Q: figures.lastQuantity,
      o: figures.open,
      h: figures.high,
      l: figures.low,
      v: figures.volume,
      q: figures.turnover,
      O: quote.time - DAY_MS,
      C: quote.time,
      F: 0,
      L: figures.count,
      n: figures.count,
      st: 1,
    }
  );
}

export function miniEvent(contract: ListedContract, quote: Quote): object | undefined {
  const figures = dayFigures(contract, quote);
  return (
    figures && {
      e: '24hrMiniTicker',
      E: quote.time,
      s: contract.instrument.symbol,
      c: figures.last,
      o: figures.open,
      h: figures.high,
      l: figures.low,
      v: figures.volume,
      q: figures.turnover,
      ps: contract.instrument.symbol,
      st: 1,
    }
  );
}

/** What lies at the best price on either side, base units: more than any order takes. */
export function bookSizeText({ instrument, maxLimitQuantity }: ListedContract): string {
  const { maxMarketQuantity, lotSize } = instrument;
  const largest = Math.min(maxMarketQuantity, maxLimitQuantity);
  return stepText(Number.isFinite(largest) ? largest * BOOK_DEPTH : lotSize * 1e9, lotSize);
}

interface BestPrices {
  readonly bid: string;
  readonly ask: string;
  readonly size: string;
}

/** Best prices; undefined: there are none. */
export function bestPrices(contract: ListedContract, { bid, ask }: Quote): BestPrices | undefined {
  if (!Number.isFinite(bid) || !Number.isFinite(ask)) return undefined;
  const { tickSize } = contract.instrument;
  return { bid: stepText(bid, tickSize), ask: stepText(ask, tickSize), size: bookSizeText(contract) };
}

export function bookRow(contract: ListedContract, quote: Quote): Row | undefined {
  const best = bestPrices(contract, quote);
  return (
    best && {
      symbol: contract.instrument.symbol,
      bidPrice: best.bid,
      bidQty: best.size,
      askPrice: best.ask,
      askQty: best.size,
      time: quote.time,
      lastUpdateId: quote.time,
    }
  );
}

export function bookEvent(contract: ListedContract, quote: Quote): object | undefined {
  const best = bestPrices(contract, quote);
  const { symbol } = contract.instrument;
  return (
    best && {
      e: 'bookTicker',
      u: quote.time,
      s: symbol,
      ps: symbol,
      b: best.bid,
      B: best.size,
      a: best.ask,
      A: best.size,
      T: quote.time,
      E: quote.time,
      st: 1,
    }
  );
}

const rateText = (rate: number): string => (Number.isFinite(rate) ? numberText(rate) : '');

/** Mark price and funding; undefined: there is no price yet. The rate is that of the next stamp, as the venue has it. */
export function premiumRow({ instrument }: ListedContract, quote: Quote): Row | undefined {
  const { mark, fundingRate, nextFundingTime, time } = quote;
  if (!Number.isFinite(mark)) return undefined;
  return {
    symbol: instrument.symbol,
    markPrice: amountText(mark),
    indexPrice: amountText(mark),
    estimatedSettlePrice: amountText(mark),
    lastFundingRate: rateText(fundingRate),
    interestRate: '0.00010000',
    nextFundingTime: Number.isFinite(nextFundingTime) ? nextFundingTime : 0,
    time,
  };
}

export function markEvent({ instrument }: ListedContract, quote: Quote): object | undefined {
  const { mark, fundingRate, nextFundingTime, time } = quote;
  if (!Number.isFinite(mark)) return undefined;
  return {
    e: 'markPriceUpdate',
    E: time,
    s: instrument.symbol,
    p: amountText(mark),
    ap: amountText(mark),
    i: amountText(mark),
    P: amountText(mark),
    r: rateText(fundingRate),
    T: Number.isFinite(nextFundingTime) ? nextFundingTime : 0,
    st: 1,
  };
}
