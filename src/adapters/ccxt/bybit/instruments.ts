// Which contracts does Bybit list? USDT perpetuals with their steps, minimums and margin tiers, as they are now.
import { z } from 'zod';
import type { MarginTier } from '../../../domain/instrument.ts';
import type { InstrumentStatus, VenueInstrument } from '../../../ports/venue-market.ts';
import { decimal, optionalDecimal } from '../streams/wire-values.ts';
import type { VenueClient } from '../venue-client.ts';
import { wireTime } from '../wire-time.ts';
import { allRows } from './pages.ts';
import { marketRead } from './requests.ts';

/** What the venue asks for where it does not say: its minimum for USDT contracts. */
const USUAL_MIN_NOTIONAL = 5;

const STATUS: Readonly<Record<string, InstrumentStatus>> = {
  PreLaunch: 'pre-launch',
  Trading: 'trading',
  Settling: 'closing',
  Delivering: 'closing',
  Closed: 'closed',
};
/** Without a status only contracts that trade are listed. */
const LISTS = ['Trading', 'PreLaunch', 'Delivering'] as const;

const positive = decimal.pipe(z.number().positive());
const contractRow = z.object({
  symbol: z.string().min(1),
  status: z.string(),
  baseCoin: z.string(),
  quoteCoin: z.string(),
  launchTime: wireTime,
  deliveryTime: wireTime,
  fundingInterval: z.number().nullish(),
  leverageFilter: z.object({ maxLeverage: positive }),
  priceFilter: z.object({ tickSize: positive }),
  lotSizeFilter: z.object({
    qtyStep: positive,
    minOrderQty: positive,
    maxOrderQty: positive,
    maxMktOrderQty: optionalDecimal,
    minNotionalValue: optionalDecimal,
  }),
});
/** Other kinds of contracts share the list; they are recognised before they are looked at more closely. */
export const instrumentRow = z
  .looseObject({ symbol: z.string(), contractType: z.string(), quoteCoin: z.string() })
  .transform((row, context) => {
    if (row.contractType !== 'LinearPerpetual' || row.quoteCoin !== 'USDT') return undefined;
    const parsed = contractRow.safeParse(row);
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  });

export const riskLimitRow = z.object({
  symbol: z.string(),
  riskLimitValue: positive,
  maintenanceMargin: positive,
  maxLeverage: positive,
  mmDeduction: optionalDecimal,
});

type Contract = z.output<typeof contractRow>;
type RiskLimit = z.output<typeof riskLimitRow>;

export async function bybitInstruments(client: VenueClient): Promise<readonly VenueInstrument[]> {
  const contracts = new Map<string, Contract>();
  for (const status of LISTS) {
    const request = marketRead('v5/market/instruments-info', { category: 'linear', status, limit: 1_000 });
    for (const row of await allRows(client, request, instrumentRow))
      if (row !== undefined) contracts.set(row.symbol, row);
  }
  const limits = await allRows(client, marketRead('v5/market/risk-limit', { category: 'linear' }), riskLimitRow);
  const tiers = Map.groupBy(limits, ({ symbol }) => symbol);
  return [...contracts.values()].map((contract) => toInstrument(contract, tiers.get(contract.symbol) ?? []));
}

export function toInstrument(contract: Contract, limits: readonly RiskLimit[]): VenueInstrument {
  const { symbol, priceFilter, lotSizeFilter } = contract;
  const { qtyStep, minOrderQty, maxOrderQty, maxMktOrderQty, minNotionalValue } = lotSizeFilter;
  return {
    instrument: {
      symbol,
      tickSize: priceFilter.tickSize,
      lotSize: qtyStep,
      minQuantity: minOrderQty,
      maxMarketQuantity: maxMktOrderQty ?? maxOrderQty,
      minNotional: minNotionalValue ?? USUAL_MIN_NOTIONAL,
      tiers: tiersOf(limits, contract.leverageFilter.maxLeverage),
    },
    baseCurrency: contract.baseCoin,
    quoteCurrency: contract.quoteCoin,
    status: STATUS[contract.status] ?? 'closed',
    listedAt: contract.launchTime,
    delistingAt: contract.deliveryTime,
    fundingIntervalHours: hoursOf(contract.fundingInterval),
    maxLimitQuantity: maxOrderQty,
  };
}

/** Deductions that the venue leaves out follow from the rates: the margin has no step at a border. */
function tiersOf(limits: readonly RiskLimit[], maxLeverage: number): readonly MarginTier[] {
  const rising = [...limits].sort((a, b) => a.riskLimitValue - b.riskLimitValue);
  // Bybit's lowest bracket asks half of the initial margin at the highest leverage.
  if (rising.length === 0)
    return [{ maxNotional: Infinity, maintenanceRate: 0.5 / maxLeverage, deduction: 0, maxLeverage }];
  let deduction = 0;
  return rising.map((limit, index) => {
    const below = index === 0 ? undefined : rising[index - 1];
    if (below !== undefined) deduction += below.riskLimitValue * (limit.maintenanceMargin - below.maintenanceMargin);
    deduction = limit.mmDeduction ?? deduction;
    return {
      maxNotional: limit.riskLimitValue,
      maintenanceRate: limit.maintenanceMargin,
      deduction,
      maxLeverage: limit.maxLeverage,
    };
  });
}

/** Minutes on the wire; less than an hour is no interval that exists. */
function hoursOf(minutes: number | null | undefined): number | undefined {
  return typeof minutes === 'number' && minutes >= 60 ? minutes / 60 : undefined;
}
