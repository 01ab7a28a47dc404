// Does a running bot trade with the champions of now, from the next close on, and keep the old one where the new one is broken (M4, M5, M8)?
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createModelFiles } from '../../../src/adapters/model-files/model-files.ts';
import { keptModels, keepText, modelRow } from '../../../src/cli/kept-models.ts';
import { toExactJson } from '../../../src/domain/exact-json.ts';
import type { ChampionNews } from '../../../src/live/models/champion-news.ts';
import { recordFromText } from '../../../src/live/record/engine-record.ts';
import { RecordedEngine } from '../../../src/live/record/recorded-engine.ts';
import type { ModelStore, ModelVersion } from '../../../src/ports/model-store.ts';
import { promoted, rolledBack, withdrawn } from '../../../src/training/registry-changes.ts';
import { EXPECTED, modelIdOf, plainModelText } from './plain-models.ts';
import { rehearsedBot, setupOf, type BotOnMarket } from './rehearsed-bot.ts';
import { always, HOUR, smallBot } from './small-bot.ts';

const SYMBOL = 'ALPHAUSDT';
const cause = { at: 1, by: 'person', reasons: ['a test'] };
/** Convinced, and not. */
const KEEN = plainModelText({ symbol: SYMBOL, probability: 0.8 });
const SHY = plainModelText({ symbol: SYMBOL, probability: 0.1 });
const KEENER = plainModelText({ symbol: SYMBOL, probability: 0.9 });
const [keen, shy, keener] = [KEEN, SHY, KEENER].map(modelIdOf);

let root: string;
let count = 0;
let folder: string;
let store: ModelStore;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'perpilot-champions-'));
});
beforeEach(() => {
  count += 1;
  folder = join(root, String(count));
  store = createModelFiles({ folder: join(folder, 'registry'), keepBackups: 3 });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const fullDisk = async () => expect.fail('ENOSPC');

const promote = async (text: string): Promise<ModelVersion> => {
  const version = await store.add(text);
  await store.change((record) => promoted(record, [{ symbol: SYMBOL, version }], cause));
  return version;
};

/** A bot of two symbols that always wants to buy, with champions from the store. */
function tradingBot() {
  const small = smallBot({ settings: { metaModel: 'on', exits: { maxHoldBars: 3 } }, script: always(1) });
  const news: ChampionNews[] = [];
  const { journal } = small;
  const kept = () => keptModels(folder, { schemaHash: EXPECTED.schemaHash, rowNames: EXPECTED.featureNames }, journal);
  const champions: BotOnMarket['champions'] = {
    store,
    expected: EXPECTED,
    known: new Map(),
    told: (each) => news.push(each),
    keep: async (id, text, time) => {
      await keepText(folder, id, text);
      return modelRow(journal, { id, text, time });
    },
  };
  const bot: BotOnMarket = { ...small.bot, champions, modelOf: (id) => kept().of(id) };
  return { ...small, bot, news, life: rehearsedBot(bot) };
}

type TradingBot = ReturnType<typeof tradingBot>;

const recordsOf = ({ journal }: TradingBot) =>
  [...journal.read({ stream: 'event' })].map(({ payload }) => recordFromText(payload));
const swapsOf = (bot: TradingBot) =>
  recordsOf(bot).flatMap(({ input }) => (input.kind === 'model-promoted' ? [input.modelId] : []));
/** Verdicts of the symbol from close to close. */
const verdictsOf = (bot: TradingBot) =>
  recordsOf(bot).flatMap(({ decisions }) =>
    decisions.filter(({ symbol }) => symbol === SYMBOL).map((each) => each.verdict),
  );
const closesOf = (bot: TradingBot) =>
  recordsOf(bot).flatMap(({ input }) => (input.kind === 'slice' ? [input.time] : []));

/** What another program makes of the journal: the same, bit for bit. */
function replayed({ bot, journal }: TradingBot): RecordedEngine {
  const modelOf = bot.modelOf ?? (() => expect.fail('no model'));
  const engine = new RecordedEngine({ setup: setupOf(bot), journal, modelOf, now: () => 0 });
  engine.recover();
  return engine;
}

function expectNoHole(bot: TradingBot): void {
  const closes = closesOf(bot);
  expect(closes).toEqual(closes.map((_, at) => closes[0] + at * HOUR));
  expect(bot.life.incidents.filter(({ kind }) => kind === 'candle-missing')).toEqual([]);
}

describe('champions of a running bot', () => {
  it('M5 take over between two closes, and a rollback is in force within five seconds, without a restart', async () => {
    const bot = tradingBot();
    const { life, start } = bot;
    await life.run(start + 5 * HOUR);
    expect(new Set(verdictsOf(bot))).toEqual(new Set(['no-model']));
    await promote(KEEN);
    await life.run(start + 10 * HOUR, true);
    expect(swapsOf(bot)).toEqual([keen]);
    expect(verdictsOf(bot).slice(5)).toContain('entry');
    await promote(SHY);
    await life.run(start + 20 * HOUR, true);
    expect(swapsOf(bot)).toEqual([keen, shy]);
    expect(verdictsOf(bot).slice(-5)).toContain('unskilled-model');
    const before = life.clock.now();
    await store.change((record) => rolledBack(record, SYMBOL, cause));
    for (let second = 1; second < 5; second += 1) {
      bot.exchange.advanceTo(before + second * 1_000);
      life.clock.moveTo(before + second * 1_000);
      await life.session.queue.idle();
    }
    expect(life.clock.now() - before).toBeLessThan(5_000);
    expect(swapsOf(bot)).toEqual([keen, shy, keen]);
    await life.run(start + 30 * HOUR, true);
    expect(verdictsOf(bot).slice(-8)).toContain('entry');
    expectNoHole(bot);
    expect(toExactJson(replayed(bot).state.roundTrips)).toBe(toExactJson(life.engine.state.roundTrips));
    expect(bot.news.map(({ kind }) => kind)).toEqual(['champion', 'champion', 'champion']);
  });

  it('M8 that are damaged or of other features are refused by name, once, and the old one goes on', async () => {
    const bot = tradingBot();
    const { life, start } = bot;
    await promote(KEEN);
    await life.run(start + 3 * HOUR, true);
    const version = await store.add(KEENER);
    const file = join(folder, 'registry', 'versions', `${version}.json`);
    await store.change((record) => promoted(record, [{ symbol: SYMBOL, version }], cause));
    writeFileSync(file, KEENER.replace('0.9', '0.7'));
    await life.run(start + 20 * HOUR, true);
    const refusals = life.incidents.filter(({ kind }) => kind === 'model-refused');
    expect(refusals).toMatchObject([{ symbol: SYMBOL, detail: { version, code: 'MODEL_CORRUPT' } }]);
    expect(String(refusals[0].detail['problem'])).toContain(file);
    expect(swapsOf(bot)).toEqual([keen]);
    expect(verdictsOf(bot).slice(-8)).toContain('entry');
    // Mended, it takes over without anybody saying so.
    writeFileSync(file, KEENER);
    await life.run(start + 24 * HOUR, true);
    expect(swapsOf(bot)).toEqual([keen, keener]);
    await promote(KEENER.replace('"bar"', '"baz"'));
    await life.run(start + 28 * HOUR, true);
    expect(swapsOf(bot)).toEqual([keen, keener]);
    expect(life.incidents.filter(({ kind }) => kind === 'model-refused')).toHaveLength(2);
    // The record itself.
    writeFileSync(join(folder, 'registry', 'registry.json'), '{}');
    await life.run(start + 34 * HOUR, true);
    expect(life.incidents.filter(({ kind }) => kind === 'registry-unreadable')).toHaveLength(1);
    expect(life.engine.state.bySymbol.get(SYMBOL)?.model?.id).toBe(keener);
    expectNoHole(bot);
  });

  it('M8 withdrawn leave the symbol without a model: nothing is opened, what is held ends as it would have', async () => {
    const bot = tradingBot();
    const { life, start } = bot;
    await promote(KEEN);
    const held = () => life.engine.state.bySymbol.get(SYMBOL)?.trade;
    for (let hour = 3; held() === undefined; hour += 1) await life.run(start + hour * HOUR, true);
    await store.change((record) => withdrawn(record, SYMBOL, cause));
    await life.run(life.clock.now() + 1, true);
    const { stopPrice } = held() ?? expect.fail('it was closed');
    expect(stopPrice).toBeGreaterThan(0);
    await life.run(life.clock.now() + 8 * HOUR, true);
    expect(held()).toBeUndefined();
    expect(verdictsOf(bot).slice(-3)).toEqual(['no-model', 'no-model', 'no-model']);
    expect(swapsOf(bot)).toEqual([keen, undefined]);
  });

  it('are found by the next life in its journal, even where the folder with the models is gone', async () => {
    const bot = tradingBot();
    await promote(KEEN);
    await bot.life.run(bot.start + 12 * HOUR, true);
    await bot.life.session.stop();
    rmSync(join(folder, 'models'), { recursive: true });
    const names = keptModels(folder, { schemaHash: EXPECTED.schemaHash, rowNames: EXPECTED.featureNames }, bot.journal);
    expect(names.of(keen).baseRate).toBe(0.8);
    expect([...names.faults.keys()]).toEqual([keen]);
    expect(() => names.of(shy)).toThrow('is not there');
    expect(toExactJson(replayed(bot).state.roundTrips)).toBe(toExactJson(bot.life.engine.state.roundTrips));
  });

  it('that the disk has no room for are refused, and the bot goes on', async () => {
    const bot = tradingBot();
    const champions = bot.bot.champions ?? expect.fail('no champions');
    const life = rehearsedBot({ ...bot.bot, champions: { ...champions, keep: fullDisk } });
    await promote(KEEN);
    await life.run(bot.start + 5 * HOUR, true);
    expect(life.incidents).toMatchObject([{ kind: 'model-refused', detail: { code: 'OUTPUT_UNWRITABLE' } }]);
    expect(life.engine.state.bySymbol.get(SYMBOL)?.model).toBeUndefined();
  });
});
