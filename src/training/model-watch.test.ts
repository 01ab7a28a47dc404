// M7: is planted drift found within so many samples, and is there less than one false alarm a month on data that stays as it was?
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../domain/random.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import { referenceBins, stabilityAgainst } from '../learning/drift.ts';
import type { ModelSlot } from '../ports/model-store.ts';
import { DRIFT_WINDOW, type FeatureReference, type ModelProfile } from './model-profile.ts';
import { createModelWatch, WATCH_RULES, type ModelWatch, type WatchAlarm } from './model-watch.ts';
import { actionOnAlarms } from './rollback-policy.ts';

const FEATURES = 12;
/** Outcomes, and rows that are decided on, of a month of one symbol: as many as real ones have. */
const OUTCOMES_A_DAY = 4;
const OUTCOMES_A_MONTH = 30 * OUTCOMES_A_DAY;
const ROWS_A_MONTH = 450;

/** Features that remember where they were, as real ones do; `shift` moves the first three. */
function createFeatures(random: Random): (shift?: number) => Float64Array {
  const level = new Float64Array(FEATURES);
  return (shift = 0) =>
    Float64Array.from(level.keys(), (feature) => {
      level[feature] = 0.9 * level[feature] + Math.sqrt(1 - 0.81) * random.normal();
      return level[feature] + (feature < 3 ? shift : 0);
    });
}

function referenceOf(seed: string): FeatureReference[] {
  const draw = createFeatures(createRandom(seed));
  const rows = Array.from({ length: 6_000 }, () => draw());
  return Array.from({ length: FEATURES }, (_, feature) => {
    const values = Float64Array.from(rows, (row) => row[feature]);
    const bins = referenceBins(values);
    let widest = 0;
    for (let from = 0; from + DRIFT_WINDOW <= values.length; from += DRIFT_WINDOW / 2) {
      widest = Math.max(widest, stabilityAgainst(bins, values.subarray(from, from + DRIFT_WINDOW)));
    }
    return { feature: `f${feature}`, edges: Array.from(bins.edges), share: Array.from(bins.share), widest };
  });
}

const profile: ModelProfile = {
  history: { from: 0, until: 1, candles: 1, days: 1, coverage: 1 },
  labels: { profitBarrier: 0.02, stopBarrier: 0.01, width: 'fixed', horizonHours: 24, minNetReturn: 0 },
  symbols: ['TESTUSDT'],
  calibration: [],
  importance: [],
  reference: referenceOf('reference'),
  expected: { trades: 400, winRate: 0.42, meanNetReturn: 0.001, deviation: 0.0145 },
};

interface World {
  /** Change of the true probability, and of the mean net return in deviations. */
  readonly worse?: number;
  readonly poorer?: number;
}

/** One outcome a tick: it wins as its probability says, or less often. */
function feed(watch: ModelWatch, random: Random, tick: number, { worse = 0, poorer = 0 }: World = {}): void {
  const probability = 0.3 + 0.2 * random.next();
  const won = random.next() < probability - worse;
  const netReturn = 0.001 + 0.0145 * (random.normal() - poorer);
  const decidedAt = (tick * DAY_MS) / OUTCOMES_A_DAY;
  watch.learn({ decidedAt, knownAt: decidedAt + HOUR_MS, probability, won, netReturn, traded: true });
}

const kinds = (alarms: readonly WatchAlarm[]): string[] => alarms.map(({ kind }) => kind);

/** Samples until the first alarm of the kind. */
function delayOf(kind: WatchAlarm['kind'], seed: number, world: World): number {
  const watch = createModelWatch(profile);
  const random = createRandom(`delay/${kind}/${seed}`);
  // It has kept its promises for three months before it breaks them.
  for (let tick = 0; tick < 3 * OUTCOMES_A_MONTH; tick += 1) feed(watch, random, tick);
  for (let samples = 1; samples <= 2_000; samples += 1) {
    feed(watch, random, 3 * OUTCOMES_A_MONTH + samples, world);
    if (kinds(watch.report().alarms).includes(kind)) return samples;
  }
  return Infinity;
}

const within = (delays: readonly number[], most: number): number =>
  delays.filter((delay) => delay <= most).length / delays.length;

/** Evidence after twelve days on which everything was lost, with so many outcomes a day. */
const evidenceOf = (aDay: number): number => {
  const watch = createModelWatch(profile);
  const lost = { probability: 0.5, won: false, netReturn: -0.01, traded: true };
  for (let outcome = 0; outcome < 12 * aDay; outcome += 1) {
    const decidedAt = (outcome * DAY_MS) / aDay;
    watch.learn({ ...lost, decidedAt, knownAt: decidedAt + DAY_MS });
  }
  return watch.report().calibrationEvidence;
};

describe('the watch over a model', () => {
  it('raises less than one false alarm a month where nothing changes', () => {
    const months = 240;
    let alarms = 0;
    for (let run = 0; run < 20; run += 1) {
      const random = createRandom(`still/${run}`);
      const draw = createFeatures(random);
      let watch = createModelWatch(profile);
      for (let month = 0; month < months / 20; month += 1) {
        for (let tick = 0; tick < OUTCOMES_A_MONTH; tick += 1) feed(watch, random, month * OUTCOMES_A_MONTH + tick);
        for (let row = 0; row < ROWS_A_MONTH; row += 1) watch.see(draw(), row);
        const raised = watch.report().alarms.length;
        alarms += raised;
        if (raised > 0) watch = createModelWatch(profile);
      }
    }
    // Far below one a month: in 20 years there are 20 at most, one a year.
    expect(alarms / months).toBeLessThan(1 / 12);
  });

  it('finds a model that wins 15 points less often than it says within 700 outcomes', () => {
    const delays = Array.from({ length: 100 }, (_, seed) => delayOf('calibration', seed, { worse: 0.15 }));
    expect(within(delays, 700)).toBeGreaterThanOrEqual(0.95);
    expect(Math.min(...delays)).toBeGreaterThan(10);
  });

  it('finds trades that earn half a deviation less than promised within 600 trades', () => {
    const delays = Array.from({ length: 100 }, (_, seed) => delayOf('results', seed, { poorer: 0.5 }));
    expect(within(delays, 600)).toBeGreaterThanOrEqual(0.95);
  });

  it('finds features that moved by one and a half deviations within 300 rows', () => {
    let early = 0;
    let right = 0;
    for (let run = 0; run < 30; run += 1) {
      const draw = createFeatures(createRandom(`moved/${run}`));
      const watch = createModelWatch(profile);
      for (let row = 0; row < 600; row += 1) watch.see(draw(), row);
      if (watch.report().alarms.length > 0) {
        early += 1;
        continue;
      }
      let rows = 0;
      while (rows < 300 && watch.report().alarms.length === 0) {
        rows += 1;
        watch.see(draw(1.5), 600 + rows);
      }
      const [alarm] = watch.report().alarms;
      expect(alarm).toMatchObject({ kind: 'drift' });
      const moved = alarm.kind === 'drift' ? alarm.features.filter((name) => ['f0', 'f1', 'f2'].includes(name)) : [];
      if (moved.length > 0) right += 1;
      expect(watch.report().drift[0].psi).toBeGreaterThan(watch.report().drift[0].limit);
    }
    expect(early).toBeLessThan(3);
    expect(right + early).toBeGreaterThanOrEqual(27);
  });

  it('measures the Brier score beside the one that was promised', () => {
    const random = createRandom('brier');
    const faithful = createModelWatch(profile);
    const boastful = createModelWatch(profile);
    for (let tick = 0; tick < 4_000; tick += 1) {
      feed(faithful, random, tick);
      feed(boastful, random, tick, { worse: 0.15 });
    }
    const [honest, wrong] = [faithful.report(), boastful.report()];
    expect(Math.abs((honest.brier ?? 0) - (honest.promisedBrier ?? 0))).toBeLessThan(0.005);
    expect(wrong.brier).not.toBeCloseTo(wrong.promisedBrier ?? 0, 2);
    expect(honest.outcomes).toBe(4_000);
    expect(createModelWatch(profile).report()).toMatchObject({ brier: undefined, outcomes: 0, alarms: [] });
  });

  it('counts outcomes that overlap as one, or one bad day would count for many', () => {
    expect(evidenceOf(24)).toBeCloseTo(evidenceOf(1), 10);
    expect(evidenceOf(24)).toBeGreaterThan(1);
  });

  it('is not fooled by days whose outcomes go together', () => {
    let alarms = 0;
    for (let run = 0; run < 40; run += 1) {
      const random = createRandom(`together/${run}`);
      const watch = createModelWatch(profile);
      for (let day = 0; day < 365; day += 1) {
        const won = random.next() < 0.4;
        for (let hour = 0; hour < 8; hour += 1) {
          const decidedAt = day * DAY_MS + hour * HOUR_MS;
          watch.learn({
            decidedAt,
            knownAt: decidedAt + DAY_MS,
            probability: 0.4,
            won,
            netReturn: 0.001,
            traded: true,
          });
        }
      }
      alarms += watch.report().alarms.length;
    }
    expect(alarms).toBeLessThan(40 / 2);
  });

  it('acts on each of its rules', () => {
    const random = createRandom('rules');
    const strict = createModelWatch(profile, { ...WATCH_RULES, alarmLength: 5, driftFactor: 0, driftFeatures: 1 });
    const lax = createModelWatch(profile, { ...WATCH_RULES, slack: 0.3 });
    const draw = createFeatures(random);
    for (let tick = 0; tick < 600; tick += 1) {
      const row = draw(0.8);
      for (const watch of [strict, lax]) {
        watch.see(row, tick);
        feed(watch, random, tick, { worse: 0.15, poorer: 0.2 });
      }
    }
    expect(kinds(strict.report().alarms).sort()).toEqual(['calibration', 'drift', 'results']);
    expect(kinds(lax.report().alarms)).not.toContain('calibration');
  });
});

describe('what follows from an alarm', () => {
  const slot: ModelSlot = {
    symbol: 'TESTUSDT',
    champion: 'b',
    challenger: undefined,
    challengerSince: undefined,
    predecessors: ['a'],
  };
  const calibration = { kind: 'calibration', at: 1, evidence: 900 } as const;
  const results = { kind: 'results', at: 2, evidence: 600 } as const;
  const drift = { kind: 'drift', at: 3, features: ['f0', 'f1'] } as const;
  const act = (alarms: readonly WatchAlarm[], other: { slot?: ModelSlot; flips?: number } = {}) =>
    actionOnAlarms({ slot, alarms, flips: 0, maxFlipsPerDay: 1, ...other });

  it('is a way back, or none to trade, or a person, or a successor', () => {
    expect(act([])).toEqual({ kind: 'none' });
    expect(act([drift])).toMatchObject({ kind: 'retrain' });
    expect(act([drift, calibration])).toMatchObject({
      kind: 'rollback',
      reason: expect.stringContaining('less often'),
    });
    expect(act([results])).toMatchObject({ kind: 'rollback', reason: expect.stringContaining('earn less') });
    expect(act([results], { slot: { ...slot, predecessors: [] } })).toMatchObject({ kind: 'withdraw' });
    expect(act([results], { flips: 1 })).toMatchObject({
      kind: 'hold',
      reason: expect.stringContaining('1 are allowed'),
    });
    expect(act([results], { slot: { ...slot, champion: undefined } })).toEqual({ kind: 'none' });
  });
});
