// Which faults does a campaign throw at a client? A script drawn from a seed: rows, moments, symbols and parameters by chance.
import { createRandom, type Random } from '../../domain/random.ts';
import { DAY_MS } from '../../domain/time.ts';
import { FAULT_CATALOGUE } from './catalogue.ts';
import type { FaultEntry, FaultExtent, FaultScript, ParameterValue } from './fault-entry.ts';
import type { FaultRow, ParameterRule } from './fault-row.ts';

export interface RandomScriptSetup {
  /** Market time in which faults begin, epoch milliseconds; `until` exclusive. */
  readonly from: number;
  readonly until: number;
  /** Faults about one symbol choose among these. */
  readonly symbols: readonly string[];
  /** Rows to choose from, each as likely as the next; undefined: all. */
  readonly rows?: readonly number[] | undefined;
  /** Faults per day of market time, on average. */
  readonly intensity: number;
  /** Longest market time that a fault lasts which has no count, milliseconds. Default 6 hours. */
  readonly longestMs?: number | undefined;
  /** Longest wall time that a fault lasts or delays something, milliseconds. Default 2 seconds. */
  readonly longestWallMs?: number | undefined;
}

/** Shortest time in force that is drawn, milliseconds of market and of wall time. */
const SHORTEST_MS = 60_000;
const SHORTEST_WALL_MS = 50;

/** A script whose faults begin one after the other. The same seed and setup give the same script. */
export function randomScript(seed: number, setup: RandomScriptSetup): FaultScript {
  const { from, until, intensity } = setup;
  const random = createRandom(seed).fork('fault-script');
  const rows = FAULT_CATALOGUE.filter(({ number }) => setup.rows === undefined || setup.rows.includes(number));
  const wanted = rows.length === 0 ? 0 : Math.round((intensity * Math.max(0, until - from)) / DAY_MS);
  const moments = Array.from({ length: wanted }, () => from + Math.floor(random.next() * (until - from)));
  const faults = moments
    .toSorted((a, b) => a - b)
    .map((time) => drawFault(rows[random.below(rows.length)], time, { random, setup }));
  return { seed, faults };
}

interface Draw {
  readonly random: Random;
  readonly setup: RandomScriptSetup;
}

function drawFault(row: FaultRow, time: number, draw: Draw): FaultEntry {
  const { random, setup } = draw;
  const { counts } = row.scope;
  const isOfSymbol = counts !== 'client-frames' && setup.symbols.length > 0 && random.next() < 0.5;
  const symbol = isOfSymbol ? setup.symbols[random.below(setup.symbols.length)] : undefined;
  const parameters: Record<string, ParameterValue> = {};
  for (const [name, rule] of Object.entries(row.parameters)) parameters[name] = drawParameter(name, rule, draw);
  return {
    row: row.number,
    trigger: { kind: 'at', time },
    extent: drawExtent(row, draw),
    narrowing: { symbol },
    atMost: Infinity,
    parameters,
  };
}

function drawParameter(
  name: string,
  { kind, default: usual, random: range, words }: ParameterRule,
  draw: Draw,
): ParameterValue {
  const { random, setup } = draw;
  const choices = range ?? words;
  if (choices === undefined) return usual;
  const [low, high] = choices;
  if (typeof low !== 'number' || typeof high !== 'number') return choices[random.below(choices.length)];
  const longest = name === 'delay_ms' || name === 'lag_ms' || name === 'burst_ms' ? longestWall(setup) : high;
  const top = Math.min(high, longest);
  const bottom = Math.min(low, top);
  const value = bottom + random.next() * (top - bottom);
  return kind === 'whole' || kind === 'span' ? Math.round(value) : Number(value.toPrecision(4));
}

const longestWall = ({ longestWallMs = 2_000 }: RandomScriptSetup): number => longestWallMs;

/** Rows that end by themselves are left so; every other one gets an end. */
function drawExtent({ lasts }: FaultRow, { random, setup }: Draw): FaultExtent {
  if (lasts.moment === true) return lasts;
  const between = (low: number, high: number): number => Math.round(low + random.next() * Math.max(0, high - low));
  if (lasts.count !== undefined) return { count: 1 + random.below(lasts.count * 2) };
  if (lasts.wallMs !== undefined) return { wallMs: between(SHORTEST_WALL_MS, longestWall(setup)) };
  return { marketMs: between(SHORTEST_MS, setup.longestMs ?? DAY_MS / 4) };
}

/** A script as it would be written, for whoever keeps it in a file. */
export function writtenScript({ seed, faults }: FaultScript): {
  readonly seed: number;
  readonly faults: readonly Readonly<Record<string, unknown>>[];
} {
  return { seed, faults: faults.map(writtenFault) };
}

function writtenFault({
  row,
  trigger,
  extent,
  narrowing,
  atMost,
  parameters,
}: FaultEntry): Readonly<Record<string, unknown>> {
  const rules = FAULT_CATALOGUE.find(({ number }) => number === row)?.parameters ?? {};
  const values = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, rules[name]?.kind === 'span' ? `${String(value)}ms` : value] as const);
  const all = {
    fault: row,
    ...writtenTrigger(trigger),
    count: extent.count,
    for: spanText(extent.marketMs),
    for_wall: spanText(extent.wallMs),
    at_most: Number.isFinite(atMost) ? atMost : undefined,
    ...narrowing,
    ...Object.fromEntries(values),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const spanText = (spanMs: number | undefined): string | undefined => (spanMs === undefined ? undefined : `${spanMs}ms`);

function writtenTrigger(trigger: FaultEntry['trigger']): Readonly<Record<string, unknown>> {
  switch (trigger.kind) {
    case 'start':
      return {};
    case 'at':
      return { at: new Date(trigger.time).toISOString() };
    case 'every':
      return { every: spanText(trigger.spanMs) };
    case 'nth':
      return { request: trigger.nth };
    default:
      return { rate: trigger.rate };
  }
}
