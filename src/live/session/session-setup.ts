// What does a session need, and by which rules does it act? Everything is handed in, the time too.
import type { MarkParams } from '../../domain/candle-quality.ts';
import type { Candle } from '../../domain/candle.ts';
import type { MarketSlice } from '../../engine/event.ts';
import type { Note } from '../../engine/step.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Journal } from '../../ports/journal.ts';
import type { LatchStore } from '../../ports/latch-store.ts';
import type { SymbolSwitches } from '../../ports/symbol-switches.ts';
import type { VenueConnection } from '../../ports/venue-connection.ts';
import type { FundingStamp } from '../../ports/venue-market.ts';
import type { EntryRules } from '../orders/order-legs.ts';
import type { OrderRules, TrackedOrder } from '../orders/tracked-order.ts';
import type { RecordedEngine } from '../record/recorded-engine.ts';
import type { ChampionSource } from '../models/champion-source.ts';
import type { RenewalSource } from '../models/renewal-source.ts';
import type { CanaryRules } from '../safety/canary-plan.ts';
import type { CanaryRecord } from '../safety/canary-record.ts';
import type { HeartbeatSetup } from '../safety/heartbeat-writer.ts';
import type { KillSettings } from '../safety/kill-rules.ts';
import type { QuarantineSettings } from '../safety/quarantine.ts';
import type { EntryWindowRules } from './entry-windows.ts';

export interface ExposureRules {
  /** The liquidation price lies at least so many times as far from the entry as the stop does. */
  readonly minLiquidationDistance: number;
  /** By so large a part a limit may be exceeded after a fill: prices move between a decision and its fill. */
  readonly limitTolerance: number;
}

/** Times in milliseconds. */
export interface SessionRules {
  readonly feed: { readonly graceMs: number; readonly deadlineMs: number; readonly askAgainMs: number };
  readonly orders: Omit<OrderRules, 'halfLot' | 'mayOpen'>;
  readonly entries: EntryRules;
  /** When people want nothing to be opened. */
  readonly entryWindows: EntryWindowRules;
  /** Contracts are read anew so often. */
  readonly contractsEveryMs: number;
  readonly triggerBy: 'last' | 'mark';
  readonly fundingDeadlineMs: number;
  /** A position is never longer without its stop than this; then it is closed. */
  readonly protectionDeadlineMs: number;
  readonly protectionRetryMs: number;
  /** Books and venue are compared so often. */
  readonly compareEveryMs: number;
  /** Executions are asked for from so long before the newest one known. */
  readonly executionOverlapMs: number;
  /** How often the session looks at the clock. */
  readonly tickMs: number;
  /** What is done with a position that nobody here opened. */
  readonly exposure: ExposureRules;
  readonly foreignPositions: 'adopt' | 'alarm';
  /** Distance of the stop of an adopted position, fraction of its entry price. */
  readonly adoptedStopFraction: number;
  /** Differences of the wallet up to this, quote currency, are rounding of the venue. */
  readonly walletTolerance: number;
  readonly kill: KillSettings;
  /** Undefined: the bot runs no canary by itself. */
  readonly canary: CanaryRules | undefined;
  readonly quarantine: QuarantineSettings;
}

export interface Incident {
  readonly kind: string;
  readonly symbol: string | undefined;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly time: number;
}

export interface SessionSetup {
  readonly engine: RecordedEngine;
  readonly journal: Journal;
  readonly connection: VenueConnection;
  readonly clock: Clock;
  readonly latches: LatchStore;
  /** Undefined: nobody can pause a single symbol. */
  readonly symbolSwitches?: SymbolSwitches | undefined;
  /** Undefined: nobody watches from another process. */
  readonly heartbeat?: HeartbeatSetup | undefined;
  /** Where the champions stand; undefined: the bot keeps the models that it began with. */
  readonly champions?: ChampionSource | undefined;
  /** By what the models are watched and renewed; undefined: by nobody. */
  readonly renewal?: RenewalSource | undefined;
  /** What the client order ids of this bot begin with, and those of every perpilot. */
  readonly prefix: string;
  readonly familyPrefix: string;
  readonly rules: SessionRules;
  readonly marks: MarkParams;
  /** The first close that has not been digested. */
  readonly firstClose: number;
  /** The candles before it. */
  readonly lastCandles: ReadonlyMap<string, Candle>;
  readonly fundingStamps: ReadonlyMap<string, readonly FundingStamp[]>;
  readonly fundingIntervalHours: ReadonlyMap<string, number | undefined>;
  /** A price on the tick grid of the symbol. */
  readonly roundPrice: (symbol: string, price: number) => number;
  /** Executions from this time on are of this bot's concern. */
  readonly executionsFrom: number;
  /** What may never be: the program ends. */
  readonly onFatal: (error: unknown) => void;
  readonly onIncident?: ((incident: Incident) => void) | undefined;
  readonly onNote?: ((note: Note) => void) | undefined;
  /** Anything came over the streams of the venue. */
  readonly onHeard?: (() => void) | undefined;
  readonly onSlice?: ((slice: MarketSlice, equity: number) => void) | undefined;
  readonly onAcked?: ((order: TrackedOrder, latencyMs: number) => void) | undefined;
  readonly onRefused?: ((order: TrackedOrder, reason: string) => void) | undefined;
  /** A canary is over. */
  readonly onCanary?: ((record: CanaryRecord) => void) | undefined;
  readonly onProtected?: ((symbol: string, unprotectedMs: number) => void) | undefined;
}
