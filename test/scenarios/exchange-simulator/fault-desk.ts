// How do tests ask a fault script questions? A small exchange, a clock turned by hand, and the views that the transport would make.
import { advanceThroughFaults } from '../../../src/exchange-simulator/faults/advance.ts';
import {
  createFaultPipeline,
  type ScriptedFaults,
} from '../../../src/exchange-simulator/faults/create-fault-pipeline.ts';
import type { FrameView, HttpFate, RequestView } from '../../../src/exchange-simulator/faults/fault-pipeline.ts';
import { readScript } from '../../../src/exchange-simulator/faults/read-script.ts';
import type { SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import { exchangeOver, type Prices } from '../exchange-market.ts';
import { SYMBOL } from '../simulated-market.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

/** Twelve hours around 100, never far from it. */
export const CALM: readonly Prices[] = Array.from({ length: 12 }, () => [100, 101, 99, 100] as const);

export interface FaultDesk {
  readonly exchange: SimulatedExchange;
  readonly clock: ManualClock;
  readonly faults: ScriptedFaults;
  /** Lets market time run, faults included. */
  advance(time: number): void;
  /** What becomes of a request that places an order. */
  create(more?: Partial<RequestView>): HttpFate;
  request(path: string, more?: Partial<RequestView>): HttpFate;
  /** Payloads with their delays, of one frame. */
  frame(topic: string, payload: string, more?: Partial<FrameView>): readonly (readonly [string, number])[];
  /** Rows of what was injected, in order. */
  rows(): readonly number[];
}

export interface DeskSetup {
  readonly prices?: readonly Prices[];
  readonly exchange?: SimulatedExchange;
  readonly venue?: 'bybit' | 'binance';
  readonly seed?: number;
}

export const CREATE_PATH = '/v5/order/create';

export function requestView(path: string, more: Partial<RequestView> = {}): RequestView {
  const method = more.method ?? 'GET';
  return {
    method,
    path,
    query: new URLSearchParams(),
    body: '',
    symbol: SYMBOL,
    isPrivate: method !== 'GET',
    isWrite: method !== 'GET',
    ...more,
  };
}

/** A desk with the faults in force; fails the test when the script is refused. */
export function faultDesk(faults: readonly object[], setup: DeskSetup = {}): FaultDesk {
  const { prices = CALM, venue = 'bybit', seed = 7 } = setup;
  const exchange = setup.exchange ?? exchangeOver(prices);
  const clock = createManualClock();
  const read = readScript({ seed, faults });
  if (read.kind === 'refused') throw new Error(JSON.stringify(read.problems));
  const pipeline = createFaultPipeline({ script: read.script, exchange, clock, venue });
  const request: FaultDesk['request'] = (path, more) => pipeline.request(requestView(path, more));
  return {
    exchange,
    clock,
    faults: pipeline,
    advance: (time) => advanceThroughFaults(exchange, pipeline, time),
    create: (more) => request(CREATE_PATH, { method: 'POST', ...more }),
    request,
    frame: (topic, payload, more = {}) =>
      pipeline
        .frame({ connection: 1, channel: 'private', symbol: SYMBOL, topic, payload, ...more })
        .map(
          ({ payload: sent, delayMs, notBefore = 0 }) => [sent, Math.max(delayMs, notBefore - clock.now())] as const,
        ),
    rows: () => pipeline.log().map(({ row }) => row),
  };
}
