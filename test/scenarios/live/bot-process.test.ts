// Does the bot as a process of its own leave positions protected when it is told to stop, and go on from there?
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atomsToNumber } from '../../../src/domain/money.ts';
import type { VenueName } from '../../../src/ports/venue-connection.ts';
import { openExchange, startBot, type RunningBot } from './bot-process.ts';
import { closesUntil, moving, told } from './moving-market.ts';

const PATIENCE_MS = 240_000;
const running: RunningBot[] = [];
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-process-'));
});
afterAll(() => {
  for (const { child } of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function begin(...call: Parameters<typeof startBot>): RunningBot {
  const bot = startBot(...call);
  running.push(bot);
  return bot;
}

const rowsOf = (state: string, stream: string): number => {
  const database = new DatabaseSync(join(state, 'journal.sqlite'), { readOnly: true });
  const row = database.prepare('SELECT count(*) AS rows FROM rows WHERE stream = ?').get(stream);
  database.close();
  return Number(row?.['rows']);
};

describe.each<VenueName>(['bybit', 'binance'])('a bot on %s', (venue) => {
  test(
    'told to stop it leaves its position with its stop, and the next life takes both up',
    { timeout: PATIENCE_MS },
    async () => {
      await using exchange = await openExchange(venue);
      const state = join(folder, venue);
      const call = { url: exchange.url, state, exchange: venue };
      const first = begin(call);
      expect(await first.line(({ event }) => event === 'started')).toMatchObject({ continues: false, positions: [] });
      expect(first.lines.filter(({ event }) => event === 'model').every(({ id }) => typeof id === 'string')).toBe(true);
      const [position] = await closesUntil(first, exchange, (held) => held.length > 0);
      const stopped = await told(first);
      expect(stopped.code).toBe(130);
      expect(stopped.ms).toBeLessThan(10_000);
      const [kept] = await exchange.control('positions');
      expect(kept).toMatchObject({ symbol: position.symbol, quantity: position.quantity });
      expect(kept.stopPrice).toBeGreaterThan(0);
      const summary = first.lines.at(-1);
      expect(summary).toMatchObject({ event: 'summary', mode: 'testnet', incidents: {} });
      expect(summary?.['open']).toMatchObject([{ symbol: position.symbol, quantity: position.quantity }]);

      // Other settings than the position was opened with: refused, with the position and what has changed.
      const other = begin({ ...call, more: ['--set', 'risk.cooldown_hours=3'] });
      expect(await other.exit).toBe(2);
      expect(other.stderr()).toContain('CONFIG_INVALID');
      expect(other.stderr()).toContain(`${position.symbol}: ${position.quantity > 0 ? 'long' : 'short'}`);
      expect(other.stderr()).toContain('risk.cooldown_hours: 2 was, 3 is wanted');

      // How the bot goes about it may change at any time.
      const second = begin({ ...call, more: ['--set', 'live.compare_interval_seconds=30'] });
      const started = await second.line(({ event }) => event === 'started');
      expect(started).toMatchObject({
        continues: true,
        positions: [{ symbol: position.symbol, quantity: position.quantity }],
      });
      expect(rowsOf(state, 'run')).toBe(1);

      const twin = begin({ ...call, state: `${state}-twin` });
      expect(await twin.exit).toBe(2);
      expect(twin.stderr()).toContain('INSTANCE_RUNNING');
      expect(twin.stderr()).toContain(`process ${second.child.pid} `);

      // Nothing new is opened, so that it ends flat.
      writeFileSync(join(state, 'PAUSE'), '');
      await closesUntil(second, exchange, (held) => held.length === 0);
      while (rowsOf(state, 'execution') < (await exchange.control('executions')).length)
        await moving(exchange, pause(100));
      expect((await told(second)).code).toBe(130);
      const end = second.lines.at(-1);
      expect(end?.['trades'].map(({ symbol }: any) => symbol)).toContain(position.symbol);
      expect(end).toMatchObject({ open: [], incidents: {} });
      const { wallet } = await exchange.control('wallet');
      expect(end?.['equity']).toBe(atomsToNumber(BigInt(wallet)));

      // Flat, other settings begin another run.
      const third = begin({ ...call, more: ['--set', 'risk.cooldown_hours=3'] });
      await third.line(({ event, text }) => event === 'remark' && String(text).includes('risk.cooldown_hours: 2 was'));
      await third.line(({ event }) => event === 'started');
      expect((await told(third)).code).toBe(130);
      expect(rowsOf(state, 'run')).toBe(2);
    },
  );
});
