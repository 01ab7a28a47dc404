// What may whoever runs the simulator do to it? The operations of the control API work on these parts.
import type { SimulatedExchange } from '../core/exchange.ts';

/** Faults that can be changed while the simulator runs. */
export interface FaultControl {
  /** What is in force, as data. */
  list(): unknown;
  /** Puts a fault script in force instead of what was; what is wrong with it, one sentence each, or nothing. */
  set(script: unknown): readonly string[];
  /** Adds one fault, as a script writes it; its id, or what is wrong with it. */
  add(fault: unknown): { readonly id: string } | { readonly problems: readonly string[] };
  /** Takes a fault away, or all of them. False: there is no such fault. */
  clear(id?: string): boolean;
  /** What was injected so far, as data. */
  log(): unknown;
}

export interface ControlParts {
  readonly exchange: SimulatedExchange;
  readonly faults: FaultControl | undefined;
  /** Lets market time run to `time`; resolves when every frame that this made has been written. */
  readonly advance: (time: number) => Promise<void>;
  /** Sends what is only sampled as it stands now; resolves when it has been written. */
  readonly show: () => Promise<void>;
  readonly serverTime: () => number;
  /** Facts about server and pace for the status. */
  readonly facts: () => Readonly<Record<string, unknown>>;
  readonly shutDown: () => void;
}
