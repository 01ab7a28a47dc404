// Which contracts does Binance list? USDT perpetuals with their filters and margin brackets, as they are now.
import { z } from 'zod';
import type { MarginTier } from '../../../domain/instrument.ts';
import type { InstrumentStatus, VenueInstrument } from '../../../ports/venue-market.ts';
import { decimal, wireSymbol } from '../streams/wire-values.ts';
import type { VenueClient } from '../venue-client.ts';
import { wireTime } from '../wire-time.ts';
import { accountRead, marketRead, ORDERS_LONG, ORDERS_SHORT, WEIGHT } from './requests.ts';

const STATUS: Readonly<Record<string, InstrumentStatus>> = {
  PENDING_TRADING: 'pre-launch',
  PRE_TRADING: 'pre-launch',
  TRADING: 'trading',
  PRE_DELIVERING: 'closing',
  DELIVERING: 'closing',
  PRE_SETTLE: 'closing',
  SETTLING: 'closing',
};
/** Contracts that do not end are told to end in the year 2100. */
const NO_END = 4_000_000_000_000;
/** Contracts that are not mentioned have funding so often. */
const USUAL_FUNDING_HOURS = 8;

const positive = decimal.pipe(z.number().positive());
const priceFilter = z.object({ filterType: z.literal('PRICE_FILTER'), tickSize: positive });
const lotFilter = z.object({
  filterType: z.enum(['LOT_SIZE', 'MARKET_LOT_SIZE']),
  stepSize: positive,
  minQty: positive,
  maxQty: positive,
});
const notionalFilter = z.object({ filterType: z.literal('MIN_NOTIONAL'), notional: decimal });
const filters = z.array(z.looseObject({ filterType: z.string() })).transform((list, context) => {
  const find = <Filter>(shape: z.ZodType<Filter>, type: string): Filter | undefined => {
    const parsed = shape.safeParse(list.find(({ filterType }) => filterType === type));
    if (!parsed.success) context.addIssue({ code: 'custom', message: `no sound filter ${type}` });
    return parsed.data;
  };
  const price = find(priceFilter, 'PRICE_FILTER');
  const lot = find(lotFilter, 'LOT_SIZE');
  const marketLot = find(lotFilter, 'MARKET_LOT_SIZE');
  const notional = find(notionalFilter, 'MIN_NOTIONAL');
  return price === undefined || lot === undefined || marketLot === undefined || notional === undefined
    ? z.NEVER
    : { price, lot, marketLot, notional };
});
const contractShape = z.object({
  symbol: wireSymbol,
  status: z.string(),
  baseAsset: z.string(),
  quoteAsset: z.string(),
  onboardDate: wireTime,
  deliveryDate: z.number().nullish(),
  maintMarginPercent: positive,
  requiredMarginPercent: positive,
  filters,
});
/** Other kinds of contracts share the list. */
const contractRow = z
  .looseObject({ symbol: z.string(), contractType: z.string(), quoteAsset: z.string() })
  .transform((row, context) => {
    if (row.contractType !== 'PERPETUAL' || row.quoteAsset !== 'USDT') return undefined;
    const parsed = contractShape.safeParse(row);
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  });
const rateLimit = z.looseObject({
  rateLimitType: z.string(),
  interval: z.string(),
  intervalNum: z.number(),
  limit: z.number(),
});
export const exchangeInfo = z.object({ rateLimits: z.array(rateLimit).default([]), symbols: z.array(contractRow) });

const bracket = z.object({
  initialLeverage: z.number().min(1),
  notionalCap: z.number().positive(),
  maintMarginRatio: z.number().positive().max(1),
  cum: z.number(),
});
export const leverageBrackets = z.array(z.object({ symbol: wireSymbol, brackets: z.array(bracket).min(1) }));
export const fundingInfo = z.array(z.object({ symbol: wireSymbol, fundingIntervalHours: z.number().positive() }));

type Contract = z.output<typeof contractShape>;

/** Brackets are told only to whoever has a key; without one the contract's own two percentages stand for them. */
export async function binanceInstruments(client: VenueClient, hasKey: boolean): Promise<readonly VenueInstrument[]> {
  const info = await client.ask(marketRead('exchangeInfo', 1), exchangeInfo);
  client.heed({ counts: limitsOf(info.rateLimits), blocks: [] });
  const funding = await client.ask(marketRead('fundingInfo', 1), fundingInfo);
  const hours = new Map(funding.map(({ symbol, fundingIntervalHours }) => [symbol, fundingIntervalHours]));
  const question = accountRead({ path: 'leverageBracket', weight: 1 });
  const brackets = hasKey ? await client.ask(question, leverageBrackets) : [];
  const tiers = new Map(brackets.map((row) => [row.symbol, row.brackets]));
  return info.symbols.flatMap((contract) => {
    if (contract === undefined) return [];
    const { symbol } = contract;
    return [toInstrument(contract, tiersOf(contract, tiers.get(symbol)), hours.get(symbol) ?? USUAL_FUNDING_HOURS)];
  });
}

function toInstrument(contract: Contract, tiers: readonly MarginTier[], fundingIntervalHours: number): VenueInstrument {
  const { symbol, baseAsset, quoteAsset, status, onboardDate, deliveryDate } = contract;
  const { price, lot, marketLot, notional } = contract.filters;
  return {
    instrument: {
      symbol,
      tickSize: price.tickSize,
      lotSize: lot.stepSize,
      minQuantity: lot.minQty,
      maxMarketQuantity: marketLot.maxQty,
      minNotional: notional.notional,
      tiers,
    },
    baseCurrency: baseAsset,
    quoteCurrency: quoteAsset,
    status: STATUS[status] ?? 'closed',
    listedAt: onboardDate,
    delistingAt:
      typeof deliveryDate === 'number' && deliveryDate > 0 && deliveryDate < NO_END ? deliveryDate : undefined,
    fundingIntervalHours,
    maxLimitQuantity: lot.maxQty,
  };
}

function tiersOf(contract: Contract, brackets: readonly z.output<typeof bracket>[] | undefined): readonly MarginTier[] {
  if (brackets === undefined) {
    const maintenanceRate = contract.maintMarginPercent / 100;
    const maxLeverage = Math.max(1, Math.floor(100 / contract.requiredMarginPercent));
    return [{ maxNotional: Infinity, maintenanceRate, deduction: 0, maxLeverage }];
  }
  const rising = [...brackets].sort((a, b) => a.notionalCap - b.notionalCap);
  return rising.map(({ notionalCap, maintMarginRatio, cum, initialLeverage }) => ({
    maxNotional: notionalCap,
    maintenanceRate: maintMarginRatio,
    deduction: cum,
    maxLeverage: initialLeverage,
  }));
}

function limitsOf(
  limits: readonly z.output<typeof rateLimit>[],
): readonly { readonly limit: string; readonly max: number }[] {
  return limits.flatMap(({ rateLimitType, interval, intervalNum, limit: max }) => {
    if (rateLimitType === 'REQUEST_WEIGHT' && interval === 'MINUTE' && intervalNum === 1)
      return [{ limit: WEIGHT, max }];
    if (rateLimitType !== 'ORDERS') return [];
    if (interval === 'MINUTE' && intervalNum === 1) return [{ limit: ORDERS_LONG, max }];
    return interval === 'SECOND' && intervalNum === 10 ? [{ limit: ORDERS_SHORT, max }] : [];
  });
}
