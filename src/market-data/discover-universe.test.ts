// Is each contract chosen or refused with the first reason that holds?
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../domain/time.ts';
import { contractFacts, discoverUniverse, type ContractFacts, type DiscoveryParams } from './discover-universe.ts';

const NOW = 1_700_000_000_000;
const PARAMS: DiscoveryParams = {
  universeMode: 'auto',
  symbols: [],
  minTradedValue24h: 1_000_000,
  minPrice: 0.001,
  maxSymbols: 3,
  minListingAgeDays: 30,
  include: [],
  exclude: [],
};

const contract = (symbol: string, change: Partial<ContractFacts> = {}): ContractFacts => ({
  symbol,
  quoteCurrency: 'USDT',
  status: 'trading',
  listedAt: NOW - 100 * DAY_MS,
  delistingAt: undefined,
  price: 10,
  tradedValue24h: 5_000_000,
  ...change,
});

const outcome = (contracts: readonly ContractFacts[], params: Partial<DiscoveryParams> = {}) => {
  const { chosen, refused } = discoverUniverse(contracts, { ...PARAMS, ...params }, NOW);
  return {
    chosen: chosen.map(({ symbol }) => symbol),
    refused: refused.map(({ symbol, reason }) => `${symbol} ${reason}`),
  };
};

describe('mode auto', () => {
  it.each([
    ['not-trading', { status: 'pre-launch' }],
    ['not-trading', { status: 'closing' }],
    ['being-delisted', { delistingAt: NOW + DAY_MS }],
    ['other-quote-currency', { quoteCurrency: 'USDC' }],
    ['no-price', { price: undefined }],
    ['price-too-low', { price: 0.0009 }],
    ['too-little-traded', { tradedValue24h: 999_999 }],
    ['too-little-traded', { tradedValue24h: undefined }],
    ['listing-unknown', { listedAt: undefined }],
    ['listed-too-recently', { listedAt: NOW - 29 * DAY_MS }],
  ] as const)('refuses what is %s', (reason, change) => {
    expect(outcome([contract('A', change)])).toEqual({ chosen: [], refused: [`A ${reason}`] });
  });

  it('takes the most traded, equal ones by name', () => {
    const contracts = ['D', 'C', 'B', 'A'].map((symbol) =>
      contract(symbol, symbol === 'B' ? { tradedValue24h: 9e6 } : {}),
    );
    expect(outcome(contracts)).toEqual({ chosen: ['B', 'A', 'C'], refused: ['D beyond-the-maximum'] });
  });

  it('includes what is named before all others, if it is traded at all', () => {
    const contracts = [
      contract('A'),
      contract('B'),
      contract('C'),
      contract('SMALL', { tradedValue24h: 5, price: 0.0001, listedAt: NOW }),
      contract('GONE', { status: 'closing' }),
    ];
    expect(outcome(contracts, { include: ['SMALL', 'GONE', 'NEVER'] })).toEqual({
      chosen: ['SMALL', 'A', 'B'],
      refused: ['C beyond-the-maximum', 'GONE not-trading', 'NEVER not-listed'],
    });
  });

  it('excludes what is named', () => {
    expect(outcome([contract('A'), contract('B')], { exclude: ['A'] })).toEqual({
      chosen: ['B'],
      refused: ['A excluded'],
    });
  });

  it('asks for no age when none is wanted', () => {
    expect(outcome([contract('A', { listedAt: undefined })], { minListingAgeDays: 0 }).chosen).toEqual(['A']);
  });
});

describe('mode fixed', () => {
  it('takes the list as far as it is traded, however many', () => {
    const contracts = ['A', 'B', 'C', 'D', 'E'].map((symbol) => contract(symbol, { tradedValue24h: 1 }));
    expect(outcome(contracts, { universeMode: 'fixed', symbols: ['A', 'B', 'C', 'D', 'X'], exclude: ['A'] })).toEqual({
      chosen: ['A', 'B', 'C', 'D'],
      refused: ['E not-in-the-fixed-list', 'X not-listed'],
    });
  });
});

it('facts join instruments with their tickers', () => {
  const instrument = {
    instrument: {
      symbol: 'A',
      tickSize: 1,
      lotSize: 1,
      minQuantity: 1,
      maxMarketQuantity: 1,
      minNotional: 1,
      tiers: [],
    },
    baseCurrency: 'A',
    quoteCurrency: 'USDT',
    status: 'trading',
    listedAt: 5,
    delistingAt: undefined,
    fundingIntervalHours: 8,
    maxLimitQuantity: 1,
  } as const;
  const ticker = {
    symbol: 'A',
    lastPrice: 2,
    markPrice: 2,
    bid: 1,
    ask: 3,
    tradedValue24h: 7,
    fundingRate: 0,
    nextFundingTime: 1,
  };
  expect(contractFacts([instrument], [ticker])).toEqual([contract('A', { listedAt: 5, price: 2, tradedValue24h: 7 })]);
  expect(contractFacts([instrument], [])[0].price).toBeUndefined();
});
