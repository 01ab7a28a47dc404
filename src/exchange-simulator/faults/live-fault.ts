// When is one fault of a script in force, and what does it do then? Its trigger, its span, its matches, and its effect.
import { PerpilotError } from '../../domain/errors.ts';
import type { Random } from '../../domain/random.ts';
import type { FaultEntry } from './fault-entry.ts';
import type {
  ClientFrameFate,
  ClientFrameView,
  ConnectionView,
  FrameSend,
  FrameView,
  HttpFate,
  RequestView,
} from './fault-pipeline.ts';
import type { FaultEffect, FaultOrigin, FaultRow, FaultTools } from './fault-row.ts';

/** What a fault needs of the world around it. */
export interface FaultWorld {
  readonly tools: Pick<FaultTools, 'exchange' | 'wire' | 'wallNow' | 'lastClosed' | 'lastConnection'>;
  /** Notes what was injected. */
  readonly log: (fault: LiveFault, target: string) => void;
}

interface Window {
  readonly origin: FaultOrigin;
  readonly marketUntil: number;
  readonly wallUntil: number;
  hitsLeft: number;
  /** Its effect has begun: until then it waits for something to meet. */
  hasBegun: boolean;
}

export class LiveFault {
  readonly id: string;
  readonly entry: FaultEntry;
  readonly row: FaultRow;
  readonly #world: FaultWorld;
  readonly #random: Random;
  readonly #effect: FaultEffect;
  #window: Window | undefined;
  #due: number;
  #matches = 0;
  #begun = 0;
  #hits = 0;

  constructor(parts: { id: string; entry: FaultEntry; row: FaultRow; random: Random; world: FaultWorld }) {
    const { id, entry, row, random, world } = parts;
    this.id = id;
    this.entry = entry;
    this.row = row;
    this.#world = world;
    this.#random = random;
    this.#due = firstDue(entry, world.tools.exchange.now);
    this.#effect = row.create(this.#tools(), entry.parameters);
  }

  #tools(): FaultTools {
    const { tools } = this.#world;
    const { narrowing, extent } = this.entry;
    const isOn = (): boolean => this.isOn;
    const hasSpan = extent.moment !== true && extent.count === undefined;
    return {
      ...tools,
      random: this.#random.fork('effect'),
      narrowing,
      hasSpan,
      isOn,
      symbols(origin) {
        const wanted = narrowing.symbol ?? origin.symbol;
        const listed = tools.exchange.contracts().map(({ instrument }) => instrument.symbol);
        return wanted === undefined ? listed : listed.filter((symbol) => symbol === wanted);
      },
      isNarrowedTo: (view) => this.#isNarrowedTo(view),
    };
  }

  get isOn(): boolean {
    return this.#window?.hasBegun === true && !this.#isOver(this.#window);
  }

  /** What can be told of it, as data. */
  get facts(): Readonly<Record<string, unknown>> {
    const { number: row, name } = this.row;
    const isFinished = this.#begun >= this.#mostBegins();
    const state = this.isOn ? 'on' : this.#window !== undefined ? 'pending' : isFinished ? 'over' : 'waiting';
    const { trigger, extent, narrowing, parameters } = this.entry;
    const { id } = this;
    const counts = { matches: this.#matches, begun: this.#begun, hits: this.#hits };
    return { id, row, name, state, ...counts, trigger, extent, narrowing, parameters };
  }

  /** The next market time after now at which it acts by itself; Infinity: none. */
  nextTime(): number {
    const { exchange } = this.#world.tools;
    const effect = this.#effect;
    if (effect.begin === undefined && effect.end === undefined) return Infinity;
    const window = this.#window;
    const isWaiting = window !== undefined && !window.hasBegun;
    const { counts } = this.row.scope;
    const { kind } = this.entry.trigger;
    const isCounting = counts === 'closes' && (kind === 'nth' || kind === 'rate') && this.#begun < this.#mostBegins();
    const times = [
      this.#due,
      window?.marketUntil ?? Infinity,
      isWaiting || isCounting ? exchange.nextClose() : Infinity,
    ];
    return Math.min(...times.filter((time) => time > exchange.now), Infinity);
  }

  /** Time has passed: it begins or ends when that is due. `mayAct`: no events are being told. */
  turn(mayAct: boolean): void {
    if (this.#effect.actsAtExchange === true && !mayAct) return;
    this.#endIfOver();
    const { exchange } = this.#world.tools;
    if (exchange.now >= this.#due) {
      this.#due = nextDue(this.entry, this.#due, exchange.now);
      this.#open({});
    }
    this.#tryBegin();
  }

  /** It is taken out of force. */
  stop(): void {
    this.#due = Infinity;
    this.#close();
  }

  /** `isDecided`: another fault has already settled what becomes of the request. */
  request(view: RequestView, isDecided: boolean): HttpFate | undefined {
    this.turn(true);
    const other = this.#effect.anyRequest?.(view);
    if (!this.#isMatch(view)) return other;
    this.#count({ symbol: view.symbol }, true);
    if (isDecided || !this.isOn) return other;
    const fate = this.#effect.request?.(view);
    if (fate === undefined) return other;
    this.#hit(`${view.method} ${view.path}`);
    return fate;
  }

  frame(view: FrameView): readonly FrameSend[] | undefined {
    this.turn(false);
    const { scope } = this.row;
    const { topic, symbol, connection } = view;
    let sends: readonly FrameSend[] | undefined;
    if (scope.counts === 'frames' && this.#isNarrowedTo(view) && this.#isAboutFrame(view)) {
      this.#count({ symbol, connection }, false);
      if (this.isOn) sends = this.#effect.frame?.(view);
      if (sends !== undefined) this.#hit(`frame ${topic}`);
    }
    const other = this.#effect.anyFrame?.(view);
    return sends ?? other;
  }

  clientFrame(view: ClientFrameView): ClientFrameFate | undefined {
    this.turn(true);
    const { scope } = this.row;
    const { connection } = view;
    let fate: ClientFrameFate | undefined;
    if (scope.counts === 'client-frames' && this.#isNarrowedTo(view) && scope.isAbout(view, this.#world.tools.wire)) {
      this.#count({ connection }, true);
      if (this.isOn) fate = this.#effect.clientFrame?.(view);
      if (fate !== undefined) this.#hit(`frame of client ${connection}`);
    }
    const other = this.#effect.anyClientFrame?.(view);
    return fate ?? other;
  }

  /** A replayed candle of the symbol has closed, and no events are being told any more. */
  candleClosed(symbol: string): void {
    if (this.row.scope.counts !== 'closes' || !this.#isNarrowedTo({ symbol })) return;
    this.#count({ symbol }, true);
  }

  dropsConnection(view: ConnectionView): boolean {
    this.turn(false);
    return this.#effect.dropsConnection?.(view) === true;
  }

  isDead(view: ConnectionView): boolean {
    this.turn(false);
    return this.#effect.isDead?.(view) === true;
  }

  unasked(view: ConnectionView): readonly string[] {
    return this.#effect.unasked?.(view) ?? [];
  }

  clockOffsetMs(): number {
    this.turn(false);
    return this.#effect.clockOffsetMs?.() ?? 0;
  }

  orderLagMs(): number {
    this.turn(false);
    return this.#effect.orderLagMs?.() ?? 0;
  }

  #isMatch(view: RequestView): boolean {
    const { scope } = this.row;
    const { wire } = this.#world.tools;
    if (scope.counts === 'client-frames') return scope.isAboutRequest?.(view, wire) === true;
    if (scope.counts !== 'requests' || !this.#isNarrowedTo(view)) return false;
    const { path } = this.entry.narrowing;
    return path === undefined ? scope.isAbout(view, wire) : view.path.startsWith(path);
  }

  #isAboutFrame(view: FrameView): boolean {
    const { scope } = this.row;
    if (scope.counts !== 'frames') return false;
    return this.entry.narrowing.topic !== undefined || scope.isAbout(view, this.#world.tools.wire);
  }

  #isNarrowedTo(view: Parameters<FaultTools['isNarrowedTo']>[0]): boolean {
    const { symbol, channel, topic } = this.entry.narrowing;
    if (symbol !== undefined && 'symbol' in view && view.symbol !== symbol) return false;
    if (channel !== undefined && 'channel' in view && view.channel !== channel) return false;
    return topic === undefined || !('topic' in view) || (view.topic ?? '').startsWith(topic);
  }

  /** A match: it may make the fault begin. */
  #count(origin: FaultOrigin, mayAct: boolean): void {
    this.#matches += 1;
    const { trigger } = this.entry;
    if (this.#window !== undefined) return;
    const begins =
      (trigger.kind === 'nth' && trigger.nth === this.#matches) ||
      (trigger.kind === 'rate' && this.#random.next() < trigger.rate);
    if (!begins) return;
    this.#open(origin);
    if (mayAct || this.#effect.actsAtExchange !== true) this.#tryBegin();
  }

  #open(origin: FaultOrigin): void {
    if (this.#window !== undefined || this.#begun >= this.#mostBegins()) return;
    const { exchange, wallNow } = this.#world.tools;
    const { marketMs = Infinity, wallMs = Infinity, count = Infinity } = this.entry.extent;
    this.#begun += 1;
    this.#window = {
      origin,
      marketUntil: exchange.now + marketMs,
      wallUntil: wallNow() + wallMs,
      hitsLeft: count,
      hasBegun: this.#effect.begin === undefined,
    };
  }

  #mostBegins(): number {
    const { trigger, atMost } = this.entry;
    return trigger.kind === 'every' || trigger.kind === 'rate' ? atMost : Math.min(1, atMost);
  }

  #tryBegin(): void {
    const window = this.#window;
    if (window === undefined || window.hasBegun) return;
    const met = this.#begin(window.origin);
    if (met === undefined) return;
    window.hasBegun = true;
    this.#hits += 1;
    this.#world.log(this, met);
    if (this.entry.extent.moment === true || isBlow(this.#effect)) this.#window = undefined;
  }

  /** What the exchange refuses is logged as that. */
  #begin(origin: FaultOrigin): string | undefined {
    try {
      return this.#effect.begin?.(origin);
    } catch (error) {
      if (error instanceof PerpilotError) return `refused: ${error.message}`;
      throw error;
    }
  }

  #hit(target: string): void {
    this.#hits += 1;
    if (this.#window !== undefined) this.#window.hitsLeft -= 1;
    this.#world.log(this, target);
  }

  #isOver({ marketUntil, wallUntil, hitsLeft }: Window): boolean {
    const { exchange, wallNow } = this.#world.tools;
    return hitsLeft <= 0 || exchange.now >= marketUntil || wallNow() >= wallUntil;
  }

  #endIfOver(): void {
    if (this.#window !== undefined && this.#isOver(this.#window)) this.#close();
  }

  #close(): void {
    const hadBegun = this.#window?.hasBegun === true;
    this.#window = undefined;
    if (hadBegun) this.#effect.end?.();
  }
}

/** It happens and leaves nothing behind that would have to last. */
const isBlow = (effect: FaultEffect): boolean =>
  Object.keys(effect).every((part) => part === 'begin' || part === 'actsAtExchange');

function firstDue({ trigger }: FaultEntry, now: number): number {
  switch (trigger.kind) {
    case 'start':
      return now;
    case 'at':
      return trigger.time;
    case 'every':
      return now + trigger.spanMs;
    default:
      return Infinity;
  }
}

function nextDue({ trigger }: FaultEntry, due: number, now: number): number {
  if (trigger.kind !== 'every') return Infinity;
  return due + (Math.floor((now - due) / trigger.spanMs) + 1) * trigger.spanMs;
}
