// What may the watch over the account have the session do? Book, block, protect and tell, one thing after the other.
import type { EngineEvent } from '../../engine/event.ts';
import type { KillRules } from '../safety/kill-rules.ts';
import type { Quarantine } from '../safety/quarantine.ts';
import type { EntryWindowWatch } from './entry-window-watch.ts';
import type { ExecutionDesk } from './execution-desk.ts';
import type { MarketDesk } from './market-desk.ts';
import type { OrderDesk } from './order-desk.ts';
import type { ProtectionDesk } from './protection-desk.ts';
import type { Incident } from './session-setup.ts';
import type { UnknownWord } from './unknown-word.ts';
import type { WorkQueue } from './work-queue.ts';

/** What of a canary others must not take for something else. */
export interface CanaryFootprint {
  /** Whose positions and orders are the canary's; undefined: none is on, and none has left anything. */
  readonly symbol: string | undefined;
  /** How many changes it asked for; undefined while one is on its way, when nothing can be compared. */
  readonly moves: number | undefined;
  /** Symbols whose executions may be those of a canary. */
  readonly symbols: readonly string[];
}

export interface SessionHand {
  readonly queue: WorkQueue;
  readonly executions: ExecutionDesk;
  readonly orders: OrderDesk;
  readonly protection: ProtectionDesk;
  readonly market: MarketDesk;
  readonly kills: KillRules;
  readonly quarantine: Quarantine;
  readonly entryWindows: EntryWindowWatch;
  readonly canaries: CanaryFootprint;
  readonly unknowns: { readonly heard: (word: UnknownWord) => void };
  digest(event: EngineEvent): void;
  /** Books executions that happened before `before`, one after the other. */
  bookDue(before: number): void;
  incident(incident: Incident): void;
  block(reason: string, blocked: boolean, symbol?: string): void;
  /** Sets the stop that the engine wants; `rests`: it should be there already. */
  protect(symbol: string, rests: boolean): void;
}
