// Does a bot whose model is lost start all the same, protect what it holds and open nothing there, until a person gives it another model (M8, M5)?
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { createModelFiles } from '../../../src/adapters/model-files/model-files.ts';
import { main } from '../../../src/cli/main.ts';
import { openExchange, startBot, type BotLine, type RunningBot } from './bot-process.ts';
import { closesUntil, moving, told } from './moving-market.ts';

const running: RunningBot[] = [];
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-bot-models-'));
});
afterAll(() => {
  for (const { child } of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Entries in this life of the bot. */
const entriesIn = ({ lines }: RunningBot, symbol: string): number =>
  lines.filter(({ event, symbols }) => event === 'close' && verdictOf(symbols, symbol) === 'entry').length;

const verdictOf = (symbols: readonly any[], symbol: string): string =>
  symbols.find((each) => each.symbol === symbol)?.verdict;

async function perpilot(...words: readonly string[]): Promise<number> {
  const nowhere = { write: () => true };
  return main(words, { stdout: nowhere, stderr: nowhere, env: {}, interrupt: createInterruptGuard() });
}

describe('M8 a bot whose model is damaged at a start', () => {
  test(
    'starts, says why, opens nothing there and ends its position as planned; M5 champions come and go while it runs',
    { timeout: 240_000 },
    async () => {
      await using exchange = await openExchange('bybit');
      const registry = join(folder, 'registry');
      const state = join(folder, 'bot');
      // A watchdog would outlive a bot that is killed.
      const settings = [`renewal.models_folder=${registry}`, 'live.watchdog.enabled=false'];
      const call = { url: exchange.url, state, more: settings.flatMap((setting) => ['--set', setting]) };
      const first = startBot(call);
      running.push(first);
      await first.line(({ event }) => event === 'started');
      const [{ symbol, quantity }] = await closesUntil(first, exchange, (held) => held.length > 0);
      first.child.kill('SIGKILL');
      await first.exit;
      const idOf = (name: string) =>
        first.lines.find((line) => line.event === 'model' && line['symbol'] === name)?.['id'] as string;
      const file = join(state, 'models', `${idOf(symbol)}.json`);
      const whole = readFileSync(file, 'utf8');
      writeFileSync(file, whole.replace('"baseRate":0.', '"baseRate":0.1'));

      const second = startBot(call);
      running.push(second);
      const started = await second.line(({ event }) => event === 'started');
      expect(started).toMatchObject({ continues: true, positions: [{ symbol, quantity }] });
      const lost = second.lines.find(({ event, incident }) => event === 'incident' && incident === 'model-lost');
      expect(lost).toMatchObject({ symbol, detail: { id: idOf(symbol) } });
      expect(lost?.['detail'].problem).toContain(file);
      const [kept] = await exchange.control('positions');
      expect(kept.stopPrice).toBeGreaterThan(0);
      await closesUntil(second, exchange, (held) => held.every((each) => each.symbol !== symbol));
      const isSaid = ({ event, symbols }: BotLine): boolean =>
        event === 'close' && verdictOf(symbols, symbol) === 'no-model';
      await closesUntil(second, exchange, () => second.lines.some(isSaid));
      expect(entriesIn(second, symbol)).toBe(0);

      // A person puts a champion in place: it trades without a restart, and goes again.
      const store = createModelFiles({ folder: registry, keepBackups: 1 });
      const version = await store.add(whole);
      const models = ['--models', registry];
      const from = second.lines.length;
      expect(await perpilot('models', 'promote', version, '--force', '--reason', 'a test', ...models)).toBe(0);
      const isModel = (id: string | null) => (line: any) =>
        line.event === 'model' && line.symbol === symbol && line.id === id;
      await moving(exchange, second.line(isModel(idOf(symbol)), from));
      expect(await perpilot('models', 'rollback', symbol, '--withdraw', ...models)).toBe(0);
      await moving(exchange, second.line(isModel(null), from));
      expect((await told(second)).code).toBe(130);
    },
  );
});
