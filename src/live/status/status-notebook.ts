// What happened lately that the engine's state does not remember? Closes, incidents, answers of the venue, delivered alerts.
import { HOUR_MS } from '../../domain/time.ts';
import type { MarketSlice } from '../../engine/event.ts';
import type { EngineState } from '../../engine/state.ts';
import type { StatusFacts } from './status-document.ts';

/** Incidents whose kind has one of these in it are errors of the venue or of the way to it. */
const API_WORDS = ['venue', 'refused', 'rest', 'stream', 'api'];
const LATENCIES = 50;

type Window = Pick<
  StatusFacts,
  | 'incidentsInWindow'
  | 'apiErrorsInWindow'
  | 'streamAgeSeconds'
  | 'orderLatencyMs'
  | 'unprotectedSecondsMax'
  | 'machine'
  | 'lastAlert'
>;

export class StatusNotebook {
  loopAt: number;
  machine: StatusFacts['machine'] = { memoryBytes: 0, diskFreeBytes: null };
  lastAlert: StatusFacts['lastAlert'] = null;
  private readonly closes = new Map<string, number>();
  private readonly models = new Map<string, number>();
  private incidents: { readonly time: number; readonly isApi: boolean }[] = [];
  private latencies: number[] = [];
  private heardAt: number | undefined;
  private longestUnprotectedMs = 0;

  constructor(now: number) {
    this.loopAt = now;
  }

  slice(slice: MarketSlice, state: EngineState): void {
    for (const [index, candle] of slice.candles.entries()) {
      if (candle !== undefined) this.closes.set(state.symbols[index].instrument.symbol, slice.time);
    }
  }

  incident(kind: string, now: number): void {
    this.incidents.push({ time: now, isApi: API_WORDS.some((word) => kind.includes(word)) });
    this.forget(now);
  }

  acked(latencyMs: number): void {
    this.latencies = [...this.latencies, latencyMs].slice(-LATENCIES);
  }

  /** A stop was seen at the venue, or is still being waited for. */
  unprotected(ms: number): void {
    this.longestUnprotectedMs = Math.max(this.longestUnprotectedMs, ms);
  }

  /** Something came from the venue. */
  heard(now: number): void {
    this.heardAt = now;
  }

  model(symbol: string, since: number): void {
    this.models.set(symbol, since);
  }

  lastClose(symbol: string): number | undefined {
    return this.closes.get(symbol);
  }

  modelSince(symbol: string): number | undefined {
    return this.models.get(symbol);
  }

  window(now: number): Window {
    this.forget(now);
    const { incidents, latencies, heardAt, machine, lastAlert } = this;
    return {
      incidentsInWindow: incidents.length,
      apiErrorsInWindow: incidents.filter(({ isApi }) => isApi).length,
      streamAgeSeconds: heardAt === undefined ? null : (now - heardAt) / 1_000,
      orderLatencyMs:
        latencies.length === 0 ? null : (latencies.toSorted((a, b) => a - b)[latencies.length >> 1] ?? null),
      unprotectedSecondsMax: this.longestUnprotectedMs / 1_000,
      machine,
      lastAlert,
    };
  }

  private forget(now: number): void {
    this.incidents = this.incidents.filter(({ time }) => now - time <= HOUR_MS);
  }
}
