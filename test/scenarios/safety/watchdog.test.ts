// L8, L9: the bot's process is frozen or killed; its watchdog, or a person's command, makes the account safe, and the bot that wakes opens nothing.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { VenueName } from '../../../src/ports/venue-connection.ts';
import { entriesAfter } from '../live/small-bot.ts';
import { frozenGround, type BotWord, type FrozenGround } from './frozen-ground.ts';

const VENUES: readonly VenueName[] = ['bybit', 'binance'];
const LONG = { timeout: 120_000 };
const PATIENCE = { timeout: 60_000, interval: 50 };

const QUICK = { silent: 1, heartbeat: 0.2, kill_grace: 0.5, check: 0.1, again: 1 };

const watchdogOf = (
  ground: FrozenGround,
  { onSilence = 'cancel_entries', ...more }: Partial<typeof QUICK> & { readonly onSilence?: string } = {},
) =>
  ground.perpilot(
    'watchdog',
    ground.folder,
    '--set',
    `live.watchdog.on_silence=${onSilence}`,
    ...Object.entries({ ...QUICK, ...more }).flatMap(([name, seconds]) => [
      '--set',
      `live.watchdog.${name}_seconds=${seconds}`,
    ]),
  );

/** Frozen with two positions, one without its stop, and an entry that rests. */
async function freeze(ground: FrozenGround): Promise<number> {
  const { exchange, bot, running } = ground;
  await ground.run(3);
  expect(exchange.positions()).toHaveLength(2);
  bot.kill('SIGSTOP');
  exchange.fate.dropProtection('ALPHAUSDT');
  const entry = exchange.place({
    clientOrderId: 'ppsf-BRAVOUSDT-resting-en',
    symbol: 'BRAVOUSDT',
    side: 'buy',
    type: 'limit',
    quantity: 1,
    price: Math.round(exchange.quote('BRAVOUSDT').last * 0.5),
    reduceOnly: false,
  });
  expect(entry.kind).toBe('done');
  await running.advance(exchange.now);
  return exchange.now;
}

const entries = ({ exchange }: FrozenGround): number =>
  exchange.openOrders({}).filter(({ reduceOnly, source }) => !reduceOnly && source === 'client').length;

function expectSameBooks({ exchange }: FrozenGround, word: BotWord): void {
  expect(word.wallet).toBe(String(exchange.ledger.wallet));
  expect(word.held).toEqual(exchange.positions().map(({ symbol, quantity }) => ({ symbol, quantity })));
}

describe.each(VENUES)('a bot that hangs, at %s', (venue) => {
  it(
    'has its entries cancelled and its positions protected; when it wakes it opens nothing and books agree',
    LONG,
    async () => {
      await using ground = await frozenGround(venue);
      const { exchange, bot } = ground;
      const frozenAt = await freeze(ground);
      watchdogOf(ground);
      await expect.poll(() => ground.file('watchdog-report.json'), PATIENCE).toMatchObject({ state: 'safe' });
      expect(entries(ground)).toBe(0);
      expect(exchange.positions()).toHaveLength(2);
      for (const { stopPrice } of exchange.positions()) expect(stopPrice).toBeGreaterThan(0);
      expect(ground.file('PAUSE')).toMatchObject({ by: 'the watchdog' });
      bot.kill('SIGCONT');
      const word = await ground.run(20);
      expect(word.blocks).toContain('pause');
      expect(entriesAfter(ground, frozenAt)).toBe(0);
      expect(exchange.positions()).toEqual([]);
      expectSameBooks(ground, word);
    },
  );

  it('is closed where the settings say so, and stays so when it wakes', LONG, async () => {
    await using ground = await frozenGround(venue);
    const { exchange, bot } = ground;
    const frozenAt = await freeze(ground);
    watchdogOf(ground, { onSilence: 'flatten' });
    await expect
      .poll(() => ground.file('kill-report.json'), PATIENCE)
      .toMatchObject({ state: 'flat', by: 'the watchdog' });
    expect(exchange.positions()).toEqual([]);
    expect(exchange.openOrders({})).toEqual([]);
    bot.kill('SIGCONT');
    const word = await ground.run(20);
    expect(word.blocks).toContain('kill');
    expect(entriesAfter(ground, frozenAt)).toBe(0);
    expectSameBooks(ground, word);
  });

  it('is closed by its watchdog when the kill switch is thrown', LONG, async () => {
    await using ground = await frozenGround(venue);
    const { exchange, bot } = ground;
    const frozenAt = await freeze(ground);
    watchdogOf(ground, { silent: 3_000 });
    writeFileSync(join(ground.folder, 'KILL'), '');
    await expect.poll(() => ground.file('kill-report.json'), PATIENCE).toMatchObject({ state: 'flat' });
    expect(exchange.positions()).toEqual([]);
    bot.kill('SIGCONT');
    const word = await ground.run(12);
    expect(entriesAfter(ground, frozenAt)).toBe(0);
    expectSameBooks(ground, word);
  });

  it('is closed by perpilot kill --yes when it has died, however long the venue is down', LONG, async () => {
    await using ground = await frozenGround(venue);
    const { exchange, bot } = ground;
    await freeze(ground);
    bot.kill('SIGKILL');
    exchange.fate.beginMaintenance();
    const command = ground.perpilot('kill', ground.folder, '--yes');
    await expect.poll(() => ground.file('kill-report.json'), PATIENCE).toHaveProperty('lastFailure');
    expect(exchange.positions()).toHaveLength(2);
    exchange.fate.endMaintenance();
    const { code, text } = await command.ended;
    expect(text).toContain('flat: the venue shows neither a position nor an order');
    expect(code).toBe(0);
    expect(exchange.positions()).toEqual([]);
    expect(exchange.openOrders({})).toEqual([]);
    expect(ground.file('kill-report.json')).toMatchObject({ state: 'flat' });
  });
});

it('a bot that lives is left alone by its watchdog, and acts on a kill itself', LONG, async () => {
  await using ground = await frozenGround('bybit');
  const { exchange } = ground;
  await ground.run(3);
  watchdogOf(ground, { silent: 3_000, kill_grace: 3_000 });
  const command = ground.perpilot('kill', ground.folder);
  await expect.poll(() => ground.file('KILL'), PATIENCE).toBeDefined();
  const word = await ground.run(6);
  const { code, text } = await command.ended;
  expect([code, text.includes('the bot acts on it')]).toEqual([0, true]);
  expect(exchange.positions()).toEqual([]);
  expect(ground.file('kill-report.json')).toMatchObject({ state: 'flat', by: 'the bot' });
  expectSameBooks(ground, word);
});

it('perpilot flatten closes chosen symbols, throws no switch, and does nothing without --yes', LONG, async () => {
  await using ground = await frozenGround('bybit');
  const { exchange } = ground;
  await freeze(ground);
  const refused = await ground.perpilot('flatten', '--symbol', 'ALPHAUSDT').ended;
  expect(refused.code).toBe(2);
  expect(exchange.positions()).toHaveLength(2);
  const { code, text } = await ground.perpilot('flatten', '--symbol', 'ALPHAUSDT', '--yes').ended;
  expect([code, text.includes('flat:')]).toEqual([0, true]);
  expect(exchange.positions().map(({ symbol }) => symbol)).toEqual(['BRAVOUSDT']);
  expect(ground.file('KILL')).toBeUndefined();
});
