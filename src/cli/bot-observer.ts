// What does whoever watches the bot hear? Remarks of the start, closes, trades that ended, and what was not as it should be.
import type { MarketSlice } from '../engine/event.ts';
import type { RoundTrip } from '../engine/round-trip.ts';
import type { EngineState } from '../engine/state.ts';
import type { Note } from '../engine/step.ts';
import type { Incident } from '../live/session/session-setup.ts';
import type { ProvidedModel } from './bot-training.ts';

export interface Close {
  readonly slice: MarketSlice;
  readonly equity: number;
  readonly state: EngineState;
  /** Trades that ended since the close before. */
  readonly ended: readonly RoundTrip[];
}

export interface BotObserver {
  readonly remark: (text: string) => void;
  readonly model: (provided: ProvidedModel) => void;
  readonly close: (close: Close) => void;
  readonly note: (note: Note) => void;
  readonly incident: (incident: Incident) => void;
  readonly refused: (symbol: string, reason: string) => void;
}
