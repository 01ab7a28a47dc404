// L7, L8: which rules throw the switch, that it is on the disk before anything else, and that only a person takes it back.
import { describe, expect, it } from 'vitest';
import { Killed } from './memory-journal.ts';
import { rehearsedBot, type RehearsedBot } from './rehearsed-bot.ts';
import { always, entriesAfter, HOUR, smallBot, type SmallBot, type SmallBotOptions } from './small-bot.ts';

const ADVERSE = { risk: { maxLeverage: 10, basePositionFraction: 0.3, maxPositionFraction: 0.3 } };

/** Runs until something is held. */
async function withPosition(options: SmallBotOptions = {}): Promise<SmallBot & { readonly life: RehearsedBot }> {
  const ground = smallBot(options);
  const life = rehearsedBot(ground.bot);
  for (let hour = 1; ground.exchange.positions().length === 0 && hour < 100; hour += 1) {
    await life.run(ground.start + hour * HOUR);
  }
  expect(ground.exchange.positions().length).toBeGreaterThan(0);
  return { ...ground, life };
}

/** Runs until the bot has thrown the switch. */
async function untilKilled({ life, exchange, latches }: SmallBot & { readonly life: RehearsedBot }): Promise<void> {
  const { now } = exchange;
  for (let hour = 1; latches.read('kill') === undefined && hour < 150; hour += 1) await life.run(now + hour * HOUR);
}

function broken({ life }: { readonly life: RehearsedBot }): readonly unknown[] {
  return life.incidents.filter(({ kind }) => kind === 'rule-broken').map(({ detail }) => detail['rule']);
}

/** Flat at the venue, and nothing opened since, in the hours to come. */
async function expectDead(ground: SmallBot & { readonly life: RehearsedBot }, rule: string): Promise<void> {
  const { exchange, latches, life } = ground;
  const { now } = exchange;
  expect(latches.read('kill')).toMatchObject({ by: `rule ${rule}` });
  await life.run(now + 30 * HOUR);
  expect(exchange.positions()).toEqual([]);
  expect(exchange.openOrders({})).toEqual([]);
  expect(entriesAfter(ground, now)).toBe(0);
  expect(life.incidents.find(({ kind }) => kind === 'killed')?.detail['report']).toMatchObject({ flat: true });
  expect(latches.reports.at(-1)).toMatchObject({ state: 'flat', flat: true });
  expect(life.engine.state.ledger.wallet).toBe(exchange.ledger.wallet);
}

describe('the kill switch is thrown by', () => {
  it('the drawdown limit, once, and a resume does not reset the limit', async () => {
    const ground = smallBot({ settings: { risk: { ...ADVERSE.risk, drawdownLimit: 0.02 } } });
    const life = rehearsedBot(ground.bot);
    await untilKilled({ ...ground, life });
    expect(broken({ life })).toEqual(['drawdown']);
    await expectDead({ ...ground, life }, 'drawdown');
    ground.latches.clear('kill');
    const next = rehearsedBot(ground.bot);
    const resumedAt = ground.exchange.now;
    await next.run(resumedAt + 10 * HOUR);
    expect(ground.latches.read('kill')).toBeUndefined();
    expect(next.engine.state.limits.haltedAt).toBeDefined();
    expect(entriesAfter(ground, resumedAt)).toBe(0);
  });

  it('the daily loss limit where the settings say so', async () => {
    const risk = { ...ADVERSE.risk, dailyLossLimit: 0.01 };
    const ground = smallBot({ settings: { risk }, kill: { dailyLoss: 'kill' } });
    const life = rehearsedBot(ground.bot);
    await untilKilled({ ...ground, life });
    await expectDead({ ...ground, life }, 'daily-loss');
  });

  it('a liquidation', async () => {
    const ground = await withPosition();
    ground.exchange.fate.liquidate(ground.exchange.positions()[0].symbol);
    await ground.life.run(ground.exchange.now + HOUR);
    await expectDead(ground, 'liquidation');
  });

  it('too many refusals of the venue within the window', async () => {
    const isBad = { now: false };
    const ground = await withPosition({
      kill: { errors: 3, errorsWindowMinutes: 600, outagesCount: true },
      fate: (call) => (isBad.now && call === 'balance' ? 'refused' : 'pass'),
    });
    isBad.now = true;
    await untilKilled(ground);
    isBad.now = false;
    await expectDead(ground, 'errors');
  });

  it('stops that could not be placed', async () => {
    const isBad = { now: false };
    const ground = await withPosition({
      kill: { protectionFailures: 1 },
      fate: (call) => (isBad.now && call === 'protect' ? 'refused' : 'pass'),
    });
    isBad.now = true;
    ground.exchange.fate.dropProtection(ground.exchange.positions()[0].symbol);
    await untilKilled(ground);
    isBad.now = false;
    await expectDead(ground, 'protection');
  });

  it('orders that the venue refuses again and again, where the settings say so', async () => {
    const ground = smallBot({
      kill: { rejections: 3, rejectionsAction: 'kill', rejectionsWindowMinutes: 600 },
      script: always(1),
    });
    ground.exchange.fate.setReduceOnly('ALPHAUSDT', true);
    ground.exchange.fate.setReduceOnly('BRAVOUSDT', true);
    const life = rehearsedBot(ground.bot);
    await life.run(ground.start + 12 * HOUR);
    expect(life.incidents.filter(({ kind }) => kind === 'order-rejected').length).toBeGreaterThanOrEqual(3);
    await expectDead({ ...ground, life }, 'rejections');
  });
});

it('silence of the venue is no error unless the settings say so', async () => {
  const isBad = { now: false };
  const ground = await withPosition({
    kill: { errors: 3, errorsWindowMinutes: 180 },
    fate: () => (isBad.now ? 'refused' : 'pass'),
  });
  isBad.now = true;
  await ground.life.run(ground.exchange.now + HOUR);
  isBad.now = false;
  expect(ground.latches.read('kill')).toBeUndefined();
  expect(broken(ground)).toEqual([]);
});

it('auto-deleveraging pauses by default: nothing is opened, and what is held stays with its stop', async () => {
  const ground = await withPosition();
  const { exchange, life, latches } = ground;
  const [{ symbol, quantity }] = exchange.positions();
  exchange.fate.deleverage(symbol, Math.abs(quantity) / 2);
  const { now } = exchange;
  await life.run(now + 2 * HOUR);
  expect(latches.read('pause')).toMatchObject({ by: 'rule deleverage' });
  expect(latches.read('kill')).toBeUndefined();
  expect(entriesAfter(ground, now + HOUR)).toBe(0);
  for (const { stopPrice } of exchange.positions()) expect(stopPrice).toBeGreaterThan(0);
});

it('a program that dies between the limit and the switch throws it when it starts again', async () => {
  const options = { settings: { risk: { ...ADVERSE.risk, drawdownLimit: 0.02 } } };
  const ground = smallBot(options);
  const { latches, journal, exchange, start } = ground;
  let isDead = false;
  const dying = {
    latches: { ...latches, set: () => void (isDead = true) },
    journal: {
      ...journal,
      commit: (rows: Parameters<typeof journal.commit>[0]) => {
        if (isDead) throw new Killed();
        return journal.commit(rows);
      },
    },
  };
  const life = rehearsedBot({ ...ground.bot, ...dying });
  await expect(life.run(start + 190 * HOUR)).rejects.toThrow(Killed);
  expect(isDead).toBe(true);
  expect(latches.read('kill')).toBeUndefined();
  expect([...journal.read({ stream: 'latch' })]).toEqual([]);
  const next = rehearsedBot(ground.bot);
  await next.run(exchange.now + HOUR);
  await expectDead({ ...ground, life: next }, 'drawdown');
});

it('a disk that refuses the switch does not keep the account from being closed, and gets it later', async () => {
  const ground = smallBot();
  const { exchange, latches, bot } = ground;
  let isFull = true;
  const set: typeof latches.set = (name, latch) => {
    if (isFull) throw new Error('no space left on device');
    latches.set(name, latch);
  };
  const life = rehearsedBot({ ...bot, latches: { ...latches, set } });
  for (let hour = 1; exchange.positions().length === 0; hour += 1) await life.run(ground.start + hour * HOUR);
  exchange.fate.liquidate(exchange.positions()[0].symbol);
  const { now } = exchange;
  await life.run(now + 20 * HOUR);
  expect(latches.read('kill')).toBeUndefined();
  expect(exchange.positions()).toEqual([]);
  expect(entriesAfter(ground, now)).toBe(0);
  expect(life.incidents.filter(({ kind }) => kind === 'latch-unwritable')).toHaveLength(1);
  isFull = false;
  await life.run(now + 21 * HOUR);
  await expectDead({ ...ground, life }, 'liquidation');
});

it('counts go on over a restart', async () => {
  const isBad = { now: false };
  const fate = (call: string) => (isBad.now && call === 'balance' ? 'refused' : 'pass');
  const ground = await withPosition({ fate, kill: { errors: 8, errorsWindowMinutes: 10_000, outagesCount: true } });
  const { exchange, latches, bot } = ground;
  isBad.now = true;
  await ground.life.run(exchange.now + 3 * HOUR);
  expect(latches.read('kill')).toBeUndefined();
  const before = ground.life.incidents.filter(({ kind }) => kind === 'venue-error').length;
  expect(before).toBeGreaterThan(1);
  const life = rehearsedBot(bot);
  await untilKilled({ ...ground, life });
  isBad.now = false;
  const after = life.incidents.filter(({ kind }) => kind === 'venue-error').length;
  expect(before + after).toBe(8);
  await expectDead({ ...ground, life }, 'errors');
});
