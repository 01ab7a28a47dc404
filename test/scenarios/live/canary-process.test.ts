// L15: does `perpilot bot --mode testnet` run the canary by itself as a process, say so in its lines, its status and its journal, and block entries by it?
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openExchange, startBot, type BotExchange, type BotLine, type RunningBot } from './bot-process.ts';

const PATIENCE_MS = 240_000;
const WORDS = ['live.canary.patience_seconds=7200', 'live.canary.retry_minutes=5'];
const running: RunningBot[] = [];
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-canary-'));
});
afterAll(() => {
  for (const { child } of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function begin({ url }: BotExchange, state: string): RunningBot {
  // A watchdog would outlive a bot that is killed.
  const more = [...WORDS, 'live.watchdog.enabled=false'].flatMap((word) => ['--set', word]);
  const bot = startBot({ url, state, more, canary: true });
  running.push(bot);
  return bot;
}

/** Market time moves on until the line comes: nothing else makes it pass. */
async function lineOf(exchange: BotExchange, bot: RunningBot, fits: (line: BotLine) => boolean): Promise<BotLine> {
  const came = bot.line(fits).then((line) => ({ line }));
  for (;;) {
    const found = await Promise.race([came, pause(15)]);
    if (found !== undefined) return found.line;
    if (bot.lines.some(({ event }) => event === 'started')) await exchange.control('advance', { by: 10_000 });
  }
}

const isCanary =
  (word: string) =>
  ({ event, text }: BotLine): boolean =>
    event === 'remark' && String(text).startsWith('canary') && String(text).includes(word);

/** Stops of these contracts cannot be moved, or can again. */
async function refuseStops(exchange: BotExchange, refused: boolean): Promise<void> {
  for (const symbol of ['ALPHAUSDT', 'BRAVOUSDT'])
    await exchange.control('fate', { call: 'refuseProtection', symbol, refused });
}

const statusOf = (state: string): any => JSON.parse(readFileSync(join(state, 'logs', 'bot_status.json'), 'utf8'));

test(
  'L15: a failed one blocks entries over a kill and a restart, and one that passes lifts it',
  { timeout: PATIENCE_MS },
  async () => {
    await using exchange = await openExchange('bybit');
    const state = join(folder, 'bot');
    await refuseStops(exchange, true);
    const first = begin(exchange, state);
    const failed = await lineOf(exchange, first, isCanary('failed'));
    expect(failed['text']).toMatch(/^canary in (ALPHA|BRAVO)USDT failed at "market order with stop and target"/);
    expect(first.lines.some(({ event, incident }) => event === 'incident' && incident === 'canary-failed')).toBe(true);
    first.child.kill('SIGKILL');
    await first.exit;
    expect(existsSync(join(state, 'CANARY'))).toBe(true);
    await refuseStops(exchange, false);
    const second = begin(exchange, state);
    await second.line(({ event }) => event === 'started');
    expect(existsSync(join(state, 'CANARY'))).toBe(true);
    await lineOf(exchange, second, isCanary('passed'));
    expect(existsSync(join(state, 'CANARY'))).toBe(false);
    second.child.kill('SIGTERM');
    expect(await second.exit).toBe(130);
    expect(statusOf(state)).toMatchObject({
      canary: { outcome: 'passed', failedStep: null, maxAgeHours: 49 },
      latches: [],
    });
    expect(await exchange.control('positions')).toEqual([]);
  },
);
