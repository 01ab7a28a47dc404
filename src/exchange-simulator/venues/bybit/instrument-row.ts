// How does Bybit show a contract? Its rules as one row, and its margin tiers as the rows of the risk limits.
import { decimalsOf } from '../../../domain/instrument.ts';
import type { ListedContract } from '../../core/exchange.ts';
import { numberText, stepText } from '../number-text.ts';
import { settleCoinOf } from './order-row.ts';
import { tierBound } from './position-row.ts';
import { INSTRUMENT_STATUS } from './words.ts';

/** Largest price that is told, in ticks. */
const MAX_PRICE_TICKS = 19_999_998;
/** Limits of the funding rate at the venue for most contracts, which the replayed rates do not heed. */
const FUNDING_CAP = '0.005';

/** The largest quantity of a market order; the limit order's where the instrument names none. */
export function maxMarketQuantityOf({ instrument, maxLimitQuantity }: ListedContract): number {
  return Math.min(instrument.maxMarketQuantity, maxLimitQuantity);
}

export function instrumentRow(contract: ListedContract): Readonly<Record<string, unknown>> {
  const { instrument, baseCurrency, status, listedAt, delistingAt, fundingIntervalHours, maxLimitQuantity } = contract;
  const { symbol, tickSize, lotSize, minQuantity, minNotional, tiers } = instrument;
  const isPreListing = status === 'pre-launch';
  const limit = quantityText(maxLimitQuantity, lotSize);
  return {
    symbol,
    contractType: 'LinearPerpetual',
    status: INSTRUMENT_STATUS[status],
    baseCoin: baseCurrency,
    quoteCoin: settleCoinOf(contract),
    settleCoin: settleCoinOf(contract),
    symbolType: '',
    launchTime: String(listedAt),
    deliveryTime: String(delistingAt ?? 0),
    deliveryFeeRate: '',
    priceScale: String(decimalsOf(tickSize)),
    leverageFilter: {
      minLeverage: '1',
      maxLeverage: tiers[0].maxLeverage.toFixed(2),
      leverageStep: '0.01',
    },
    priceFilter: {
      minPrice: stepText(tickSize, tickSize),
      maxPrice: stepText(MAX_PRICE_TICKS * tickSize, tickSize),
      tickSize: stepText(tickSize, tickSize),
    },
    lotSizeFilter: {
      maxOrderQty: limit,
      minOrderQty: stepText(minQuantity, lotSize),
      qtyStep: stepText(lotSize, lotSize),
      postOnlyMaxOrderQty: limit,
      maxMktOrderQty: quantityText(maxMarketQuantityOf(contract), lotSize),
      minNotionalValue: numberText(minNotional),
    },
    unifiedMarginTrade: true,
    fundingInterval: fundingIntervalHours * 60,
    copyTrading: 'none',
    upperFundingRate: FUNDING_CAP,
    lowerFundingRate: `-${FUNDING_CAP}`,
    isPreListing,
    preListingInfo: isPreListing ? { curAuctionPhase: 'NotStarted', phases: [], auctionFeeInfo: {} } : null,
    riskParameters: { priceLimitRatioX: '0.01', priceLimitRatioY: '0.02' },
  };
}

/** A quantity of which the venue may name no bound. */
function quantityText(quantity: number, lotSize: number): string {
  return stepText(Number.isFinite(quantity) ? quantity : tierBound(quantity), lotSize);
}

/** One row per margin tier, smallest first. */
export function riskLimitRows({ instrument }: ListedContract): readonly Readonly<Record<string, unknown>>[] {
  return instrument.tiers.map(({ maxNotional, maintenanceRate, maxLeverage, deduction }, index) => ({
    id: index + 1,
    symbol: instrument.symbol,
    riskLimitValue: numberText(tierBound(maxNotional)),
    maintenanceMargin: numberText(maintenanceRate),
    initialMargin: numberText(Number((1 / maxLeverage).toPrecision(6))),
    isLowestRisk: index === 0 ? 1 : 0,
    maxLeverage: maxLeverage.toFixed(2),
    mmDeduction: deduction === 0 ? '' : numberText(deduction),
  }));
}
