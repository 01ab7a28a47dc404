// How does Bybit show what a contract trades at? The ticker with last, mark and best prices, and the day behind it.
import { HOUR_MS } from '../../../domain/time.ts';
import type { ListedContract, Quote, SimulatedExchange } from '../../core/exchange.ts';
import { numberText, stepText } from '../number-text.ts';
import { maxMarketQuantityOf } from './instrument-row.ts';

export type TickerRow = Readonly<Record<string, string>>;

/** What stands at the best bid and the best ask: as much as one market order may take. */
export const bookSizeText = (contract: ListedContract): string =>
  stepText(
    Number.isFinite(maxMarketQuantityOf(contract)) ? maxMarketQuantityOf(contract) : 1,
    contract.instrument.lotSize,
  );

/** The ticker of a contract; undefined: no price of it is known yet. Open interest is not simulated and stands at 0. */
export function tickerRow(contract: ListedContract, quote: Quote): TickerRow | undefined {
  if (!Number.isFinite(quote.last)) return undefined;
  const { symbol, tickSize } = contract.instrument;
  const price = (value: number): string => stepText(value, tickSize);
  const day = Number.isFinite(quote.open24h) && quote.open24h > 0 ? quote.open24h : quote.last;
  const size = bookSizeText(contract);
  return {
    symbol,
    lastPrice: price(quote.last),
    indexPrice: price(quote.mark),
    markPrice: price(quote.mark),
    prevPrice24h: price(day),
    price24hPcnt: numberText(Number((quote.last / day - 1).toFixed(6))),
    highPrice24h: price(Number.isFinite(quote.high24h) ? quote.high24h : quote.last),
    lowPrice24h: price(Number.isFinite(quote.low24h) ? quote.low24h : quote.last),
    openInterest: '0',
    openInterestValue: '0',
    turnover24h: numberText(Number(quote.turnover24h.toPrecision(12))),
    volume24h: numberText(Number(quote.volume24h.toPrecision(12))),
    fundingRate: Number.isFinite(quote.fundingRate) ? numberText(quote.fundingRate) : '',
    nextFundingTime: Number.isFinite(quote.nextFundingTime) ? String(quote.nextFundingTime) : '',
    fundingIntervalHour: numberText(contract.fundingIntervalHours),
    fundingCap: '0.005',
    bid1Price: price(quote.bid),
    bid1Size: size,
    ask1Price: price(quote.ask),
    ask1Size: size,
  };
}

/** What only the whole ticker holds: the price an hour ago and what does not apply to perpetuals. */
export function wholeTickerRow(
  exchange: SimulatedExchange,
  contract: ListedContract,
): Readonly<Record<string, string>> | undefined {
  const { symbol, tickSize } = contract.instrument;
  const quote = exchange.quote(symbol);
  const row = tickerRow(contract, quote);
  if (row === undefined) return undefined;
  const hour = Math.floor((exchange.now - HOUR_MS) / HOUR_MS) * HOUR_MS;
  const [before] = exchange.candles({ symbol, intervalMs: HOUR_MS, from: hour, until: hour, price: 'last' });
  return {
    ...row,
    prevPrice1h: stepText(before === undefined ? quote.last : before.open, tickSize),
    tickDirection: quote.last >= quote.open24h ? 'PlusTick' : 'MinusTick',
    predictedDeliveryPrice: '',
    basisRate: '',
    basis: '',
    basisRateYear: '',
    deliveryFeeRate: '',
    deliveryTime: String(contract.delistingAt ?? 0),
    preOpenPrice: '',
    preQty: '',
    curPreListingPhase: '',
  };
}

/** What has changed since `before`, with the symbol; undefined: nothing. */
export function tickerDelta(before: TickerRow, now: TickerRow): TickerRow | undefined {
  const changed = Object.entries(now).filter(([name, value]) => before[name] !== value);
  return changed.length === 0 ? undefined : { symbol: now['symbol'], ...Object.fromEntries(changed) };
}
