// Does `perpilot bot --mode paper` trade at the prices of an exchange on which it has no account, and go on after a stop? (P4)
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { openJournal } from '../../../src/adapters/sqlite/journal.ts';
import { createInterruptGuard, type InterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { registerBot } from '../../../src/cli/commands/bot.ts';
import { composeSimulator } from '../../../src/cli/compose-simulator.ts';
import { simulatorCredentials } from '../../../src/cli/simulator-options.ts';
import { PaperBook } from '../../../src/exchange-simulator/paper/paper-book.ts';
import { HOUR } from '../simulated-market.ts';
import { MINUTE } from './minute-market.ts';

const folder = mkdtempSync(join(tmpdir(), 'perpilot-paper-bot-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FROM = Date.UTC(2023, 7, 1);
const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT'];
/** Without a threshold and with a short life something is traded within hours; a replayed market is heard late. */
const LIVELY = [
  'risk.confidence_threshold=0',
  'exits.max_hold_hours=4',
  'paper.stale_seconds=600',
  'live.entry_max_age_seconds=1800',
].flatMap((each) => ['--set', each]);

interface Life {
  readonly lines: readonly { readonly event: string; readonly time?: number; readonly [key: string]: unknown }[];
  readonly guard: InterruptGuard;
  readonly ended: Promise<void>;
}

/** The command in this process, with what it has said so far. */
function begin(url: string): Life {
  const lines: Life['lines'][number][] = [];
  const guard = createInterruptGuard();
  const program = new Command('perpilot').exitOverride();
  registerBot(program, {
    out: (text) => void lines.push(JSON.parse(text)),
    stderr: { write: () => true },
    env: {},
    interrupt: guard,
    finish: () => undefined,
  });
  const words = ['bot', '--mode', 'paper', '--symbols', ...SYMBOLS, '--base-url', url, '--state', folder, '--json'];
  return { lines, guard, ended: program.parseAsync([...words, ...LIVELY], { from: 'user' }).then(() => undefined) };
}

const account = async (): Promise<PaperBook> => {
  const journal = await openJournal({ file: join(folder, 'paper.sqlite'), now: () => FROM, readOnly: true });
  const book = new PaperBook(journal);
  journal.close();
  return book;
};

describe('perpilot bot --mode paper', () => {
  it('trades, is stopped, goes on, and its books are those of the paper account', async () => {
    const { running } = await composeSimulator({
      options: {
        exchange: 'bybit',
        embedded: true,
        symbols: SYMBOLS,
        from: FROM,
        speed: 'lockstep',
        port: 0,
        deposit: 1,
        leverage: 1,
        marginMode: 'isolated',
        serverClock: 'wall',
        limits: false,
        json: false,
      },
      credentials: simulatorCredentials({}).credentials,
      signal: new AbortController().signal,
      report: (problem) => {
        throw problem;
      },
    });
    try {
      let time = FROM;
      /** One request after the other gives everybody time to hear. */
      const pass = async (to: number): Promise<void> => {
        time = to;
        await running.advance(time);
        for (let count = 0; count < 5; count += 1) await (await fetch(`${running.httpUrl}/control/now`)).text();
      };
      const said = async (life: Life, holds: () => boolean): Promise<void> => {
        while (!holds())
          await Promise.race([fetch(`${running.httpUrl}/control/now`).then((reply) => reply.text()), life.ended]);
      };
      const hours = async (life: Life, count: number): Promise<void> => {
        for (let hour = 0; hour < count; hour += 1) {
          const close = (Math.floor(time / HOUR) + 1) * HOUR;
          for (let next = time; next < close;) {
            next = Math.min(close, next + (next % HOUR < 9 * MINUTE ? MINUTE : 17 * MINUTE));
            await pass(next);
          }
          await said(life, () => life.lines.some((line) => line.event === 'close' && line.time === close));
        }
      };
      /** Told to stop; what is on its way still arrives, for which time must pass. */
      const stop = async (life: Life): Promise<void> => {
        life.guard.interrupt();
        const over = life.ended.then(() => 'over' as const);
        while ((await Promise.race([over, pass(time + 1_000)])) !== 'over');
      };
      const first = begin(running.httpUrl);
      await said(first, () => first.lines.some(({ event }) => event === 'started'));
      await hours(first, 10);
      await stop(first);
      const before = (await account()).executions();
      for (let hour = 0; hour < 3; hour += 1) await pass(time + HOUR);
      const second = begin(running.httpUrl);
      await said(second, () => second.lines.some(({ event }) => event === 'started'));
      expect(second.lines.find(({ event }) => event === 'started')).toMatchObject({ mode: 'paper', continues: true });
      await hours(second, 5);
      await stop(second);
      const book = await account();
      const executions = book.executions();
      expect(executions.length).toBeGreaterThan(2);
      expect(executions.slice(0, before.length)).toEqual(before);
      const journal = await openJournal({ file: join(folder, 'journal.sqlite'), now: () => FROM, readOnly: true });
      const booked = new Set([...journal.read({ stream: 'execution' })].map(({ key }) => key));
      journal.close();
      expect([...booked].toSorted()).toEqual(executions.map(({ executionId }) => executionId).toSorted());
      const trades = [...first.lines, ...second.lines].filter(({ event }) => event === 'trade');
      expect(trades.length).toBeGreaterThan(0);
    } finally {
      await running.close();
    }
  }, 240_000);
});
