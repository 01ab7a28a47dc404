// Does a challenger decide beside the champion without touching anything, and do broken promises take a model away (M5, M6, M7)?
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createModelFiles } from '../../../src/adapters/model-files/model-files.ts';
import { compareAnswer } from '../../../src/cli/models-answer.ts';
import { toExactJson } from '../../../src/domain/exact-json.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import { ModelObservation } from '../../../src/live/models/model-observation.ts';
import type { RenewalSource, RetrainRequest } from '../../../src/live/models/renewal-source.ts';
import { recordFromText } from '../../../src/live/record/engine-record.ts';
import type { ModelStore } from '../../../src/ports/model-store.ts';
import { artefactFromText } from '../../../src/training/model-artefact.ts';
import type { ModelProfile } from '../../../src/training/model-profile.ts';
import { challenged, promoted } from '../../../src/training/registry-changes.ts';
import type { ScheduleRules } from '../../../src/training/renewal-schedule.ts';
import { EXPECTED, modelIdOf, plainModelText } from './plain-models.ts';
import { rehearsedBot, type BotOnMarket, type RehearsedBot } from './rehearsed-bot.ts';
import { always, HOUR, smallBot, type SmallBot } from './small-bot.ts';

const SYMBOL = 'ALPHAUSDT';
const SYMBOLS = [SYMBOL, 'BRAVOUSDT'];
const LABELS = { profitBarrier: 0.02, stopBarrier: 0.02, width: 'fixed', horizonHours: 4, minNetReturn: 0 } as const;

/** A model that promises what it says. */
const PROFILE: ModelProfile = {
  history: { from: 0, until: 1, candles: 1, days: 1, coverage: 1 },
  labels: LABELS,
  symbols: [SYMBOL],
  calibration: [],
  importance: [],
  reference: [],
  expected: { trades: 100, winRate: 0.9, meanNetReturn: 0.02, deviation: 0.01 },
};
const plain = (probability: number, profile?: ModelProfile): string =>
  plainModelText({ symbol: SYMBOL, probability, breakEven: 0.4, profile });
const KEEN = plain(0.8);
const SHY = plain(0.1);
/** Says that nearly everything wins, of a market in which nearly nothing does. */
const BOASTER = plain(0.97, PROFILE);
const BRAGGART = plain(0.96, PROFILE);

let root: string;
let count = 0;
let store: ModelStore;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'perpilot-shadow-'));
});
beforeEach(() => {
  count += 1;
  store = createModelFiles({ folder: join(root, String(count)), keepBackups: 3 });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Wanted {
  readonly maxFlipsPerDay?: number;
  readonly retraining?: RenewalSource['retraining'];
  readonly hours?: number;
}

interface WatchedBot extends SmallBot {
  readonly bot: BotOnMarket;
  life: RehearsedBot;
}

function watchedBot({ maxFlipsPerDay = 1, retraining, hours = 200 }: Wanted = {}): WatchedBot {
  const small = smallBot({ settings: { metaModel: 'on', exits: { maxHoldBars: 3 } }, script: always(1), hours });
  const texts = new Map([KEEN, SHY, BOASTER, BRAGGART].map((text) => [modelIdOf(text), text]));
  const artefactOf = (id: string) => artefactFromText(texts.get(id) ?? expect.fail(id), EXPECTED);
  const bot: BotOnMarket = {
    ...small.bot,
    modelOf: (id) => artefactOf(id).model,
    champions: {
      store,
      expected: EXPECTED,
      known: new Map(),
      told: () => undefined,
      keep: async () => undefined,
    },
    renewal: () => ({
      store,
      expected: EXPECTED,
      bot: 'a-bot',
      maxFlipsPerDay,
      retraining,
      observation: new ModelObservation({
        symbols: SYMBOLS,
        signals: {
          barMs: HOUR,
          labels: LABELS,
          costs: { takerFee: 0.00055, slippage: 0.0003, missingFundingRate: NaN },
          atrPeriod: 14,
        },
        conviction: { threshold: 0.6, scale: 'edge' },
        modelOf: (id) => artefactOf(id).model,
        profileOf: (id) => artefactOf(id).profile,
      }),
    }),
  };
  return { ...small, bot, life: rehearsedBot(bot) };
}

const by = (at: number) => ({ at, by: 'person', reasons: ['a test'] });
async function promote(text: string, at = 1): Promise<string> {
  const version = await store.add(text);
  await store.change((record) => promoted(record, [{ symbol: SYMBOL, version }], by(at)));
  return version;
}
async function challenge(text: string, since: number): Promise<string> {
  const version = await store.add(text);
  await store.change((record) => challenged(record, [{ symbol: SYMBOL, version }], { ...by(since), since }));
  return version;
}
const rowsOf = ({ journal }: SmallBot, stream: 'shadow' | 'renewal' | 'event') =>
  [...journal.read({ stream })].map(({ payload }) => JSON.parse(payload));
const commandsOf = ({ journal }: SmallBot): string =>
  toExactJson([...journal.read({ stream: 'event' })].map(({ payload }) => recordFromText(payload).commands));
const noteOf = async (version: string) => JSON.parse((await store.shadowNotes(version))[0]?.text ?? '{}');

describe('M6 shadow mode', () => {
  it('a challenger decides at every signal, without orders and without changing a single command', async () => {
    await promote(KEEN);
    const alone = watchedBot();
    await alone.life.run(alone.start + 60 * HOUR, true);
    const bot = watchedBot();
    const version = await challenge(SHY, bot.start + 10 * HOUR);
    await bot.life.run(bot.start + 60 * HOUR, true);
    await bot.life.session.stop();
    expect(commandsOf(bot)).toBe(commandsOf(alone));
    expect(commandsOf(bot)).toContain('"entry"');
    const decisions = rowsOf(bot, 'shadow').filter(({ kind }) => kind === 'decision');
    const signals = decisions.filter(({ symbol }) => symbol === SYMBOL);
    expect(signals.length).toBeGreaterThan(45);
    expect(signals.every(({ challenger, champion }) => !challenger.wanted && champion.wanted)).toBe(true);
    expect(signals[0].challenger).toMatchObject({ version, probability: 0.1 });
    expect(rowsOf(bot, 'shadow').filter(({ kind }) => kind === 'outcome').length).toBeGreaterThan(40);

    const note = await noteOf(version);
    expect(note).toMatchObject({
      symbol: SYMBOL,
      challenger: { wanted: 0, trades: 0 },
      champion: { modelId: modelIdOf(KEEN) },
    });
    expect(note.champion.wanted).toBe(note.champion.signals);
    expect(note.champion.trades).toBeGreaterThan(40);
    const { lines } = await compareAnswer(store, version.slice(0, 12), version.slice(0, 12));
    expect(lines.join('\n')).toMatch(/a-bot.*beside.*of \d+ signals/);
  });

  it('a restart goes on with what its earlier life has seen', async () => {
    await promote(KEEN);
    const whole = watchedBot();
    const version = await challenge(SHY, whole.start + 5 * HOUR);
    await whole.life.run(whole.start + 60 * HOUR, true);
    await whole.life.session.stop();
    const unbroken = await noteOf(version);
    const bot = watchedBot();
    await bot.life.run(bot.start + 30 * HOUR, true);
    bot.life.session.queue.halt();
    bot.life = rehearsedBot(bot.bot);
    await bot.life.run(bot.start + 60 * HOUR, true);
    await bot.life.session.stop();
    const broken = await noteOf(version);
    expect(unbroken.challenger.signals).toBeGreaterThan(45);
    expect(broken.from).toBe(unbroken.from);
    for (const side of ['challenger', 'champion']) {
      expect(broken[side]).toMatchObject({ signals: unbroken[side].signals, wanted: unbroken[side].wanted });
      // A life of this harness begins a segment of its candles, over whose border no label reaches.
      expect(broken[side].outcomes).toBe(unbroken[side].outcomes - LABELS.horizonHours);
    }
  });
});

describe('M7 M5 the watch of a running bot', () => {
  it('tells of broken promises, goes back to the champion before, and opens nothing where it may not change any more', async () => {
    await promote(KEEN);
    await promote(BOASTER);
    const bot = watchedBot({ hours: 400 });
    const { life, start } = bot;
    const alarms = () => life.incidents.filter(({ kind }) => kind === 'model-alarm');
    for (let hour = 10; alarms().length === 0 && hour < 380; hour += 5) await life.run(start + hour * HOUR, true);
    expect(alarms()[0]).toMatchObject({ symbol: SYMBOL, detail: { model: modelIdOf(BOASTER) } });
    await life.run(life.clock.now() + HOUR, true);
    const { changes } = await store.registry();
    expect(changes.at(-1)).toMatchObject({ kind: 'rollback', symbol: SYMBOL, by: 'watch' });
    expect(life.engine.state.bySymbol.get(SYMBOL)?.model?.id).toBe(modelIdOf(KEEN));
    expect(alarms().length).toBeLessThanOrEqual(2);
    expect(life.engine.state.blocks.has('model-alarm')).toBe(false);
  });

  it('blocks the symbol where no change is left today, says so once over a restart, and another model opens it again', async () => {
    await promote(KEEN);
    await promote(BRAGGART);
    const bot = watchedBot({ hours: 400, maxFlipsPerDay: 0 });
    const { start } = bot;
    const isBlocked = () => bot.life.engine.state.blocks.get('model-alarm')?.has(SYMBOL) === true;
    for (let hour = 10; !isBlocked() && hour < 380; hour += 5) await bot.life.run(start + hour * HOUR, true);
    expect(isBlocked()).toBe(true);
    const kinds = () =>
      [...bot.journal.read({ stream: 'incident', key: 'model-alarm' })].map(
        ({ payload }) => JSON.parse(payload).detail.alarm.kind,
      );
    bot.life.session.queue.halt();
    bot.life = rehearsedBot(bot.bot);
    await bot.life.run(bot.life.clock.now() + 12 * HOUR, true);
    expect(isBlocked()).toBe(true);
    expect(new Set(kinds()).size).toBe(kinds().length);
    await promote(KEEN, 2);
    await bot.life.run(bot.life.clock.now() + 2 * HOUR, true);
    expect(isBlocked()).toBe(false);
  });
});

describe('the schedule of a running bot', () => {
  const RULES: ScheduleRules = { everyDays: 2, cron: undefined, onDrift: true, onGuard: true, minHoursBetween: 12 };

  it('trains when it is due, one at a time, and says how each one ended', async () => {
    const asked: RetrainRequest[] = [];
    let underWay = 0;
    let most = 0;
    const job = {
      holdsTheMarket: true,
      end: () => undefined,
      run: async (request: RetrainRequest) => {
        underWay += 1;
        most = Math.max(most, underWay);
        asked.push(request);
        await Promise.resolve();
        underWay -= 1;
        if (asked.length === 2) throw new Error('no candles');
        return 'nothing new';
      },
    };
    const bot = watchedBot({ retraining: { rules: RULES, shadowDays: 7, job } });
    await bot.life.run(bot.start + 60 * HOUR, true);
    bot.life.session.queue.halt();
    bot.life = rehearsedBot(bot.bot);
    await bot.life.run(bot.start + 150 * HOUR, true);
    expect(asked.map(({ causes }) => causes)).toEqual([['first'], ['age'], ['age'], ['age']]);
    for (const [at, { now }] of asked.entries()) {
      if (at > 0) expect(now - asked[at - 1].now).toBeGreaterThanOrEqual(2 * DAY_MS);
    }
    expect(most).toBe(1);
    expect(rowsOf(bot, 'renewal').map(({ kind, failed }) => [kind, failed])).toEqual([
      ['begun', undefined],
      ['ended', false],
      ['begun', undefined],
      ['ended', true],
      ['begun', undefined],
      ['ended', false],
      ['begun', undefined],
      ['ended', false],
    ]);
    expect([...bot.journal.read({ stream: 'incident', key: 'retraining-failed' })]).toHaveLength(1);
  });

  it('asks again after a death in the middle of a training', async () => {
    let begun = 0;
    const job = {
      holdsTheMarket: false,
      end: () => undefined,
      run: async () => {
        begun += 1;
        return begun === 1 ? new Promise<string>(() => undefined) : 'done';
      },
    };
    const bot = watchedBot({ retraining: { rules: RULES, shadowDays: 7, job } });
    await bot.life.run(bot.start + 30 * HOUR, true);
    expect(begun).toBe(1);
    bot.life.session.queue.halt();
    bot.life = rehearsedBot(bot.bot);
    await bot.life.run(bot.life.clock.now() + 3 * HOUR, true);
    expect(begun).toBe(2);
  });
});
