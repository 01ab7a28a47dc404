// O11: on a disk that is full, read-only or broken nothing is opened, somebody is told, exits and stops go on, and nothing is lost.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../../src/adapters/sqlite/journal.ts';
import { PerpilotError } from '../../../src/domain/errors.ts';
import { exactEquity } from '../../../src/domain/ledger.ts';
import { RecordedEngine } from '../../../src/live/record/recorded-engine.ts';
import type { Journal } from '../../../src/ports/journal.ts';
import { exchangeOf } from '../exchange-simulator/both-venues.ts';
import { FULL_COSTS, marketOf, randomScript } from '../engine/random-backtest.ts';
import { paramsOf } from '../engine/scripted-bot.ts';
import { directVenue } from './direct-venue.ts';
import { memoryJournal } from './memory-journal.ts';
import { rehearsedBot, setupOf, type BotOnMarket } from './rehearsed-bot.ts';

const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT'];
const HOUR = 3_600_000;

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
    script: () => randomScript('disk', 2),
    initialEquity: 100_000,
  };
  return { bot, exchange, start: exchange.now };
}

type Ground = ReturnType<typeof botOn>;

const entriesBetween = ({ exchange }: Ground, from: number, until: number): number =>
  exchange
    .closedOrders({})
    .filter(({ createdAt, reduceOnly, source }) => source === 'client' && !reduceOnly && createdAt > from)
    .filter(({ createdAt }) => createdAt <= until).length;

/** Trades, loses the disk for a while by `refuse`, has it back, and is compared with what a new life makes of the journal. */
async function throughTheOutage(ground: Ground, refuse: (refused: boolean) => void): Promise<void> {
  const { bot, exchange, start } = ground;
  const life = rehearsedBot(bot);
  const kindsOf = (): string[] => life.incidents.map(({ kind }) => kind);
  await life.run(start + 20 * HOUR);
  expect(exchange.positions().length).toBeGreaterThan(0);
  refuse(true);
  const refusedAt = exchange.now;
  await life.run(start + 60 * HOUR);
  expect(entriesBetween(ground, refusedAt, exchange.now)).toBe(0);
  expect(exchange.positions()).toEqual([]);
  expect(life.engine.state.ledger.wallet).toBe(exchange.ledger.wallet);
  expect(kindsOf()).toEqual(['journal-unwritable']);
  expect(life.engine.durable).toBe(false);
  refuse(false);
  const backAt = exchange.now;
  await life.run(start + 100 * HOUR);
  expect(life.engine.durable).toBe(true);
  expect(kindsOf()).toEqual(['journal-unwritable', 'journal-written']);
  expect(entriesBetween(ground, backAt, exchange.now)).toBeGreaterThan(3);
  const next = new RecordedEngine({ setup: setupOf(bot), journal: bot.journal, modelOf: unknown, now: () => 0 });
  expect(next.recover()).toBe(life.engine.stepCount);
  expect(exactEquity(next.state.ledger)).toBe(exactEquity(life.engine.state.ledger));
  expect(next.state.ledger.wallet).toBe(exchange.ledger.wallet);
}

const unknown = (id: string): never => {
  throw new Error(`nobody knows model ${id}`);
};

describe('the journal cannot be written', () => {
  it('from an hour without an entry on', async () => {
    const journal = memoryJournal();
    const refusal = new PerpilotError('JOURNAL_UNWRITABLE', 'database or disk is full');
    await throughTheOutage(botOn(journal), (refused) => journal.refuse(refused ? refusal : undefined));
  });

  it.each(Array.from({ length: 25 }, (_, index) => index))(
    'from any commit on, commit %i after an hour',
    async (commit) => {
      const journal = memoryJournal();
      const ground = botOn(journal);
      const { bot, exchange, start } = ground;
      const life = rehearsedBot(bot);
      await life.run(start + 20 * HOUR);
      let left = commit;
      let sound = true;
      const commitSoundly = journal.commit.bind(journal);
      journal.commit = (rows) => {
        left -= 1;
        if (left < 0 && !sound) throw new PerpilotError('JOURNAL_UNWRITABLE', 'disk I/O error');
        return commitSoundly(rows);
      };
      sound = false;
      const written = new Set<string>();
      const opened = (): void => {
        for (const { key } of journal.read({ stream: 'order' })) written.add(key);
      };
      await life.run(start + 60 * HOUR);
      opened();
      const entries = exchange.closedOrders({}).filter(({ source, reduceOnly }) => source === 'client' && !reduceOnly);
      // Whatever was opened stood on the disk before.
      for (const { clientOrderId } of entries) expect(written).toContain(clientOrderId);
      expect(exchange.positions()).toEqual([]);
      sound = true;
      await life.run(start + 90 * HOUR);
      expect(life.engine.durable).toBe(true);
      expect(life.engine.state.blocks.size).toBe(0);
      const next = new RecordedEngine({ setup: setupOf(bot), journal, modelOf: unknown, now: () => 0 });
      expect(next.recover()).toBe(life.engine.stepCount);
      expect(next.state.ledger.wallet).toBe(exchange.ledger.wallet);
    },
  );
});

/** Writes until not even a few bytes fit any more. */
function fillUp(file: string): void {
  for (const size of [65_536, 4_096, 512]) {
    try {
      for (;;) appendFileSync(file, Buffer.alloc(size));
    } catch {
      // Not this much any more.
    }
  }
}

describe('a real file', () => {
  const cleanUps: (() => void)[] = [];
  afterEach(() => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) cleanUp();
  });
  const newFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'perpilot-disk-'));
    cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  };

  /** A disk of 8 MB; undefined where this user may not mount one. */
  const smallDisk = (): string | undefined => {
    const folder = newFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      return undefined;
    }
    cleanUps.push(() => execFileSync('umount', [folder]));
    return folder;
  };

  it('on a full disk, which is made free again', async ({ skip }) => {
    const folder = smallDisk();
    if (folder === undefined) {
      skip('this user may not mount a small disk');
      return;
    }
    const journal = await openJournal({ file: join(folder, 'journal.sqlite'), now: () => 0 });
    cleanUps.push(() => journal.close());
    const filler = join(folder, 'filler');
    await throughTheOutage(botOn(journal), (refused) => {
      if (refused) fillUp(filler);
      else rmSync(filler);
    });
    const look = await openJournal({ file: join(folder, 'journal.sqlite'), now: () => 0, readOnly: true });
    expect([...look.read()].length).toBeGreaterThan(300);
    look.close();
  });
});
