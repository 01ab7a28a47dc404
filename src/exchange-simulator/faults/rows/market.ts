// Which faults befall the market and what is told of it? Revised and open candles, delistings, new rules, funding, false prices.
import { DAY_MS, HOUR_MS } from '../../../domain/time.ts';
import type { ListedContract } from '../../core/exchange.ts';
import { faultRow, type FaultEffect, type FaultOrigin, type FaultRow, type FaultTools } from '../fault-row.ts';
import { flag, number, span, whole, word } from '../parameters.ts';
import { contractsOf, namesOf } from './held.ts';
import { CLOSES } from './scopes.ts';

const MOMENT = { moment: true };
const FOR_EVER = {};

/** A number without the noise of a product of doubles. */
const product = (a: number, b: number): number => Number((a * b).toPrecision(12));

const symbolsOf = (contracts: readonly ListedContract[]): string | undefined =>
  namesOf(contracts.map(({ instrument }) => instrument));

/** The newest closed candles are served with another close, some candles back. */
function reviseCandles(tools: FaultTools, change: number, back: number, announce: boolean): FaultEffect {
  const { exchange } = tools;
  const revise = (symbol: string): boolean => {
    const event = tools.lastClosed(symbol);
    if (event === undefined) return false;
    const { intervalMs } = event;
    const openTime = event.candle.openTime - back * intervalMs;
    const [candle] = exchange.candles({ symbol, intervalMs, from: openTime, until: openTime, price: 'last' });
    if (candle === undefined) return false;
    const close = product(candle.close, 1 + change);
    const values = { close, high: Math.max(candle.high, close), low: Math.min(candle.low, close) };
    exchange.fate.reviseCandle(symbol, openTime, values, announce);
    return true;
  };
  return {
    actsAtExchange: true,
    begin: (origin) =>
      namesOf(
        tools
          .symbols(origin)
          .filter(revise)
          .map((symbol) => ({ symbol })),
      ),
  };
}

/** Replies of candles end with the one that still runs, at a price that it will not close at. */
function serveRunning(tools: FaultTools, change: number): FaultEffect {
  const { exchange, wire } = tools;
  return {
    request(view) {
      const intervalMs = wire.candleInterval(view);
      const { symbol } = view;
      if (intervalMs === undefined || symbol === undefined || exchange.contract(symbol) === undefined) return undefined;
      const openTime = Math.floor(exchange.now / intervalMs) * intervalMs;
      const price = product(exchange.quote(symbol).last, 1 + change);
      const rewrite = (body: string): string => wire.withRunningCandle(body, { openTime, intervalMs, price });
      return { kind: 'pass', rewrite };
    },
  };
}

function endListing(tools: FaultTools, kind: 'announced' | 'reduce-only' | 'gone', noticeMs: number): FaultEffect {
  const { exchange } = tools;
  const { fate } = exchange;
  return {
    actsAtExchange: true,
    begin(origin) {
      const met = contractsOf(tools, origin);
      for (const { instrument } of met) {
        if (kind === 'reduce-only') fate.setStatus(instrument.symbol, 'reduce-only');
        else fate.delist(instrument.symbol, exchange.now + (kind === 'gone' ? 1 : noticeMs));
      }
      return symbolsOf(met);
    },
  };
}

interface RuleChange {
  readonly tick: number;
  readonly lot: number;
  readonly minimum: number;
}

/** Coarser steps and larger minimums; at the end the old ones again. */
function changeRules(tools: FaultTools, { tick, lot, minimum }: RuleChange): FaultEffect {
  const { fate } = tools.exchange;
  let before: readonly ListedContract[] = [];
  return {
    actsAtExchange: true,
    begin(origin) {
      before = contractsOf(tools, origin);
      for (const { instrument } of before) {
        const lotSize = product(instrument.lotSize, lot);
        fate.changeInstrument(instrument.symbol, {
          tickSize: product(instrument.tickSize, tick),
          lotSize,
          minQuantity: Math.max(
            lotSize,
            product(Math.ceil(product(instrument.minQuantity, minimum) / lotSize), lotSize),
          ),
          minNotional: product(instrument.minNotional, minimum),
        });
      }
      return symbolsOf(before);
    },
    end() {
      for (const { instrument } of before) {
        const { symbol, tickSize, lotSize, minQuantity, minNotional } = instrument;
        fate.changeInstrument(symbol, { tickSize, lotSize, minQuantity, minNotional });
      }
    },
  };
}

function spikeFunding(tools: FaultTools, rate: number, hours: number): FaultEffect {
  const { fate } = tools.exchange;
  return {
    actsAtExchange: true,
    begin(origin) {
      const met = contractsOf(tools, origin);
      for (const { instrument } of met) {
        if (hours > 0) fate.changeInstrument(instrument.symbol, { fundingIntervalHours: hours });
        fate.setNextFundingRate(instrument.symbol, rate);
      }
      return symbolsOf(met);
    },
  };
}

function falsePrices(tools: FaultTools, kind: 'zero' | 'spike', factor: number): FaultEffect {
  const { exchange } = tools;
  const { fate } = exchange;
  let met: readonly string[] = [];
  const isTraded = (symbol: string): boolean => exchange.quote(symbol).last > 0;
  return {
    actsAtExchange: true,
    begin(origin: FaultOrigin) {
      met = tools.symbols(origin).filter(isTraded);
      for (const symbol of met) {
        const { instrument } = exchange.contract(symbol) ?? {};
        const price = kind === 'zero' ? 0 : product(exchange.quote(symbol).last, factor);
        const { tickSize = 0 } = instrument ?? {};
        fate.setFalsePrice(symbol, tickSize > 0 ? product(Math.round(price / tickSize), tickSize) : price);
      }
      return namesOf(met.map((symbol) => ({ symbol })));
    },
    end() {
      for (const symbol of met) fate.setFalsePrice(symbol, undefined);
    },
  };
}

const FACTOR = { min: 1e-3, max: 1e3 };

export const marketRows: readonly FaultRow[] = [
  faultRow({
    number: 22,
    name: 'candle-revised',
    says: 'A candle that had closed is served with another close from then on, and told of once more.',
    layers: ['E'],
    scope: CLOSES,
    lasts: MOMENT,
    parameters: {
      change: number(0.002, 'change of the close, as a fraction', { min: -0.9, max: 10, random: [-0.01, 0.01] }),
      back: whole(0, 'how many candles before the newest closed one', { max: 10_000, random: [0, 3] }),
      announce: flag(true, 'whether the stream tells of it'),
    },
    create: (tools, { change, back, announce }) => reviseCandles(tools, change, back, announce),
  }),
  faultRow({
    number: 23,
    name: 'open-candle-served',
    says: 'Replies of candles end with the one that still runs, unmarked and at a price that it will not close at.',
    layers: ['H'],
    scope: { counts: 'requests', says: 'requests for candles', isAbout: (view, wire) => wire.asksCandles(view) },
    lasts: FOR_EVER,
    parameters: {
      change: number(0.01, 'how far its close lies off the last price, as a fraction', { min: -0.9, max: 10 }),
    },
    create: (tools, { change }) => serveRunning(tools, change),
  }),
  faultRow({
    number: 38,
    name: 'symbol-delisted',
    says: 'A symbol is to be delisted, is reduce-only, or is gone with the next close: positions are settled.',
    layers: ['E'],
    scope: CLOSES,
    lasts: MOMENT,
    parameters: {
      kind: word('announced', ['announced', 'reduce-only', 'gone'], 'how it ends'),
      notice: span(DAY_MS, 'time between the announcement and the end', { random: [HOUR_MS, 2 * DAY_MS] }),
    },
    create: (tools, { kind, notice }) => endListing(tools, kind, notice),
  }),
  faultRow({
    number: 39,
    name: 'instrument-rules-changed',
    says: 'Price step, quantity step and minimums of a symbol are other ones from now on.',
    layers: ['E'],
    scope: CLOSES,
    lasts: FOR_EVER,
    lastsByMatch: FOR_EVER,
    parameters: {
      tick_factor: number(10, 'the new price step as a multiple of the old', FACTOR),
      lot_factor: number(10, 'the new quantity step as a multiple of the old', FACTOR),
      minimum_factor: number(2, 'the new minimums as a multiple of the old', FACTOR),
    },
    create: (tools, { tick_factor: tick, lot_factor: lot, minimum_factor: minimum }) =>
      changeRules(tools, { tick, lot, minimum }),
  }),
  faultRow({
    number: 47,
    name: 'funding-spike',
    says: 'The next funding rate is extreme, and the time between stamps may change.',
    layers: ['E'],
    scope: CLOSES,
    lasts: MOMENT,
    parameters: {
      funding_rate: number(0.01, 'the rate of the next stamp; positive: longs pay', {
        min: -1,
        max: 1,
        random: [-0.02, 0.02],
      }),
      interval_hours: number(0, 'new hours between stamps; 0: as before', { min: 0, max: 24 }),
    },
    create: (tools, { funding_rate, interval_hours }) => spikeFunding(tools, funding_rate, interval_hours),
  }),
  faultRow({
    number: 52,
    name: 'price-absurd',
    says: 'Ticker and running candle show a price that no market made: zero, or a multiple of the true one.',
    layers: ['E'],
    scope: CLOSES,
    lasts: { marketMs: HOUR_MS },
    lastsByMatch: { marketMs: HOUR_MS },
    parameters: {
      kind: word('spike', ['spike', 'zero'], 'what the price is'),
      factor: number(10, 'the false price as a multiple of the true one', { min: 0, max: 1e6, random: [0.1, 10] }),
    },
    create: (tools, { kind, factor }) => falsePrices(tools, kind, factor),
  }),
];
