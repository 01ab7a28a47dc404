// When does a rebalance add to a position, and how much? Up to its target, beside exits that stay, unless something speaks against it.
import { describe, expect, it } from 'vitest';
import { botWith, feed, PATIENT, rebalancesOf, wave } from '../../test/scenarios/engine/rebalancing-bot.ts';
import {
  A,
  B,
  calm,
  HOUR,
  modelOf,
  ordersOf,
  START,
  type Bot,
  type BotSetup,
  type Line,
  type Prices,
  type Settings,
} from '../../test/scenarios/engine/scripted-bot.ts';
import { portfolioParams } from '../../test/scenarios/portfolio-market.ts';
import { FLAG_FILLED } from '../domain/candle.ts';
import type { OrderIntent } from '../domain/order.ts';
import type { PortfolioParams } from '../portfolio/portfolio-params.ts';

/** Two seats by inverse volatility, decided every six hours. */
const byVolatility = (noTradeBand = 0.1, more: Parameters<typeof portfolioParams>[0] = {}): PortfolioParams =>
  portfolioParams({
    crossSectional: { topK: 2, rebalanceIntervalHours: 6, allocation: 'inverse_volatility' },
    covariance: { lookbackDays: 1, shrinkage: 0 },
    rebalancing: { noTradeBand, increase: true },
    ...more,
  });

/** Both are entered at bar 20, when A is four times as wild as B, and nothing is said after that. */
const once: BotSetup['script'] = (bar) => ({ signal: bar === 20 ? 1 : 0 });
/** What is said of A from bar 24 on. */
const then =
  (line: Line): BotSetup['script'] =>
  (bar, symbol) =>
    bar >= 24 && symbol === 0 ? line : { signal: bar === 20 ? 1 : 0 };

const alike = (hour: number): number[] => [wave(hour), wave(hour + 1)];
const wildA = (hour: number): number[] => [4 * wave(hour), wave(hour + 1)];

/** A is wild for a day and then as calm as B. */
function calmDown(bot: Bot): Bot {
  feed(bot, 36, alike, feed(bot, 24, wildA));
  return bot;
}

const increases = (bot: Bot): OrderIntent[] =>
  ordersOf(bot.commands).filter(({ reason, reduceOnly }) => reason === 'rebalance' && !reduceOnly);
const shareOf = (bot: Bot, at: number): number => {
  const rebalance = rebalancesOf(bot).at(at);
  if (rebalance === undefined) return NaN;
  const { weights, selected } = rebalance;
  return weights[selected.indexOf('AUSDT')] * selected.length;
};
const heldOf = ({ state }: Bot) => state.symbols[0].trade;

describe('a position smaller than its new target', () => {
  it('is added to by a market order, and what rests to protect it stays where it is', () => {
    const bot = botWith(byVolatility(), { script: once });
    const last = feed(bot, 24, wildA);
    const { stopPrice, targetPrice } = bot.venue.position(0) ?? {};
    feed(bot, 36, alike, last);
    const added = increases(bot);
    expect(added.length).toBeGreaterThan(0);
    for (const order of added) {
      expect(order).toMatchObject({ symbol: 'AUSDT', side: 'buy', protection: undefined, leverage: 2 });
      expect(order.clientOrderId).toBe(`AUSDT-${order.decidedAt.toString(36)}-increase`);
      expect(rebalancesOf(bot).some(({ time }) => time === order.decidedAt)).toBe(true);
    }
    const trade = heldOf(bot);
    const opened = trade?.openedQuantity ?? NaN;
    expect(trade?.decision.sizing.share).toBeCloseTo(0.4, 1);
    expect(shareOf(bot, -1)).toBeCloseTo(1, 1);
    const target = (opened * shareOf(bot, -1)) / (trade?.decision.sizing.share ?? NaN);
    expect(target / opened).toBeGreaterThan(2);
    expect(trade?.quantity).toBeLessThanOrEqual(target * 1.1);
    expect(trade?.quantity).toBeGreaterThanOrEqual(target * 0.9 - A.lotSize);
    const bought = added.reduce((sum, { quantity }) => sum + quantity, 0);
    expect(opened + bought).toBeCloseTo(trade?.quantity ?? NaN, 9);
    expect(bot.venue.position(0)).toMatchObject({ quantity: trade?.quantity, stopPrice, targetPrice });
    expect(ordersOf(bot.commands).filter(({ reason }) => reason === 'entry')).toHaveLength(2);
    // What B lost.
    expect(bot.state.symbols[1].trade?.quantity).toBeLessThan(bot.state.symbols[1].trade?.openedQuantity ?? 0);
  });

  it('grows again after it was reduced, and is measured against its entry all the time', () => {
    const bot = botWith(byVolatility(), { script: once });
    const day = (steps: (hour: number) => number[], last: number[]) => feed(bot, 30, steps, last);
    let last = day(alike, [100, 100]);
    const opened = heldOf(bot)?.openedQuantity ?? NaN;
    last = day(wildA, last);
    expect(heldOf(bot)?.quantity).toBeLessThan(0.5 * opened);
    day(alike, last);
    const trade = heldOf(bot);
    expect(increases(bot).length).toBeGreaterThan(0);
    expect(trade?.openedQuantity).toBe(opened);
    expect(trade?.quantity).toBeGreaterThanOrEqual(0.9 * opened - A.lotSize);
    expect(trade?.quantity).toBeLessThanOrEqual(1.1 * opened);
    expect(trade?.entryQuantity).toBeGreaterThan(opened);
  });

  it('is left alone inside the band, and where the settings say so', () => {
    expect(increases(calmDown(botWith(byVolatility(10), { script: once })))).toEqual([]);
    const falling = byVolatility(0.1, { rebalancing: { noTradeBand: 0.1, increase: false } });
    expect(increases(calmDown(botWith(falling, { script: once })))).toEqual([]);
  });

  it('is added to only when there is room for it: what a reduction frees counts once it has filled', () => {
    const free = increases(calmDown(botWith(byVolatility(), { script: once })));
    // Both together are 4,000 of 10,000: the net limit leaves less than the band, until B has been reduced.
    const tight = byVolatility(0.1, { limits: { maxNet: 0.402 } });
    const bot = calmDown(botWith(tight, { script: once }));
    const [first] = increases(bot);
    const reduction = ordersOf(bot.commands).find(({ symbol, reduceOnly }) => symbol === 'BUSDT' && reduceOnly);
    expect(first.decidedAt).toBe((reduction?.decidedAt ?? NaN) + 6 * HOUR);
    expect(first.decidedAt).toBeGreaterThan(free[0].decidedAt);
  });

  it.each<[string, Line, boolean]>([
    ['the signal is silent', {}, true],
    ['the signal points with it', { signal: 1 }, true],
    ['the signal points against it', { signal: -1 }, false],
    ['the regime does not allow the side', { allows: false }, false],
    ['the regime leaves no size', { regimeSize: 0 }, false],
    ['the strategy is not ready', { ready: false }, false],
  ])('while %s: %s grows: %s', (_, line, grows) => {
    expect(increases(calmDown(botWith(byVolatility(), { script: then(line) }))).length > 0).toBe(grows);
  });

  it.each<[string, Line, number, boolean]>([
    ['thinks well of the signal', { signal: 1 }, 0.7, true],
    ['would not enter', { signal: 1 }, 0.5, false],
    ['is not asked, for there is no signal', {}, 0.5, true],
  ])('where the meta-model %s: grows: %s', (_, line, baseRate, grows) => {
    const bot = botWith(byVolatility(), { script: then(line), model: modelOf() }, { ...PATIENT, metaModel: 'on' });
    const last = feed(bot, 24, wildA);
    bot.send({ kind: 'model-promoted', time: bot.time, symbol: 'AUSDT', model: modelOf({ baseRate }) });
    feed(bot, 36, alike, last);
    expect(heldOf(bot)).toBeDefined();
    expect(increases(bot).length > 0).toBe(grows);
  });

  it.each(['REDUCED', 'PAUSED'] as const)('is not added to while the guard is %s', (mode) => {
    const settings: Settings = { ...PATIENT, guard: { enabled: true, reducedSize: 1, recoveryWinRate: 1 } };
    const restrained = botWith(byVolatility(), { script: once }, settings);
    const last = feed(restrained, 24, wildA);
    restrained.state.guard.mode = mode;
    restrained.state.guard.pausedAt = restrained.time;
    restrained.state.guard.losingStreak = 5;
    feed(restrained, 36, alike, last);
    expect(restrained.state.guard.mode).toBe(mode);
    expect(increases(restrained)).toEqual([]);
    expect(increases(calmDown(botWith(byVolatility(), { script: once }, settings))).length).toBeGreaterThan(0);
  });

  it.each(['haltedAt', 'blockedDay'] as const)('is not added to while the account is blocked: %s', (block) => {
    const bot = botWith(byVolatility(), { script: once });
    let last = feed(bot, 24, wildA);
    for (let hour = 0; hour < 36; hour += 1) {
      bot.state.limits[block] = block === 'haltedAt' ? START : Math.floor((bot.time + HOUR) / (24 * HOUR));
      last = feed(bot, 1, () => alike(hour), last);
    }
    expect(increases(bot)).toEqual([]);
  });

  it('is not added to at a candle that no trade made', () => {
    const bot = botWith(byVolatility(), { script: once });
    const last = feed(bot, 47, (hour) => (hour < 24 ? wildA : alike)(hour));
    const before = increases(bot).length;
    bot.flagged(FLAG_FILLED, ...last.map(calm));
    expect(rebalancesOf(bot).at(-1)?.time).toBe(bot.time);
    expect(increases(bot)).toHaveLength(before);
  });

  it('leaves first place to an exit that is due', () => {
    const settings = { ...PATIENT, exits: { ...PATIENT.exits, maxHoldBars: 21 } };
    const bot = calmDown(botWith(byVolatility(0.02), { script: once }, settings));
    const due = START + 42 * HOUR;
    expect(rebalancesOf(bot).some(({ time }) => time === due)).toBe(true);
    const exits = ordersOf(bot.commands).filter(({ decidedAt }) => decidedAt === due);
    expect(exits.map(({ reason }) => reason)).toEqual(['time-exit', 'time-exit']);
  });
});

/** Until an increase of A is under way, at a close that stands at `last`. */
function underWay(settings: Settings = PATIENT): { bot: Bot; last: number[] } {
  const bot = botWith(byVolatility(), { script: once, instruments: [A, B] }, settings);
  let last = feed(bot, 24, wildA);
  for (let hour = 0; bot.state.symbols[0].pending?.purpose !== 'increase'; hour += 1) {
    last = feed(bot, 1, () => alike(hour), last);
    if (hour > 36) throw new Error('nothing was ever added');
  }
  return { bot, last };
}

describe('an increase under way', () => {
  it('waits over candles that no trade made', () => {
    const { bot, last } = underWay();
    const before = heldOf(bot)?.quantity ?? NaN;
    bot.flagged(FLAG_FILLED, ...last.map(calm));
    expect(heldOf(bot)?.quantity).toBe(before);
    bot.bar(...last.map(calm));
    expect(heldOf(bot)?.quantity).toBeGreaterThan(before);
  });

  it('is closed at once where a gap beyond liquidation took the position first', () => {
    const far: Settings = { ...PATIENT, exits: { stopFraction: 0.45, targetFraction: undefined, maxHoldBars: 1_000 } };
    const { bot, last } = underWay(far);
    const gap = last[0] * 0.4;
    const bars: Prices[] = [calm(gap), calm(last[1])];
    bot.bar(...bars);
    expect(bot.state.roundTrips.map(({ reason }) => reason)).toEqual(['liquidation']);
    expect(heldOf(bot)?.entryPrice).toBeCloseTo(gap, 1);
    expect(ordersOf(bot.commands).at(-1)).toMatchObject({ symbol: 'AUSDT', reduceOnly: true, reason: 'rebalance' });
    bot.bar(...bars);
    expect(bot.state.symbols[0]).toMatchObject({ trade: undefined, pending: undefined, closing: undefined });
    expect(bot.venue.position(0)).toBeUndefined();
  });

  it('is taken back when the stop ends the position first', () => {
    const { bot } = underWay();
    const { trade, pending } = bot.state.symbols[0];
    const { quantity = NaN, stopPrice = NaN } = trade ?? {};
    const commands = bot.send({
      kind: 'fill',
      time: bot.time,
      symbol: 'AUSDT',
      clientOrderId: 'stop',
      side: 'sell',
      quantity,
      price: stopPrice,
      fee: 0,
      slippage: 0,
      liquidity: 'taker',
      reason: 'stop',
      stopPrice: undefined,
      targetPrice: undefined,
      liquidationPrice: undefined,
      ambiguous: false,
    });
    const { clientOrderId } = pending?.order ?? {};
    expect(commands).toEqual([{ kind: 'cancel', symbol: 'AUSDT', clientOrderId }]);
    expect(bot.state.symbols[0]).toMatchObject({ trade: undefined, pending: undefined, closing: undefined });
  });

  it('is taken back when the position ends by a command, and the exit follows', () => {
    const { bot, last } = underWay();
    bot.send({ kind: 'flatten', time: bot.time, reason: 'operator' });
    expect(bot.state.symbols[0].pending).toBeUndefined();
    bot.bar(...last.map(calm));
    bot.bar(...last.map(calm));
    expect(bot.state.symbols[0].trade).toBeUndefined();
    expect(bot.state.roundTrips.find(({ symbol }) => symbol === 'AUSDT')).toMatchObject({ reason: 'operator' });
  });
});
