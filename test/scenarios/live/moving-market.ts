// How does the market of a bot that is a process of its own move on? Close by close, while what is waited for is waited for.
import { setTimeout as pause } from 'node:timers/promises';
import type { BotExchange, RunningBot } from './bot-process.ts';

/** Closes one after the other, each decided before the next, until `enough` of the account says so; the account then. */
export async function closesUntil(bot: RunningBot, exchange: BotExchange, enough: (held: readonly any[]) => boolean) {
  for (let count = 0; count < 60; count += 1) {
    const held = await exchange.control('positions');
    if (enough(held)) return held;
    const from = bot.lines.length;
    const time = await exchange.close();
    const close = await moving(
      exchange,
      bot.line((line) => line.event === 'close' && line['time'] >= time, from),
    );
    const isMoving = close['symbols'].some(({ verdict }: any) => verdict === 'entry' || verdict === 'exit');
    if (isMoving) await settled(exchange, held);
  }
  throw new Error('nothing came of sixty closes');
}

/** Market time goes as fast as that of this machine while something is waited for, so that deadlines mean what they say. */
const STEP_MS = 25;

/** Waits are times of the market here: it moves on, a little at a time, until what is waited for has come. */
export async function moving<Value>(exchange: BotExchange, awaited: Promise<Value>): Promise<Value> {
  const came = awaited.then((value) => ({ value }));
  for (;;) {
    const found = await Promise.race([came, pause(STEP_MS)]);
    if (found !== undefined) return found.value;
    await exchange.control('advance', { by: STEP_MS });
  }
}

const quantities = (held: readonly any[]): string => JSON.stringify(held.map(({ quantity }) => quantity));

/** An order was decided: it is executed when market time has moved on, and then its stop rests. */
async function settled(exchange: BotExchange, before: readonly any[]): Promise<void> {
  for (let count = 0; count < 2_000; count += 1) {
    await exchange.control('advance', { by: STEP_MS });
    await pause(STEP_MS);
    const held = await exchange.control('positions');
    if (quantities(held) !== quantities(before) && held.every(({ stopPrice }: any) => stopPrice > 0)) return;
  }
}

/** Tells it to stop. */
export const told = async (bot: RunningBot): Promise<{ readonly code: number | null; readonly ms: number }> => {
  const at = performance.now();
  bot.child.kill('SIGTERM');
  const code = await bot.exit;
  return { code, ms: performance.now() - at };
};
