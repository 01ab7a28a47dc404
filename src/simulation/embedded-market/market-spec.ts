// Which contracts does the embedded market have? Six invented ones, each with its own character.
import { DAY_MS, HOUR_MS } from '../../domain/time.ts';

/** The first bar of every embedded market opens at 2023-01-01 00:00 UTC. */
export const MARKET_START = 1_672_531_200_000;
/** Sub-steps of five minutes in an hour. */
export const STEPS_PER_HOUR = 12;
export const STEP_MS: number = HOUR_MS / STEPS_PER_HOUR;

/** A stretch of days in which funding is paid more often. */
export interface FundingStretch {
  readonly fromDay: number;
  readonly toDay: number;
  readonly hours: number;
}

export interface ContractSpec {
  readonly symbol: string;
  /** Price at the listing, quote currency. */
  readonly startPrice: number;
  readonly tickSize: number;
  readonly lotSize: number;
  /** Typical turnover of an hour, quote currency. */
  readonly hourlyTurnover: number;
  /** Share of the variance that the common factor explains: two contracts correlate by the root of the product. */
  readonly factorShare: number;
  /** Volatility against the market's. */
  readonly volatilityFactor: number;
  /** Largest size of a funding rate for eight hours, a fraction. */
  readonly fundingCap: number;
  /** Day since the market's start on which it is listed. */
  readonly listedDay: number;
  /** Day on which it is delisted; Infinity: never. */
  readonly delistedDay: number;
  readonly fundingStretches: readonly FundingStretch[];
}

const usual = { fundingCap: 0.0075, listedDay: 0, delistedDay: Infinity, fundingStretches: [] } as const;

export const CONTRACTS: readonly ContractSpec[] = [
  {
    ...usual,
    symbol: 'ALPHAUSDT',
    startPrice: 24_000,
    tickSize: 0.1,
    lotSize: 0.001,
    hourlyTurnover: 4e8,
    factorShare: 0.84,
    volatilityFactor: 0.9,
  },
  {
    ...usual,
    symbol: 'BRAVOUSDT',
    startPrice: 1600,
    tickSize: 0.01,
    lotSize: 0.001,
    hourlyTurnover: 2e8,
    factorShare: 0.8,
    volatilityFactor: 1.05,
  },
  {
    ...usual,
    symbol: 'CHARLIEUSDT',
    startPrice: 28,
    tickSize: 0.001,
    lotSize: 0.1,
    hourlyTurnover: 6e7,
    factorShare: 0.72,
    volatilityFactor: 1.5,
  },
  {
    ...usual,
    symbol: 'DELTAUSDT',
    startPrice: 0.42,
    tickSize: 0.0001,
    lotSize: 1,
    hourlyTurnover: 3e7,
    factorShare: 0.68,
    volatilityFactor: 1.35,
    fundingCap: 0.02,
    fundingStretches: [
      { fromDay: 150, toDay: 152, hours: 4 },
      { fromDay: 152, toDay: 161, hours: 2 },
    ],
  },
  {
    ...usual,
    symbol: 'ECHOUSDT',
    startPrice: 3.1,
    tickSize: 0.0001,
    lotSize: 0.1,
    hourlyTurnover: 2e7,
    factorShare: 0.66,
    volatilityFactor: 1.7,
    fundingCap: 0.02,
    listedDay: 240,
  },
  {
    ...usual,
    symbol: 'FOXTROTUSDT',
    startPrice: 1.9,
    tickSize: 0.0001,
    lotSize: 0.1,
    hourlyTurnover: 8e6,
    factorShare: 0.62,
    volatilityFactor: 1.6,
    delistedDay: 620,
  },
];

/** First open time of a contract. */
export const listedAt = (spec: ContractSpec): number => MARKET_START + spec.listedDay * DAY_MS;
