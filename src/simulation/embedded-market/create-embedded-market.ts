// What market can a run use without any data? A seeded, invented one with the habits of real ones.
import type { CandleSeries } from '../../domain/candle.ts';
import type { FundingSeries } from '../../domain/funding.ts';
import type { Instrument, MarginTier } from '../../domain/instrument.ts';
import { createRandom } from '../../domain/random.ts';
import { createContractCandles } from './contract-candles.ts';
import type { ContractCandles } from './contract-candles.ts';
import { createContractFunding } from './contract-funding.ts';
import { HOURS_PER_YEAR, createMarketFactor } from './market-factor.ts';
import type { MarketFactor } from './market-factor.ts';
import { CONTRACTS } from './market-spec.ts';
import type { ContractSpec } from './market-spec.ts';

export interface EmbeddedMarketOptions {
  readonly seed: string | number;
  /** Length in years of 365 days; default 2.5. A longer market of the same seed begins with the shorter one. */
  readonly years?: number;
}

/** An invented market; everything is made on first use; hourly candles and funding are kept. Undefined: no such contract in it. */
export interface EmbeddedMarket {
  readonly symbols: readonly string[];
  candles(symbol: string): CandleSeries | undefined;
  /** Bars of five minutes that aggregate to `candles` exactly; made anew at each call. */
  finerCandles(symbol: string): CandleSeries | undefined;
  funding(symbol: string): FundingSeries | undefined;
  instrument(symbol: string): Instrument | undefined;
}

const DEFAULT_YEARS = 2.5;

/** Deductions make the maintenance margin continuous: each adds bound × step of the rate at the bracket before. */
const TIERS: readonly MarginTier[] = [
  { maxNotional: 50_000, maintenanceRate: 0.005, deduction: 0, maxLeverage: 50 },
  { maxNotional: 500_000, maintenanceRate: 0.01, deduction: 250, maxLeverage: 25 },
  { maxNotional: 5_000_000, maintenanceRate: 0.025, deduction: 7750, maxLeverage: 10 },
  { maxNotional: 50_000_000, maintenanceRate: 0.1, deduction: 382_750, maxLeverage: 4 },
];

/** The market of `seed`: hourly candles from 2023-01-01 of six contracts, one listed late, one delisted, with funding. */
export function createEmbeddedMarket(options: EmbeddedMarketOptions): EmbeddedMarket {
  const hours = Math.floor((options.years ?? DEFAULT_YEARS) * HOURS_PER_YEAR);
  const random = createRandom(`embedded-market/${options.seed}`);
  const hourly = new Map<string, CandleSeries | undefined>();
  const paid = new Map<string, FundingSeries>();
  let factor: MarketFactor | undefined;

  const specOf = (symbol: string): ContractSpec | undefined =>
    CONTRACTS.find((spec) => spec.symbol === symbol && spec.listedDay * 24 < hours);
  const make = (spec: ContractSpec, withFiveMinute: boolean): ContractCandles | undefined => {
    factor ??= createMarketFactor(random.fork('factor'), hours);
    return createContractCandles(spec, factor, { random: random.fork(spec.symbol), withFiveMinute });
  };
  const hourlyOf = (spec: ContractSpec): CandleSeries | undefined => {
    if (!hourly.has(spec.symbol)) hourly.set(spec.symbol, make(spec, false)?.hourly);
    return hourly.get(spec.symbol);
  };

  return {
    symbols: CONTRACTS.filter((spec) => specOf(spec.symbol) !== undefined).map((spec) => spec.symbol),
    candles(symbol) {
      const spec = specOf(symbol);
      return spec === undefined ? undefined : hourlyOf(spec);
    },
    finerCandles(symbol) {
      const spec = specOf(symbol);
      return spec === undefined ? undefined : make(spec, true)?.fiveMinute;
    },
    funding(symbol) {
      const spec = specOf(symbol);
      const candles = spec === undefined ? undefined : hourlyOf(spec);
      if (spec === undefined || candles === undefined) return undefined;
      const known = paid.get(symbol) ?? createContractFunding(spec, candles, random.fork(`${symbol}/funding`));
      paid.set(symbol, known);
      return known;
    },
    instrument(symbol) {
      const spec = specOf(symbol);
      return spec === undefined ? undefined : instrumentOf(spec);
    },
  };
}

function instrumentOf(spec: ContractSpec): Instrument {
  const { symbol, tickSize, lotSize } = spec;
  return { symbol, tickSize, lotSize, minQuantity: lotSize, maxMarketQuantity: Infinity, minNotional: 5, tiers: TIERS };
}
