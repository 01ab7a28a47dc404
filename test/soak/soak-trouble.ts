// What goes wrong during the soak? Streams are cut as often as is asked for, in four ways, and rows of the catalogue of faults strike besides, all by the seed.
import { createRandom } from '../../src/domain/random.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';
import { HASTENED } from './hasten-streams.ts';
import type { FaultChannel, FaultEntry, FaultScript } from '../../src/exchange-simulator/faults/fault-entry.ts';
import { randomScript } from '../../src/exchange-simulator/faults/random-script.ts';

/** Rows that leave to the bot what it is asked to keep, and that are no cuts of streams by themselves. */
const ROWS = [2, 3, 4, 5, 6, 8, 9, 10, 14, 16, 17, 18, 19, 20, 21, 24, 25, 26, 27, 28, 31, 37, 42, 43, 47];
const DROPS = 11;
const DIES_SILENTLY = 12;
const STALLS = 13;
/** What dies without a word is given up after so long: meanwhile nothing else is cut, or it would be ended by that. */
const UNNOTICED_WALL_MS = HASTENED.deadAfterMs + 1_000;

export interface TroubleSetup {
  readonly seed: number;
  readonly begin: number;
  readonly days: number;
  readonly disconnects: number;
  /** Times as fast as real. */
  readonly speed: number;
  readonly faultsPerDay: number;
  readonly symbols: readonly string[];
}

export interface Trouble {
  readonly script: FaultScript;
  readonly cuts: { readonly drops: number; readonly longer: number; readonly dead: number; readonly halfDead: number };
}

export function troubleOf(setup: TroubleSetup): Trouble {
  const { seed, begin, days, disconnects, symbols } = setup;
  const random = createRandom(`soak/${seed}`);
  const from = begin + HOUR_MS;
  const until = begin + days * DAY_MS - HOUR_MS;
  const span = {
    from,
    until,
    symbols,
    rows: ROWS,
    intensity: setup.faultsPerDay,
    longestMs: HOUR_MS,
    longestWallMs: 2_000,
  };
  const others = randomScript(random.below(2 ** 31), span).faults;
  const kinds = Array.from({ length: disconnects }, () => kindOf(random.next()));
  const quiet = kinds.filter((kind) => kind === 'dead' || kind === 'halfDead').length * UNNOTICED_WALL_MS * setup.speed;
  const stepMs = (until - from - quiet) / disconnects;
  const cuts = { drops: 0, longer: 0, dead: 0, halfDead: 0 };
  let time = from;
  const faults = kinds.map((kind): FaultEntry => {
    const at = Math.round(time + random.next() * stepMs * 0.9);
    cuts[kind] += 1;
    time += stepMs;
    if (kind === 'drops') return cut(DROPS, at, ([undefined, 'public', 'private'] as const)[random.below(3)]);
    if (kind === 'longer') return { ...cut(DROPS, at), extent: { wallMs: 200 + random.below(1_300) } };
    time += UNNOTICED_WALL_MS * setup.speed;
    if (kind === 'dead') return cut(DIES_SILENTLY, at);
    return { ...cut(STALLS, at), extent: { count: 1 }, parameters: { heals: 'reconnect' } };
  });
  return { script: { seed, faults: [...faults, ...others] }, cuts };
}

function kindOf(draw: number): keyof Trouble['cuts'] {
  if (draw < 0.05) return 'dead';
  if (draw < 0.1) return 'halfDead';
  return draw < 0.2 ? 'longer' : 'drops';
}

const cut = (row: number, time: number, channel?: FaultChannel): FaultEntry => ({
  row,
  trigger: { kind: 'at', time },
  extent: { moment: true },
  narrowing: { channel },
  atMost: Infinity,
  parameters: {},
});
