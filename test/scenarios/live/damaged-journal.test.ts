// O11: a journal that was cut off or has flipped bits: is it refused by name, or gone on from until books and exchange agree? Nothing between.
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJournal } from '../../../src/adapters/sqlite/journal.ts';
import { PerpilotError } from '../../../src/domain/errors.ts';
import type { Journal } from '../../../src/ports/journal.ts';
import { exchangeOf } from '../exchange-simulator/both-venues.ts';
import { FULL_COSTS, marketOf, randomScript } from '../engine/random-backtest.ts';
import { paramsOf } from '../engine/scripted-bot.ts';
import { directVenue } from './direct-venue.ts';
import { memoryJournal } from './memory-journal.ts';
import { rehearsedBot, type BotOnMarket } from './rehearsed-bot.ts';

const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT'];
const HOUR = 3_600_000;
const DEATH = 22 * HOUR;
const END = 30 * HOUR;
const RUNS = 60;

/** The same bot on the same market every time, so that one journal fits all its exchanges. */
function botOn(journal: Journal) {
  const market = { ...marketOf(SYMBOLS, 500, 700), finer: SYMBOLS.map(() => []), costs: FULL_COSTS };
  const exchange = exchangeOf(market, { deposit: 100_000, touches: 'close' });
  const bot: BotOnMarket = {
    market,
    exchange,
    connection: directVenue({ exchange }),
    journal,
    params: paramsOf({
      risk: { maxLeverage: 10, basePositionFraction: 0.05, maxPositionFraction: 0.05, maxOpenPositions: 4 },
      exits: { stopFraction: 0.05, targetFraction: 0.06, maxHoldBars: 10 },
    }),
    script: () => randomScript('damage', 2),
    initialEquity: 100_000,
  };
  return { bot, exchange, start: exchange.now };
}

let folder: string;
/** Main file and log as a crash leaves them, the whole file as an orderly end leaves it, and a backup of an earlier hour. */
let crashed: { readonly main: Buffer; readonly log: Buffer };
let whole: Buffer;
let backup: string;
let rowCount: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-damage-'));
  const file = join(folder, 'origin', 'journal.sqlite');
  const journal = await openJournal({ file, now: () => 0 });
  const ground = botOn(journal);
  const life = rehearsedBot(ground.bot);
  await life.run(ground.start + DEATH / 2);
  backup = await journal.backup(1);
  await life.run(ground.start + DEATH);
  expect(ground.exchange.positions().length).toBeGreaterThan(0);
  crashed = { main: readFileSync(file), log: readFileSync(`${file}-wal`) };
  rowCount = [...journal.read()].length;
  journal.close();
  whole = readFileSync(file);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Files {
  readonly main: Buffer;
  readonly log?: Buffer;
}

/** How many rows are still there, after a life over them has come to agree with the exchange; or the refusal. */
async function goOn({ main, log }: Files): Promise<number | PerpilotError> {
  const place = mkdtempSync(join(folder, 'case-'));
  const file = join(place, 'journal.sqlite');
  writeFileSync(file, main);
  if (log !== undefined) writeFileSync(`${file}-wal`, log);
  const copies = await openJournal({ file: join(place, 'backups', 'x'), now: () => 0 });
  copies.close();
  copyFileSync(backup, join(place, 'backups', 'journal.sqlite.2023-01-01T00-00-00-000Z.sqlite'));
  const opened = await openJournal({ file, now: () => 0 }).catch((error: unknown) => error as PerpilotError);
  const ground = botOn(memoryJournal());
  await rehearsedBot(ground.bot).run(ground.start + DEATH);
  const { exchange } = ground;
  if (opened instanceof Error) {
    for (const { stopPrice } of exchange.positions()) expect(stopPrice).toBeGreaterThan(0);
    return opened;
  }
  const rows = [...opened.read()];
  opened.close();
  // A journal that forgot all is that of a bot which never lived: the command meets orders with its mark and refuses.
  if (rows.length === 0) return 0;
  const kept = memoryJournal();
  kept.commit(rows);
  const life = rehearsedBot({ ...ground.bot, journal: kept });
  await life.run(ground.start + END);
  const { ledger, symbols, blocks } = life.engine.state;
  expect(ledger.wallet).toBe(exchange.ledger.wallet);
  expect([...blocks.keys()]).toEqual([]);
  const held = symbols.flatMap(({ instrument, trade }) =>
    trade === undefined ? [] : [`${instrument.symbol} ${trade.direction * trade.quantity}`],
  );
  const owned = exchange.positions().map(({ symbol, quantity }) => `${symbol} ${quantity}`);
  expect(held.toSorted()).toEqual(owned.toSorted());
  const ids = [...exchange.closedOrders({}), ...exchange.openOrders({})].map(({ clientOrderId }) => clientOrderId);
  const named = ids.filter((id) => id.startsWith('pp'));
  expect(new Set(named).size).toBe(named.length);
  return rows.length;
}

const refusalOf = (found: number | PerpilotError): PerpilotError => {
  expect(found).toBeInstanceOf(PerpilotError);
  return found as PerpilotError;
};

/** What a person is told: the code, what is wrong, and which backup is whole. */
function expectNamed(found: number | PerpilotError): void {
  const { code, problems } = refusalOf(found);
  expect(['JOURNAL_CORRUPT', 'JOURNAL_NEWER']).toContain(code);
  expect(problems[0].hint).toContain('journal.sqlite.2023-01-01T00-00-00-000Z.sqlite');
}

const flipped = (bytes: Buffer, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] ^= 1 << (bit & 7);
  return copy;
};

const property = (bytes: () => number, check: (position: number) => Promise<void>) =>
  fc.assert(
    fc.asyncProperty(fc.nat({ max: 2 ** 31 - 1 }), (seed) => check(seed % bytes())),
    { numRuns: RUNS, endOnFailure: true },
  );

describe('O11 a journal', () => {
  it('that nothing happened to is gone on from as a whole', async () => {
    expect(await goOn(crashed)).toBe(rowCount);
    expect(await goOn({ main: whole })).toBe(rowCount);
  });

  it('whose log is cut off anywhere goes on from the last whole commit, and learns from the exchange what it forgot', async () => {
    const kept: number[] = [];
    await property(
      () => crashed.log.length,
      async (length) => {
        kept.push(Number(await goOn({ main: crashed.main, log: crashed.log.subarray(0, length) })));
      },
    );
    // Cuts that forget little, much and nearly all.
    expect(new Set(kept).size).toBeGreaterThan(10);
    expect(Math.max(...kept)).toBeGreaterThan(rowCount / 2);
  });

  it('whose log has a flipped bit goes on from the last whole commit before it', async () => {
    await property(
      () => crashed.log.length * 8,
      async (bit) => {
        const found = await goOn({ main: crashed.main, log: flipped(crashed.log, bit) });
        if (typeof found !== 'number') expectNamed(found);
      },
    );
  });

  it('with a flipped bit is refused with the name of the backup, unless the bit means nothing', async () => {
    let refused = 0;
    await property(
      () => whole.length * 8,
      async (bit) => {
        const found = await goOn({ main: flipped(whole, bit) });
        if (typeof found === 'number') expect(found).toBe(rowCount);
        else {
          refused += 1;
          expectNamed(found);
        }
      },
    );
    expect(refused).toBeGreaterThan(RUNS / 2);
  });

  it('with any bit of its head flipped is refused, or means the same', async () => {
    const file = join(folder, 'head', 'journal.sqlite');
    const journal = await openJournal({ file, now: () => 0 });
    journal.commit([{ stream: 'latch', key: 'pause', eventTime: 1, receivedTime: 1, payload: '{}' }]);
    journal.close();
    const sound = readFileSync(file);
    for (let bit = 0; bit < 100 * 8; bit += 1) {
      // With this one it looks like a file that somebody else holds: JOURNAL_IN_USE, after five seconds.
      if (bit === 153) continue;
      for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
      writeFileSync(file, flipped(sound, bit));
      const opened = await openJournal({ file, now: () => 0 }).catch((error: unknown) => error as PerpilotError);
      if (opened instanceof Error) expect(['JOURNAL_CORRUPT', 'JOURNAL_NEWER'], `bit ${bit}`).toContain(opened.code);
      else {
        expect([...opened.read()].length, `bit ${bit}`).toBe(1);
        opened.close();
      }
    }
  });

  it('that is half-written is refused with the name of the backup, also when nothing is left of it', async () => {
    expectNamed(await goOn({ main: Buffer.alloc(0) }));
    await property(
      () => whole.length,
      async (length) => expectNamed(await goOn({ main: whole.subarray(0, length) })),
    );
  });

  it('whose last line is no last line is refused with the name of the backup', async () => {
    expectNamed(await goOn({ main: Buffer.concat([whole.subarray(0, whole.length - 4_096), Buffer.alloc(4_096)]) }));
    expect(existsSync(backup)).toBe(true);
  });
});
