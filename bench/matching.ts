// How many bars per second do the simulated venue and the ledger take? A plain alternating signal over a million bars.
import type { CandleSeries } from '../src/domain/candle.ts';
import { createCandleView, loadCandle } from '../src/domain/candle.ts';
import type { VenueEvent } from '../src/domain/fill.ts';
import type { FundingSeries } from '../src/domain/funding.ts';
import type { Instrument } from '../src/domain/instrument.ts';
import { bookFill, bookFunding, createLedger, ledgerEquity, markPosition } from '../src/domain/ledger.ts';
import { createRandom } from '../src/domain/random.ts';
import { HOUR_MS } from '../src/domain/time.ts';
import { createSimulatedVenue } from '../src/simulation/simulated-venue.ts';
import type { SimulatedVenue } from '../src/simulation/simulated-venue.ts';

export interface BenchRow {
  readonly name: string;
  readonly median: number;
  readonly unit: string;
  readonly note?: string;
}

const SYMBOL = 'BENCHUSDT';
const BARS = 1_000_000;
const ROUNDS = 5;
/** Bars between two turns of the signal. */
const HOLD_BARS = 24;

const INSTRUMENT: Instrument = {
  symbol: SYMBOL,
  tickSize: 0.1,
  lotSize: 0.001,
  minQuantity: 0.001,
  maxMarketQuantity: Infinity,
  minNotional: 5,
  tiers: [{ maxNotional: Infinity, maintenanceRate: 0.005, deduction: 0, maxLeverage: 100 }],
};

const onGrid = (value: number): number => Math.round(value * 10) / 10;

/** A random walk around 30,000 with an hourly volatility of about 0.5 %. */
function syntheticSeries(length: number): CandleSeries {
  const random = createRandom('bench/matching');
  const column = (): Float64Array => new Float64Array(length);
  const [openTime, open, high, low, close, volume] = [column(), column(), column(), column(), column(), column()];
  let price = 30_000;
  for (let index = 0; index < length; index += 1) {
    openTime[index] = index * HOUR_MS;
    open[index] = price;
    price = onGrid(price * Math.exp(0.005 * random.normal() - 0.02 * Math.log(price / 30_000)));
    close[index] = price;
    high[index] = onGrid(Math.max(open[index], price) * (1 + 0.002 * random.next()));
    low[index] = onGrid(Math.min(open[index], price) * (1 - 0.002 * random.next()));
    volume[index] = 1;
  }
  const flags = new Uint8Array(length);
  return { symbol: SYMBOL, intervalMs: HOUR_MS, length, openTime, open, high, low, close, volume, flags };
}

function fundingFor(series: CandleSeries): FundingSeries {
  const length = Math.floor(series.length / 8);
  const time = Float64Array.from({ length }, (_, index) => index * 8 * HOUR_MS);
  return { symbol: SYMBOL, length, time, rate: time.map((_, index) => ((index % 5) - 1) * 1e-5) };
}

function venueFor(series: CandleSeries): SimulatedVenue {
  return createSimulatedVenue({
    instruments: [INSTRUMENT],
    costs: {
      takerFeeBps: 5.5,
      makerFeeBps: 2,
      slippageBps: 1,
      slippageWindowBars: 24,
      slippageAverageBars: 168,
      slippageMinFactor: 0.5,
      slippageMaxFactor: 5,
      impactCoefficient: 0.7,
      liquidationFeeBps: 50,
      missingFunding: 'charge',
      missingFundingBps: 5,
      fundingIntervalHours: 8,
    },
    funding: new Map([[SYMBOL, fundingFor(series)]]),
    ambiguity: 'worst',
  });
}

type Turn = 'never' | 'once' | 'alternating';

/** Nanoseconds per bar, and how many fills there were. */
function drive(series: CandleSeries, turn: Turn): { readonly nanoseconds: number; readonly fills: number } {
  const venue = venueFor(series);
  const ledger = createLedger(1_000_000);
  const candle = createCandleView();
  const events: VenueEvent[] = [];
  let fills = 0;
  let checksum = 0;
  const place = (index: number): void => {
    const isBuy = index % (2 * HOLD_BARS) === 0;
    const held = venue.position(0)?.quantity ?? 0;
    if (held !== 0 && held > 0 === isBuy) return;
    venue.place({
      clientOrderId: `${index}`,
      symbol: SYMBOL,
      side: isBuy ? 'buy' : 'sell',
      quantity: turn === 'once' ? 0.001 : 1 + Math.abs(held),
      reduceOnly: false,
      leverage: turn === 'once' ? 0.5 : 3,
      reason: 'entry',
      decidedAt: candle.closeTime,
      decisionPrice: candle.close,
      protection:
        turn === 'once' ? undefined : { stopFraction: 0.02, targetFraction: 0.03, trailingFraction: undefined },
    });
  };
  const started = process.hrtime.bigint();
  for (let index = 0; index < series.length; index += 1) {
    loadCandle(candle, series, index);
    venue.onCandle(0, candle, events);
    if (events.length > 0) {
      for (const event of events) {
        if (event.kind === 'fill') {
          bookFill(ledger, event);
          fills += 1;
        } else if (event.kind === 'funding') bookFunding(ledger, event);
      }
      events.length = 0;
    }
    markPosition(ledger, SYMBOL, candle.close);
    checksum += ledgerEquity(ledger);
    if (turn === 'alternating' ? index % HOLD_BARS === 0 : turn === 'once' && index === 0) place(index);
  }
  const nanoseconds = Number(process.hrtime.bigint() - started) / series.length;
  if (!Number.isFinite(checksum)) throw new Error('the ledger lost its equity');
  return { nanoseconds, fills };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Bars per second with an alternating signal, and nanoseconds per bar without a position and with one that rests. */
export async function run(): Promise<BenchRow[]> {
  const series = syntheticSeries(BARS);
  const rows = (['alternating', 'never', 'once'] as const).map((turn) => {
    const rounds = Array.from({ length: ROUNDS }, () => drive(series, turn));
    return { nanoseconds: median(rounds.map((round) => round.nanoseconds)), fills: rounds[0].fills };
  });
  const [alternating, flat, held] = rows;
  return [
    {
      name: 'simulated venue and ledger, alternating signal',
      median: Math.round(1e9 / alternating.nanoseconds),
      unit: 'bars/s',
      note: `${BARS} bars, ${alternating.fills} fills with stop and target, 8-hourly funding`,
    },
    { name: 'simulated venue and ledger, flat', median: Math.round(flat.nanoseconds), unit: 'ns/bar' },
    {
      name: 'simulated venue and ledger, position held',
      median: Math.round(held.nanoseconds),
      unit: 'ns/bar',
      note: 'with a funding payment every 8 bars',
    },
  ];
}
