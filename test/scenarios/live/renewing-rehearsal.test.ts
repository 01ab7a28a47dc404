// Do models renew themselves over 120 days whose market changes half way: retrained, shadowed, promoted, a bad one taken back, no candle missed?
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCandles, writeFunding } from '../../../src/adapters/parquet/series-writer.ts';
import { composeRehearsal, type ComposedRehearsal } from '../../../src/cli/compose-rehearsal.ts';
import { engineOfRun, openRecorded } from '../../../src/cli/recorded-run.ts';
import { toExactJson } from '../../../src/domain/exact-json.ts';
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts';
import { recordFromText } from '../../../src/live/record/engine-record.ts';
import { rehearse } from '../../../src/live/rehearsal/rehearse.ts';
import type { ModelStore, ModelVersion } from '../../../src/ports/model-store.ts';
import { createPlantedEdge, createRandomWalk } from '../../../src/simulation/embedded-market/null-markets.ts';
import { artefactFromText, artefactToText, type ModelExpectation } from '../../../src/training/model-artefact.ts';
import { identified } from '../../../src/training/model-content.ts';
import { promoted, slotOf } from '../../../src/training/registry-changes.ts';

const BAR = 4 * HOUR_MS;
const BEFORE_DAYS = 220;
const DAYS = 120;
const BARS_A_DAY = DAY_MS / BAR;
const START = Date.UTC(2023, 0, 1);
const FROM = START + BEFORE_DAYS * DAY_MS;
const SYMBOLS = ['GOODUSDT', 'FINEUSDT'];
const CHANGE_DAY = BEFORE_DAYS + 40;
const PLANT_DAY = 3;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-renewing-'));
  for (const [index, symbol] of SYMBOLS.entries()) {
    const common = {
      symbol,
      seed: 11 + index,
      bars: (BEFORE_DAYS + DAYS) * BARS_A_DAY,
      intervalMs: BAR,
      startTime: START,
    };
    const { candles, funding } = createPlantedEdge({ ...common, driftPerDeviation: 0.4, meanRegimeBars: 60 });
    // From one day on the market has no trend and twice the volatility.
    const change = CHANGE_DAY * BARS_A_DAY;
    const startPrice = candles.close[change - 1];
    const calm = createRandomWalk({ ...common, startPrice, annualVolatility: 1.2 }).candles;
    for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) {
      candles[name].set(calm[name].subarray(0, candles.length - change), change);
    }
    await writeCandles(join(folder, 'data'), candles);
    await writeFunding(join(folder, 'data'), funding);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SETTINGS = [
  'data.interval=4h',
  'model.boosting.trees=8',
  'model.bags=1',
  'model.min_train_samples=60',
  'risk.confidence_threshold=0.3',
  'walk_forward.train_days=120',
  'features.return_hours=[4,8,24]',
  'renewal.train_days=150',
  'renewal.min_train_days=90',
  'renewal.schedule.every_days=15',
  'renewal.schedule.on_guard=false',
  'renewal.shadow_days=4',
  'renewal.gate.days=60',
  'renewal.gate.min_trades=1',
  'renewal.gate.min_sharpe=-10',
  'renewal.gate.min_profit_factor=0',
  'renewal.gate.max_drawdown=1',
  'renewal.gate.max_chance=0.9',
  'renewal.gate.calibration_slack=1',
];

/** The champion, but sure that nearly everything wins, and with all that it promised before. */
async function plantBad(
  store: ModelStore,
  expected: ModelExpectation,
  symbol: string,
  at: number,
): Promise<ModelVersion> {
  const { champion } = slotOf(await store.registry(), symbol);
  const { model, card, ...rest } = artefactFromText(await store.read(champion ?? expect.fail('no champion')), expected);
  const calibrator = { kind: 'platt', requested: 'platt', platt: { slope: 0, offset: -3 } } as const;
  const { schemaHash, edge, baseRate, validatedWinRate } = model;
  const content = { schemaHash, edge, baseRate, validatedWinRate };
  const bad = identified({ ...content, skilled: true, ensemble: { ...model.ensemble, calibrator } });
  const version = await store.add(
    artefactToText({ model: bad, card: { ...card, modelId: bad.id, skilled: true }, ...rest }),
  );
  const cause = { at, by: 'person', reasons: ['planted'] };
  await store.change((registry) => promoted(registry, [{ symbol, version }], cause));
  return version;
}

const patience = (): Promise<void> => pause(20_000, undefined, { ref: false });

async function runUntil({ session, clock, pace, fatal }: ComposedRehearsal, day: number): Promise<void> {
  const isOver = (time: number): boolean => time >= FROM + day * DAY_MS;
  await Promise.race([rehearse({ session, clock, pace, patience, executionsBefore: 0, isOver }), fatal]);
}

describe('a rehearsal of 120 days with a change of the market', () => {
  it(
    'M4 M5 M6 M7 retrains, shadows, promotes, rolls a planted bad model back, without a restart and without a missed candle',
    { timeout: 300_000 },
    async () => {
      const out = join(folder, 'run');
      const options = { data: join(folder, 'data'), embedded: false, symbols: SYMBOLS, from: FROM, days: DAYS, out };
      const { signal } = new AbortController();
      const rehearsal = await composeRehearsal({ ...options, renew: true, set: SETTINGS }, signal);
      const { session, engine, journal, incidents, store, strategy } = rehearsal;
      if (store === undefined) throw new Error('nothing is renewed');
      await session.start();
      await runUntil(rehearsal, PLANT_DAY);
      const expected = { schemaHash: strategy.schemaHash, featureNames: strategy.rowNames };
      const bad = await plantBad(store, expected, SYMBOLS[1], FROM + PLANT_DAY * DAY_MS);
      await runUntil(rehearsal, DAYS);
      const trades = toExactJson(engine.state.roundTrips);
      const { changes } = await store.registry();
      const records = [...journal.read({ stream: 'event' })].map(({ payload }) => recordFromText(payload));
      const shadows = [...journal.read({ stream: 'shadow' })];
      const renewals = [...journal.read({ stream: 'renewal' })].map(({ payload }) => JSON.parse(payload));
      await rehearsal.close();

      const made = (kind: string, by: string) => changes.filter((each) => each.kind === kind && each.by === by);
      expect(made('challenge', 'retrain').length).toBeGreaterThan(0);
      expect(made('promote', 'retrain').length).toBeGreaterThan(0);
      const back = made('rollback', 'watch').find(({ from }) => from === bad);
      expect(back).toMatchObject({ symbol: SYMBOLS[1] });
      expect(shadows.length).toBeGreaterThan(0);
      expect(renewals.filter(({ kind, failed }) => kind === 'ended' && failed === false).length).toBeGreaterThan(3);

      const closes = records.flatMap(({ input }) =>
        input.kind === 'slice' && input.use !== 'backfill' ? [input.time] : [],
      );
      expect(closes).toEqual(Array.from({ length: DAYS * BARS_A_DAY }, (_, at) => FROM + (at + 1) * BAR));
      expect(new Set(incidents.map(({ kind }) => kind))).toEqual(new Set(['model-alarm']));
      const swaps = records.filter(({ input }) => input.kind === 'model-promoted');
      expect(swaps.length).toBeGreaterThan(SYMBOLS.length + 2);

      const recorded = await openRecorded(join(out, 'journal.sqlite'));
      const again = engineOfRun(recorded.journal, recorded.run);
      again.recover(recorded.run.sequence);
      expect(toExactJson(again.state.roundTrips)).toBe(trades);
      recorded.journal.close();
    },
  );
});
