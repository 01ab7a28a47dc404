// What is there to tell of a running bot? The engine's state and what was noticed beside it, as facts of one moment.
import { QUARANTINE_CAUSES, quarantineReason } from '../safety/quarantine.ts';
import { ledgerEquity } from '../../domain/ledger.ts';
import type { RoundTrip } from '../../engine/round-trip.ts';
import type { EngineState, OpenTrade, SymbolState } from '../../engine/state.ts';
import { HOUR_MS } from '../../domain/time.ts';
import type { CanaryFacts } from '../safety/canary-record.ts';
import { LATCH_NAMES, type LatchStore } from '../../ports/latch-store.ts';
import { STATUS_VERSION, type StatusFacts, type SymbolStatus } from './status-document.ts';
import type { StatusNotebook } from './status-notebook.ts';

const SLIPPAGE_TRADES = 20;

export interface StatusSources {
  readonly state: EngineState;
  readonly latches: LatchStore;
  readonly notebook: StatusNotebook;
  /** Since when the stop of a symbol is not known to rest at the venue, epoch milliseconds; undefined: it is known. */
  readonly unprotectedSince: (symbol: string) => number | undefined;
  readonly durable: boolean;
  readonly nextClose: number;
  /** How far the time of the market is ahead of ours, milliseconds: not 0 only on a market that is replayed. */
  readonly marketAheadMs: number;
  readonly clockOffsetMs: number | undefined;
  /** Undefined: the bot runs none by itself. */
  readonly canary: CanaryFacts | undefined;
}

/** What stays as it is over the life of the program. */
export interface BotIdentity {
  readonly instance: string;
  readonly mode: string;
  readonly program: string;
  readonly pid: number;
  readonly startedAt: number;
}

export function collectFacts(identity: BotIdentity, sources: StatusSources, now: number): StatusFacts {
  const { state, latches, notebook } = sources;
  const { limits, guard, roundTrips } = state;
  const equity = ledgerEquity(state.ledger);
  const peakEquity = Math.max(limits.peakEquity, equity);
  const dayStartEquity = limits.day === undefined ? equity : limits.dayStartEquity;
  const symbols = state.symbols.map((symbol) => symbolFacts(symbol, sources, now));
  const last = roundTrips.at(-1);
  return {
    version: STATUS_VERSION,
    ...identity,
    writtenAt: now,
    loopAt: notebook.loopAt,
    barMs: state.barMs,
    nextClose: Math.round(sources.nextClose - sources.marketAheadMs),
    equity,
    dayStartEquity,
    peakEquity,
    drawdown: peakEquity > 0 ? (peakEquity - equity) / peakEquity : 0,
    dailyLoss: dayStartEquity > 0 ? Math.max(0, (dayStartEquity - equity) / dayStartEquity) : 0,
    exposure: symbols.reduce((sum, { position, price }) => sum + (position?.quantity ?? 0) * (price ?? 0), 0),
    guard: state.params.guard.enabled ? guard.mode : 'NORMAL',
    halted: limits.haltedAt !== undefined,
    latches: LATCH_NAMES.flatMap((name) => {
      const latch = latches.read(name);
      return latch === undefined ? [] : [{ name, reason: latch.reason, at: latch.at }];
    }),
    blocks: [...state.blocks].map(([reason, only]) => ({ reason, symbols: only === undefined ? null : [...only] })),
    symbols,
    trades: roundTrips.length,
    lastTrade:
      last === undefined
        ? null
        : { symbol: last.symbol, exitTime: last.exitTime, netPnl: last.netPnl, reason: last.reason },
    ...notebook.window(now),
    clockOffsetMs: sources.clockOffsetMs ?? null,
    slippageBps: slippageOf(roundTrips.slice(-SLIPPAGE_TRADES)),
    canary: canaryFacts(sources),
    durable: sources.durable,
  };
}

function canaryFacts({ canary, marketAheadMs }: StatusSources): StatusFacts['canary'] {
  if (canary === undefined) return null;
  const { last, maxAgeMs } = canary;
  const own = (time: number | undefined): number | null =>
    time === undefined ? null : Math.round(time - marketAheadMs);
  return {
    symbol: last === undefined || last.symbol === '' ? null : last.symbol,
    startedAt: own(last?.startedAt),
    endedAt: own(last?.endedAt),
    outcome: last?.outcome ?? null,
    failedStep: last?.failedStep ?? null,
    reason: last?.reason ?? null,
    passedAt: own(last?.passedAt),
    maxAgeHours: maxAgeMs / HOUR_MS,
  };
}

/** Both sides of every trade against what they traded, bps. */
function slippageOf(trades: readonly RoundTrip[]): number | null {
  const traded = trades.reduce(
    (sum, { entryPrice, exitPrice, quantity }) => sum + (entryPrice + exitPrice) * quantity,
    0,
  );
  if (traded === 0) return null;
  return (trades.reduce((sum, { slippage }) => sum + slippage, 0) / traded) * 10_000;
}

function symbolFacts(symbol: SymbolState, sources: StatusSources, now: number): SymbolStatus {
  const { state, notebook, unprotectedSince, marketAheadMs } = sources;
  const name = symbol.instrument.symbol;
  const { model, trade } = symbol;
  const since = notebook.modelSince(name);
  const open = unprotectedSince(name);
  const closed = notebook.lastClose(name);
  return {
    symbol: name,
    lastClose: closed === undefined ? null : Math.round(closed - marketAheadMs),
    price: Number.isFinite(symbol.close) ? symbol.close : null,
    verdict: symbol.verdict,
    regime: Number.isFinite(symbol.close) ? symbol.strategy.regime : null,
    selected: state.portfolio === undefined ? null : state.portfolio.share(symbol.index) > 0,
    modelId: model?.id ?? null,
    modelAgeHours: model === undefined || since === undefined ? null : (now - since) / 3_600_000,
    closing: symbol.closing ?? null,
    quarantine: QUARANTINE_CAUSES.filter((cause) => state.blocks.get(quarantineReason(cause))?.has(name) === true),
    position:
      trade === undefined
        ? null
        : positionFacts(trade, symbol.close, open === undefined ? 0 : now + marketAheadMs - open),
  };
}

function positionFacts(trade: OpenTrade, close: number, unprotectedMs: number): NonNullable<SymbolStatus['position']> {
  const price = Number.isFinite(close) ? close : trade.heldPrice;
  return {
    direction: trade.direction,
    quantity: trade.quantity,
    entryPrice: trade.heldPrice,
    entryTime: trade.entryTime,
    stopPrice: trade.stopPrice ?? null,
    unrealised: (price - trade.heldPrice) * trade.direction * trade.quantity,
    unprotectedSeconds: unprotectedMs / 1_000,
  };
}
