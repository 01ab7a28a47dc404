// Which rules hold for a contract? Those downloaded with the candles first, then Binance's stored steps and tiers, then Bybit's.
import { join, resolve } from 'node:path';
import type { MarginTier } from '../../domain/instrument.ts';
import type { InstrumentRecord } from '../../ports/instrument-source.ts';
import { binanceRules } from './binance-rules.ts';
import type { BinanceSteps } from './binance-rules.ts';
import { bybitRules } from './bybit-rules.ts';
import type { BybitEntry } from './bybit-rules.ts';
import { DEFAULT_TIERS } from './derived-instrument.ts';
import { downloadedInstruments } from './downloaded-instruments.ts';

/** Minimum order values of Binance USD-M in USDT. An assumption: no stored file states them for the main network. */
const BINANCE_MIN_NOTIONAL: Readonly<Record<string, number>> = { BTCUSDT: 100, ETHUSDT: 20 };
const BINANCE_OTHER_MIN_NOTIONAL = 5;
/** Largest market order in base units, where it is publicly known (same assumption). */
const BINANCE_MAX_MARKET_QUANTITY: Readonly<Record<string, number>> = { BTCUSDT: 120 };

export interface StoredInstruments {
  /**
   * The rules of `symbol` from `<root>/instruments/`; undefined when no stored file gives its steps.
   * @throws PerpilotError DATA_CORRUPT when a file is not of its shape
   */
  find(symbol: string): Promise<InstrumentRecord | undefined>;
}

/**
 * Reads `<root>/instruments/` on first use, each file once. What was downloaded counts first. Other candles are Binance's,
 * so its steps and tiers come next;
 * Binance files state neither minimum values (assumed: BTCUSDT 100, ETHUSDT 20, others 5 USDT) nor the smallest quantity
 * (assumed: one lot); missing tiers are Bybit's leverage or the default of 1 % maintenance and leverage 20.
 */
export function storedInstruments(root: string): StoredInstruments {
  const folder = join(resolve(root), 'instruments');
  const downloaded = downloadedInstruments(folder);
  const binance = binanceRules(folder);
  const bybit = bybitRules(folder);
  return {
    async find(symbol) {
      const own = await downloaded.find(symbol);
      if (own !== undefined) return own;
      const [steps, tiers, entry] = await Promise.all([
        binance.steps(symbol),
        binance.tiers(symbol),
        bybit.entry(symbol),
      ]);
      if (steps !== undefined) return binanceRecord(symbol, steps, tierChoice(tiers, entry));
      return entry === undefined ? undefined : bybitRecord(entry, tiers);
    },
  };
}

interface TierChoice {
  readonly tiers: readonly MarginTier[];
  readonly provenance: string;
}

function tierChoice(tiers: readonly MarginTier[] | undefined, entry: BybitEntry | undefined): TierChoice {
  if (tiers !== undefined) return { tiers, provenance: 'Binance brackets of 2024-10' };
  if (entry !== undefined) return { tiers: entry.instrument.tiers, provenance: `Bybit leverage (${entry.file})` };
  return { tiers: DEFAULT_TIERS, provenance: 'assumed maintenance 1 %, leverage 20' };
}

function binanceRecord(symbol: string, steps: BinanceSteps, choice: TierChoice): InstrumentRecord {
  const minNotional = BINANCE_MIN_NOTIONAL[symbol] ?? BINANCE_OTHER_MIN_NOTIONAL;
  const maxMarketQuantity = BINANCE_MAX_MARKET_QUANTITY[symbol] ?? Infinity;
  const largest = Number.isFinite(maxMarketQuantity) ? `, largest market order ${maxMarketQuantity}` : '';
  return {
    instrument: {
      symbol,
      tickSize: steps.tickSize,
      lotSize: steps.lotSize,
      minQuantity: steps.lotSize,
      maxMarketQuantity,
      minNotional,
      tiers: choice.tiers,
    },
    provenance: `steps: Binance USD-M, derived from its candles; tiers: ${choice.provenance}; assumed: minimum value ${minNotional} USDT, minimum quantity one lot${largest}`,
  };
}

function bybitRecord(entry: BybitEntry, tiers: readonly MarginTier[] | undefined): InstrumentRecord {
  const choice = tierChoice(tiers, entry);
  const assumed = tiers === undefined ? '; assumed: maintenance of half the initial margin at every size' : '';
  return {
    instrument: { ...entry.instrument, tiers: choice.tiers },
    provenance: `steps and minimums: Bybit linear (${entry.file}); tiers: ${choice.provenance}${assumed}`,
  };
}
