// How does a fault script act on a running exchange? Every question of the transport goes through the faults in force, in order.
import { invariant, type Problem } from '../../domain/errors.ts';
import { nearestNames } from '../../domain/nearest-name.ts';
import { createRandom, type Random } from '../../domain/random.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExchangeEvent } from '../core/exchange-event.ts';
import type { SimulatedExchange } from '../core/exchange.ts';
import { binanceShapes } from './binance-shapes.ts';
import { bybitShapes } from './bybit-shapes.ts';
import { rowOf } from './catalogue.ts';
import type { FaultEntry, FaultScript } from './fault-entry.ts';
import type {
  ClientFrameFate,
  ClientFrameView,
  ConnectionView,
  FaultPipeline,
  FrameSend,
  FrameView,
  HttpFate,
  RequestView,
} from './fault-pipeline.ts';
import { LiveFault, type FaultWorld } from './live-fault.ts';
import { readEntry } from './read-entry.ts';
import { readScript } from './read-script.ts';

/** Injections that are remembered; older ones are forgotten. */
const LOG_LIMIT = 20_000;

/** One thing that was injected. */
export interface Injection {
  /** Market time, epoch milliseconds. */
  readonly time: number;
  /** Wall time, epoch milliseconds. */
  readonly wallTime: number;
  /** Id of the fault. */
  readonly fault: string;
  readonly row: number;
  readonly name: string;
  /** Request, frame, symbols or whatever else it met. */
  readonly target: string;
}

export interface ScriptedFaults extends Required<FaultPipeline> {
  /** Faults in force and those that are over, as data. */
  list(): readonly Readonly<Record<string, unknown>>[];
  /** Adds one fault, as a script writes it. The id that it got, or what is wrong with it. */
  add(written: unknown): { readonly id: string } | { readonly problems: readonly string[] };
  /** Puts a script in the place of what was; what is wrong with it, one sentence each, or nothing. */
  set(written: unknown): readonly string[];
  /** Takes a fault away, or all. False: there is no such fault. */
  clear(id?: string): boolean;
  /** What was injected, oldest first. */
  log(): readonly Injection[];
  /** Ends it: it hears no more of the exchange. */
  stop(): void;
}

export interface FaultParts {
  readonly script: FaultScript;
  readonly exchange: SimulatedExchange;
  readonly clock: Pick<Clock, 'now'>;
  readonly venue: 'bybit' | 'binance';
}

type CandleEvent = Extract<ExchangeEvent, { readonly kind: 'candle' }>;

/** A script whose faults name symbols that the exchange does not list. */
export function scriptProblems(
  { faults }: FaultScript,
  exchange: Pick<SimulatedExchange, 'contracts'>,
): readonly Problem[] {
  const listed = exchange.contracts().map(({ instrument }) => instrument.symbol);
  return faults.flatMap(({ narrowing: { symbol } }, index) => {
    if (symbol === undefined || listed.includes(symbol)) return [];
    const [near] = nearestNames(symbol, listed, 1);
    const hint = near === undefined ? `listed are ${listed.join(', ')}` : `did you mean ${near}?`;
    return [{ message: `the exchange does not list ${symbol}`, where: `faults[${index}].symbol`, hint }];
  });
}

const sentenceOf = ({ message, where, hint }: Problem): string =>
  [where === undefined ? message : `${where}: ${message}`, hint].filter((part) => part !== undefined).join('; ');

/** The faults of a script over a running exchange. The same script and the same questions give the same faults. */
export function createFaultPipeline(parts: FaultParts): ScriptedFaults {
  return new FaultRun(parts);
}

class FaultRun implements ScriptedFaults {
  readonly #exchange: SimulatedExchange;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #seed: number;
  readonly #world: FaultWorld;
  readonly #unlisten: () => void;
  readonly #injections: Injection[] = [];
  /** The newest closed candle by symbol. */
  readonly #newest = new Map<string, CandleEvent>();
  /** Symbols whose candles closed since faults could last act. */
  #closes: string[] = [];
  #faults: readonly LiveFault[] = [];
  #random: Random;
  #added = 0;
  #lastConnection = 0;

  constructor({ script, exchange, clock, venue }: FaultParts) {
    this.#exchange = exchange;
    this.#clock = clock;
    this.#seed = script.seed;
    this.#random = createRandom(script.seed);
    this.#world = {
      tools: {
        exchange,
        wire: venue === 'bybit' ? bybitShapes : binanceShapes,
        wallNow: () => clock.now(),
        lastClosed: (symbol) => this.#newest.get(symbol),
        lastConnection: () => this.#lastConnection,
      },
      log: (fault, target) => this.#note(fault, target),
    };
    this.#unlisten = exchange.listen((event) => this.#hear(event));
    this.#load(script);
  }

  request(view: RequestView): HttpFate {
    this.#settle();
    return requestFate(this.#faults, view);
  }

  frame(view: FrameView): readonly FrameSend[] {
    this.#meet(view);
    return framesSent(this.#faults, view);
  }

  clientFrame(view: ClientFrameView): ClientFrameFate {
    this.#settle();
    const fates = this.#faults.map((fault) => fault.clientFrame(view));
    return fates.find((fate) => fate !== undefined && fate.kind !== 'heard') ?? { kind: 'heard' };
  }

  dropsConnection(view: ConnectionView): boolean {
    this.#meet(view);
    return this.#faults.some((fault) => fault.dropsConnection(view));
  }

  isDead(view: ConnectionView): boolean {
    this.#meet(view);
    return this.#faults.some((fault) => fault.isDead(view));
  }

  unasked(view: ConnectionView): readonly string[] {
    return this.#faults.flatMap((fault) => fault.unasked(view));
  }

  clockOffsetMs(): number {
    return this.#faults.reduce((sum, fault) => sum + fault.clockOffsetMs(), 0);
  }

  orderLagMs(): number {
    return this.#faults.reduce((most, fault) => Math.max(most, fault.orderLagMs()), 0);
  }

  nextTime(): number {
    return this.#faults.reduce((next, fault) => Math.min(next, fault.nextTime()), Infinity);
  }

  onTime(): void {
    this.#settle();
  }

  list(): readonly Readonly<Record<string, unknown>>[] {
    return this.#faults.map(({ facts }) => facts);
  }

  add(written: unknown): { readonly id: string } | { readonly problems: readonly string[] } {
    const read = readEntry(written, 'fault');
    if (read.kind === 'refused') return { problems: read.problems.map(sentenceOf) };
    const problems = scriptProblems({ seed: 0, faults: [read.entry] }, this.#exchange);
    if (problems.length > 0) return { problems: problems.map(sentenceOf) };
    return { id: this.#include(read.entry) };
  }

  set(written: unknown): readonly string[] {
    const read = readScript(written, this.#seed);
    if (read.kind === 'refused') return read.problems.map(sentenceOf);
    const problems = scriptProblems(read.script, this.#exchange);
    if (problems.length === 0) this.#load(read.script);
    return problems.map(sentenceOf);
  }

  clear(id?: string): boolean {
    const gone = this.#faults.filter((fault) => id === undefined || fault.id === id);
    this.#faults = this.#faults.filter((fault) => !gone.includes(fault));
    for (const fault of gone) fault.stop();
    return id === undefined || gone.length > 0;
  }

  log(): readonly Injection[] {
    return this.#injections.slice();
  }

  stop(): void {
    this.#unlisten();
    this.clear();
  }

  #load({ seed, faults }: FaultScript): void {
    this.clear();
    this.#random = createRandom(seed);
    this.#added = 0;
    for (const entry of faults) this.#include(entry);
  }

  #include(entry: FaultEntry): string {
    const row = rowOf(entry.row);
    invariant(row !== undefined, `the catalogue of faults has no row ${entry.row}`);
    this.#added += 1;
    const id = `f${this.#added}`;
    const random = this.#random.fork(id);
    this.#faults = [...this.#faults, new LiveFault({ id, entry, row, random, world: this.#world })];
    return id;
  }

  #meet({ connection }: ConnectionView): void {
    this.#lastConnection = Math.max(this.#lastConnection, connection);
  }

  #hear(event: ExchangeEvent): void {
    if (event.kind !== 'candle' || !event.closed || event.intervalMs !== this.#exchange.intervalMs) return;
    // A candle that is told of again was revised.
    const newest = this.#newest.get(event.symbol)?.candle.openTime ?? -Infinity;
    if (event.candle.openTime <= newest) return;
    this.#newest.set(event.symbol, event);
    if (this.#faults.length > 0) this.#closes.push(event.symbol);
  }

  /** No events are being told: faults may act at the exchange. */
  #settle(): void {
    const closes = this.#closes;
    this.#closes = [];
    for (const symbol of closes) for (const fault of this.#faults) fault.candleClosed(symbol);
    for (const fault of this.#faults) fault.turn(true);
  }

  #note({ id, row: { number: row, name } }: LiveFault, target: string): void {
    const { now: time } = this.#exchange;
    this.#injections.push({ time, wallTime: this.#clock.now(), fault: id, row, name, target });
    if (this.#injections.length > LOG_LIMIT) this.#injections.splice(0, this.#injections.length - LOG_LIMIT);
  }
}

/** The first fault that settles it wins; delays add up, and changes of the reply follow each other. */
function requestFate(faults: readonly LiveFault[], view: RequestView): HttpFate {
  let settled: HttpFate | undefined;
  let delayMs = 0;
  let rewrite: ((body: string) => string) | undefined;
  for (const fault of faults) {
    const fate = fault.request(view, settled !== undefined);
    if (fate === undefined || settled !== undefined) continue;
    if (fate.kind !== 'pass') {
      settled = fate;
      continue;
    }
    delayMs += fate.delayMs ?? 0;
    const before = rewrite;
    const { rewrite: change } = fate;
    if (change !== undefined) rewrite = before === undefined ? change : (body) => change(before(body));
  }
  return settled ?? { kind: 'pass', delayMs, rewrite };
}

/** Every fault sees what the one before it has made of the frame. */
function framesSent(faults: readonly LiveFault[], view: FrameView): readonly FrameSend[] {
  let sends: readonly FrameSend[] = [{ delayMs: 0, payload: view.payload }];
  for (const fault of faults) {
    sends = sends.flatMap((before) => {
      const made = fault.frame({ ...view, payload: before.payload });
      if (made === undefined) return [before];
      return made.map(({ payload, delayMs, notBefore = before.notBefore }) => ({
        payload,
        delayMs: before.delayMs + delayMs,
        notBefore,
      }));
    });
  }
  return sends;
}
