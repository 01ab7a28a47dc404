// What is one row of the catalogue of faults? Its name, what it is about, its parameters, and what it does while it is in force.
import type { Random } from '../../domain/random.ts';
import type { ExchangeEvent } from '../core/exchange-event.ts';
import type { SimulatedExchange } from '../core/exchange.ts';
import type { FaultEntry, FaultExtent, FaultNarrowing, ParameterValue } from './fault-entry.ts';
import type {
  ClientFrameFate,
  ClientFrameView,
  ConnectionView,
  FrameSend,
  FrameView,
  HttpFate,
  RequestView,
} from './fault-pipeline.ts';
import type { WireShapes } from './wire-shapes.ts';

/** Where a fault acts: HTTP, WebSocket, the exchange itself, the server's clock. */
export type FaultLayer = 'H' | 'W' | 'E' | 'C';

/** What the matches of a fault are, and which of them without further narrowing. */
export type FaultScope =
  | {
      readonly counts: 'requests';
      readonly says: string;
      readonly isAbout: (view: RequestView, wire: WireShapes) => boolean;
    }
  | {
      readonly counts: 'frames';
      readonly says: string;
      readonly isAbout: (view: FrameView, wire: WireShapes) => boolean;
    }
  | {
      readonly counts: 'client-frames';
      readonly says: string;
      readonly isAbout: (view: ClientFrameView, wire: WireShapes) => boolean;
      /** Requests that count as well, where a venue does by request what another does by frame. */
      readonly isAboutRequest?: (view: RequestView, wire: WireShapes) => boolean;
    }
  /** Closes of replayed candles. */
  | { readonly counts: 'closes'; readonly says: string };

export interface ParameterRule<Value extends ParameterValue = ParameterValue> {
  /** `span`: market time such as 6h, kept as milliseconds. */
  readonly kind: 'number' | 'whole' | 'span' | 'word' | 'flag';
  /** Undefined: the fault chooses for itself. */
  readonly default: Value;
  readonly says: string;
  readonly min?: number;
  readonly max?: number;
  readonly words?: readonly string[];
  /** Values between which random scripts choose; undefined: the default, or any word. */
  readonly random?: readonly [low: number, high: number] | readonly string[];
}

/** What made a fault begin: a frame or request of this connection or about this symbol; neither: the time. */
export interface FaultOrigin {
  readonly connection?: number | undefined;
  readonly symbol?: string | undefined;
}

/** What a fault works with. */
export interface FaultTools {
  readonly exchange: SimulatedExchange;
  readonly wire: WireShapes;
  readonly random: Random;
  readonly narrowing: FaultNarrowing;
  /** Symbols that it is about: the one that it is narrowed to, else that of its origin, else all. */
  symbols(origin: FaultOrigin): readonly string[];
  /** Whether a request or frame lies within what it is narrowed to. */
  isNarrowedTo(view: {
    readonly symbol?: string | undefined;
    readonly channel?: string;
    readonly topic?: string;
  }): boolean;
  /** Wall time, epoch milliseconds. */
  wallNow(): number;
  /** Whether it is in force now. */
  isOn(): boolean;
  /** Whether it lasts for a time, not only for so many matches. */
  readonly hasSpan: boolean;
  /** The newest closed candle of a symbol, with the length of the replayed ones. */
  lastClosed(symbol: string): Extract<ExchangeEvent, { readonly kind: 'candle' }> | undefined;
  /** The highest id of a connection that was heard of. */
  lastConnection(): number;
}

/** What a fault does. Every part is asked only while it is in force and only about matches, unless it says otherwise. */
export interface FaultEffect {
  /** Whether `begin` and `end` act at the exchange: then they wait until no events are being told. */
  readonly actsAtExchange?: boolean;
  /**
   * It begins. The returned text names what it met; undefined: there was nothing to meet yet, so
   * it is asked again later.
   */
  begin?(origin: FaultOrigin): string | undefined;
  /** It ends: takes back what `begin` made last. */
  end?(): void;
  /** May act at the exchange. Undefined, here and below: nothing was done, and the match does not count. */
  request?(view: RequestView): HttpFate | undefined;
  frame?(view: FrameView): readonly FrameSend[] | undefined;
  clientFrame?(view: ClientFrameView): ClientFrameFate | undefined;
  /** Asked about every request, in force or not: for what goes along with a fault of another kind. */
  anyRequest?(view: RequestView): HttpFate | undefined;
  /** Asked about every frame, in force or not. */
  anyFrame?(view: FrameView): readonly FrameSend[] | undefined;
  anyClientFrame?(view: ClientFrameView): ClientFrameFate | undefined;
  /** The following are asked about every connection, in force or not. */
  dropsConnection?(view: ConnectionView): boolean;
  isDead?(view: ConnectionView): boolean;
  unasked?(view: ConnectionView): readonly string[];
  /** Asked at any time, in force or not. */
  clockOffsetMs?(): number;
  orderLagMs?(): number;
}

export interface FaultRow {
  readonly number: number;
  /** Kebab-case, stable. */
  readonly name: string;
  /** What happens, one sentence. */
  readonly says: string;
  readonly layers: readonly FaultLayer[];
  readonly scope: FaultScope;
  /** How long it lasts when the script does not say. */
  readonly lasts: FaultExtent;
  /** The same when a match made it begin. Default: that match, or the moment. */
  readonly lastsByMatch?: FaultExtent | undefined;
  readonly parameters: Readonly<Record<string, ParameterRule>>;
  readonly create: (tools: FaultTools, parameters: FaultEntry['parameters']) => FaultEffect;
}

type ValuesOf<Rules extends Readonly<Record<string, ParameterRule>>> = {
  readonly [Name in keyof Rules]: Rules[Name]['default'];
};

/** A row whose effect sees its parameters with their types. */
export function faultRow<Rules extends Readonly<Record<string, ParameterRule>>>(
  row: Omit<FaultRow, 'create' | 'parameters'> & {
    readonly parameters: Rules;
    readonly create: (tools: FaultTools, values: ValuesOf<Rules>) => FaultEffect;
  },
): FaultRow {
  // The reader of scripts has checked every value against its rule.
  return { ...row, create: (tools, parameters) => row.create(tools, parameters as ValuesOf<Rules>) };
}
