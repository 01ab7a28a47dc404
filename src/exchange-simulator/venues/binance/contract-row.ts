// How does Binance describe a contract? What may be ordered of it, as filters, and its margin brackets.
import { decimalsOf } from '../../../domain/instrument.ts';
import type { ListedContract } from '../../core/exchange.ts';
import { numberText, stepText } from '../number-text.ts';
import { tierBound } from './position-rows.ts';
import { CONTRACT_STATUS } from './words.ts';

/** What the venue writes as the end of a contract that has none. */
const NO_END = 4_133_404_800_000;
/** Largest price that the filters name, in ticks. */
const MAX_TICKS = 100_000_000;
export const MAX_OPEN_ORDERS = 200;
export const MAX_ALGO_ORDERS = 10;

/** The currency that a contract is quoted and settled in. */
export function quoteAssetOf({ baseCurrency, instrument: { symbol } }: ListedContract): string {
  return symbol.startsWith(baseCurrency) ? symbol.slice(baseCurrency.length) : 'USDT';
}

function filtersOf({ instrument, maxLimitQuantity }: ListedContract): readonly unknown[] {
  const { tickSize, lotSize, minQuantity, maxMarketQuantity, minNotional } = instrument;
  const quantity = (value: number): string => stepText(value, lotSize);
  const largest = Number.isFinite(maxLimitQuantity) ? maxLimitQuantity : lotSize * 1e9;
  const minQty = quantity(minQuantity);
  return [
    {
      minPrice: stepText(tickSize, tickSize),
      maxPrice: stepText(tickSize * MAX_TICKS, tickSize),
      filterType: 'PRICE_FILTER',
      tickSize: stepText(tickSize, tickSize),
    },
    { stepSize: quantity(lotSize), filterType: 'LOT_SIZE', maxQty: quantity(largest), minQty },
    {
      stepSize: quantity(lotSize),
      filterType: 'MARKET_LOT_SIZE',
      maxQty: quantity(Math.min(largest, maxMarketQuantity)),
      minQty,
    },
    { limit: MAX_OPEN_ORDERS, filterType: 'MAX_NUM_ORDERS' },
    { limit: MAX_ALGO_ORDERS, filterType: 'MAX_NUM_ALGO_ORDERS' },
    { notional: numberText(minNotional), filterType: 'MIN_NOTIONAL' },
    { multiplierDown: '0.5000', multiplierUp: '1.5000', multiplierDecimal: '4', filterType: 'PERCENT_PRICE' },
  ];
}

/** A row of the exchange information. */
export function contractRow(contract: ListedContract): Readonly<Record<string, unknown>> {
  const { instrument, baseCurrency, status, listedAt, delistingAt } = contract;
  const { symbol, tickSize, lotSize, tiers } = instrument;
  const quote = quoteAssetOf(contract);
  return {
    symbol,
    pair: symbol,
    contractType: 'PERPETUAL',
    deliveryDate: delistingAt ?? NO_END,
    onboardDate: listedAt,
    status: CONTRACT_STATUS[status],
    maintMarginPercent: percentText(tiers[0].maintenanceRate),
    requiredMarginPercent: percentText(1 / tiers[0].maxLeverage),
    baseAsset: baseCurrency,
    quoteAsset: quote,
    marginAsset: quote,
    pricePrecision: decimalsOf(tickSize),
    quantityPrecision: decimalsOf(lotSize),
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    underlyingSubType: [],
    settlePlan: 0,
    triggerProtect: '0.0500',
    liquidationFee: '0.012500',
    marketTakeBound: '0.05',
    maxMoveOrderLimit: 10_000,
    filters: filtersOf(contract),
    orderTypes: ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET'],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX'],
  };
}

const percentText = (fraction: number): string => (fraction * 100).toFixed(4);

/** The margin brackets of a contract; numbers, as the venue writes them. */
export function bracketRow({ instrument }: ListedContract): Readonly<Record<string, unknown>> {
  const { symbol, tiers } = instrument;
  return {
    symbol,
    notionalCoef: 1,
    brackets: tiers.map(({ maxNotional, maintenanceRate, deduction, maxLeverage }, index) => ({
      bracket: index + 1,
      initialLeverage: maxLeverage,
      notionalCap: tierBound(maxNotional),
      notionalFloor: index === 0 ? 0 : tierBound(tiers[index - 1].maxNotional),
      maintMarginRatio: maintenanceRate,
      cum: deduction,
    })),
  };
}
