// Does a decided trade run its course? Entry, fill, every kind of exit, and commands whose ids are functions of the decision.
import { describe, expect, it } from 'vitest';
import {
  A,
  B,
  botOf,
  calm,
  HOUR,
  modelOf,
  ordersOf,
  signalsAt,
  START,
  textOf,
  type Bot,
  type BotSetup,
  type Prices,
} from '../../test/scenarios/engine/scripted-bot.ts';
import { FLAG_FILLED, FLAG_SEGMENT_START } from '../domain/candle.ts';
import { createRandom } from '../domain/random.ts';
import { step } from './step.ts';

/** A long entry decided at the close of bar 2, filled at the open of bar 3, and then `bars`. */
function longTrade(bars: readonly Prices[], setup: Partial<BotSetup> = {}): Bot {
  const bot = botOf({ script: signalsAt([2]), ...setup });
  for (const prices of bars) bot.bar(prices);
  return bot;
}

describe('an entry', () => {
  it('is ordered at the close of its signal with size, leverage and protection', () => {
    const bot = longTrade([]);
    expect(bot.commands).toEqual([
      {
        kind: 'place',
        order: {
          clientOrderId: `AUSDT-${(START + 3 * HOUR).toString(36)}-entry`,
          symbol: 'AUSDT',
          side: 'buy',
          quantity: 20,
          reduceOnly: false,
          leverage: 2,
          reason: 'entry',
          decidedAt: START + 3 * HOUR,
          decisionPrice: 100,
          protection: { stopFraction: 0.01, targetFraction: 0.02, trailingFraction: undefined },
        },
      },
    ]);
  });

  it('fills at the next open and is held', () => {
    const bot = longTrade([[100.5, 100.6, 100.4, 100.5]]);
    const [symbol] = bot.state.symbols;
    expect(symbol.trade).toMatchObject({
      direction: 1,
      decidedAt: START + 3 * HOUR,
      entryTime: START + 3 * HOUR,
      entryPrice: 100.5,
      entryQuantity: 20,
      stopPrice: 99.5,
      fees: 2.01,
    });
    expect(symbol.pending).toBeUndefined();
    expect(symbol.funnel).toMatchObject({ signals: 1, orders: 1, fills: 1 });
  });

  it('is not decided while the strategy is not ready, on a filled bar, or without allowed direction', () => {
    const silent = [
      botOf({ script: () => ({ signal: 1, ready: false }) }),
      botOf({ script: () => ({ signal: 1, allows: false }) }),
      botOf({ script: signalsAt([3]) }),
    ];
    silent[2].flagged(FLAG_FILLED, calm(100));
    expect(silent.map((bot) => bot.commands)).toEqual([[], [], []]);
    expect(silent[2].state.symbols[0].funnel).toMatchObject({ bars: 3, signals: 0 });
  });

  it('is not repeated while one is under way or held', () => {
    const bot = botOf({ script: () => ({ signal: 1 }) });
    bot.bar(undefined);
    for (let index = 0; index < 3; index += 1) bot.bar(calm(100));
    expect(ordersOf(bot.commands).map(({ reason }) => reason)).toEqual(['entry']);
  });

  it('waits over bars that were filled in and fills at the first traded open', () => {
    const bot = longTrade([]);
    bot.flagged(FLAG_FILLED, calm(100));
    expect(bot.state.symbols[0].trade).toBeUndefined();
    bot.bar([101, 101, 101, 101]);
    expect(bot.state.symbols[0].trade).toMatchObject({ entryPrice: 101, entryTime: START + 4 * HOUR });
  });

  it('that the venue refuses frees the slot', () => {
    const bot = botOf({ script: () => ({ signal: 1 }), risk: { maxOpenPositions: 1 } });
    const [first] = ordersOf(bot.commands);
    expect(first.reason).toBe('entry');
    const { clientOrderId, symbol } = first;
    bot.venue.cancel(symbol, clientOrderId);
    bot.send({ kind: 'order-refused', time: bot.time, symbol, clientOrderId, reason: 'leverage-above-tier' });
    const [again] = ordersOf(bot.bar(calm(100)));
    expect(again.reason).toBe('entry');
    expect(again.clientOrderId).not.toBe(clientOrderId);
    expect(bot.state.symbols[0].funnel.refused.venue).toBe(1);
  });
});

describe('an exit', () => {
  const flat: Prices = calm(100);
  it.each<[string, readonly Prices[], Partial<BotSetup>, { reason: string; price: number; at: number }]>([
    ['by the resting stop', [flat, [100, 100, 98.9, 99]], {}, { reason: 'stop', price: 99, at: 5 }],
    ['by the resting target', [flat, [100, 102.5, 100, 102]], {}, { reason: 'target', price: 102, at: 5 }],
    [
      'by time, at the open after the last bar',
      [flat, flat, flat, flat, flat, [100.3, 100.3, 100.3, 100.3]],
      {},
      { reason: 'time-exit', price: 100.3, at: 8 },
    ],
    [
      'by an opposite signal, at the next open',
      [flat, flat, [100.2, 100.2, 100.2, 100.2]],
      { script: (bar) => ({ signal: bar === 2 ? 1 : bar === 4 ? -1 : 0 }), exits: { exitOnOppositeSignal: true } },
      { reason: 'signal-exit', price: 100.2, at: 5 },
    ],
  ])('%s', (_, bars, setup, expected) => {
    const bot = longTrade(bars, setup);
    const { roundTrips, symbols } = bot.state;
    expect(roundTrips).toHaveLength(1);
    expect(roundTrips[0]).toMatchObject({ reason: expected.reason, exitPrice: expected.price, direction: 1 });
    expect(roundTrips[0].exitTime).toBeGreaterThan(START + (expected.at - 1) * HOUR);
    expect(roundTrips[0].exitTime).toBeLessThanOrEqual(START + expected.at * HOUR);
    expect(symbols[0]).toMatchObject({ trade: undefined, pending: undefined });
    const { grossPnl, fees, funding, netPnl } = roundTrips[0];
    expect(grossPnl).toBeCloseTo((expected.price - 100) * 20, 9);
    expect(fees).toBeCloseTo(0.001 * 20 * (100 + expected.price), 9);
    expect(netPnl).toBe(grossPnl - fees - funding);
  });

  it('is not made by an opposite signal where the settings do not say so', () => {
    const bot = longTrade([flat, flat, flat], { script: (bar) => ({ signal: bar === 2 ? 1 : bar > 2 ? -1 : 0 }) });
    expect(bot.state.roundTrips).toHaveLength(0);
    expect(ordersOf(bot.commands)).toHaveLength(1);
  });

  it('is not made by an opposite signal of a strategy that is not ready', () => {
    const bot = longTrade([flat, flat, flat], {
      script: (bar) => ({ signal: bar === 2 ? 1 : -1, ready: bar <= 2 }),
      exits: { exitOnOppositeSignal: true },
    });
    expect(ordersOf(bot.commands)).toHaveLength(1);
  });

  it('by time goes on although the strategy is not ready any more', () => {
    const bot = longTrade([flat, flat, flat, flat, flat, flat], {
      script: (bar) => ({ signal: bar === 2 ? 1 : 0, ready: bar <= 2 }),
    });
    expect(bot.state.roundTrips.map(({ reason }) => reason)).toEqual(['time-exit']);
  });

  it('by time counts the hours of a hole, not the candles that are there', () => {
    const bot = longTrade([flat]);
    for (let missing = 0; missing < 10; missing += 1) bot.bar(undefined);
    const [exit] = ordersOf(bot.flagged(FLAG_SEGMENT_START, flat));
    expect(exit).toMatchObject({ reason: 'time-exit', reduceOnly: true, quantity: 20 });
  });

  it('by time counts an entry some seconds after the open as one at the open', () => {
    const { state } = botOf({ script: signalsAt([2]) });
    const fill = {
      kind: 'fill',
      time: START + 3 * HOUR + 2500,
      symbol: 'AUSDT',
      clientOrderId: `AUSDT-${(START + 3 * HOUR).toString(36)}-entry`,
      side: 'buy',
      quantity: 20,
      price: 100,
      fee: 0,
      slippage: 0,
      liquidity: 'taker',
      reason: 'entry',
      stopPrice: 99,
      targetPrice: 102,
      liquidationPrice: undefined,
      ambiguous: false,
    } as const;
    step(state, fill);
    const reasons = Array.from({ length: 5 }, (_, index) => {
      const openTime = START + (3 + index) * HOUR;
      const candle = { openTime, closeTime: openTime + HOUR, open: 100, high: 100, low: 100, close: 100 };
      const slice = { kind: 'slice', time: openTime + HOUR, candles: [{ ...candle, volume: 1, flags: 0 }] } as const;
      const { commands } = step(state, { ...slice, funding: [{ rate: NaN, previousRate: NaN, time: NaN }] });
      return ordersOf(commands).map(({ reason }) => reason);
    });
    expect(reasons).toEqual([[], [], [], [], ['time-exit']]);
  });

  it('that the venue refuses is sent again at the next close', () => {
    const bot = longTrade([flat, flat, flat, flat, flat]);
    const exit = ordersOf(bot.commands)[1];
    expect(exit.reason).toBe('time-exit');
    const { symbol, clientOrderId } = exit;
    bot.venue.cancel(symbol, clientOrderId);
    bot.send({ kind: 'order-refused', time: bot.time, symbol, clientOrderId, reason: 'try-later' });
    const [again] = ordersOf(bot.bar(flat));
    expect(again).toMatchObject({ reason: 'time-exit', quantity: 20 });
    expect(again.clientOrderId).not.toBe(clientOrderId);
  });

  it('of a short is the mirror image', () => {
    const bot = longTrade([flat, [100, 101.1, 100, 101]], { script: signalsAt([2], -1) });
    expect(bot.state.roundTrips[0]).toMatchObject({ direction: -1, reason: 'stop', exitPrice: 101 });
    expect(bot.state.roundTrips[0].grossPnl).toBeCloseTo(-20, 9);
  });
});

describe('funding', () => {
  it('belongs to the trade and to the ledger', () => {
    const bars = Array.from({ length: 6 }, () => calm(100));
    const bot = longTrade(bars, { fundingRate: 0.001, exits: { maxHoldBars: 20 } });
    // Entered at 03:00, the stamp of 08:00 is due on 20 × 100.
    expect(bot.state.symbols[0].trade?.funding).toBeCloseTo(2, 9);
  });
});

describe('a model', () => {
  it('of another schema is refused, and nothing has changed', () => {
    const bot = botOf({ script: signalsAt([]), metaModel: 'on', model: modelOf() });
    const before = textOf(bot.state);
    const wrong = { kind: 'model-promoted', time: bot.time, symbol: 'AUSDT', model: modelOf({ schemaHash: 'other' }) };
    expect(() => bot.send(wrong as Parameters<Bot['send']>[0])).toThrow(/schema/);
    expect(textOf(bot.state)).toBe(before);
  });

  it('that is missing opens nothing, while what is held is closed (M8)', () => {
    const bot = botOf({ script: () => ({ signal: 1 }), metaModel: 'on', model: modelOf() });
    bot.bar(calm(100));
    expect(bot.state.symbols[0].trade).toBeDefined();
    bot.send({ kind: 'model-promoted', time: bot.time, symbol: 'AUSDT', model: undefined });
    for (let index = 0; index < 8; index += 1) bot.bar(calm(100));
    expect(bot.state.roundTrips.map(({ reason, modelId }) => [reason, modelId])).toEqual([['time-exit', 'model-1']]);
    expect(ordersOf(bot.commands).filter(({ reason }) => reason === 'entry')).toHaveLength(1);
    expect(bot.state.symbols[0].funnel.refused['no-model']).toBeGreaterThan(0);
    expect(bot.notes.at(-1)).toMatchObject({ kind: 'model', symbol: 'AUSDT', modelId: undefined });
  });

  it('that cannot judge a row opens nothing and says so', () => {
    const cannotMiss = { mayBeMissing: Uint8Array.of(0, 0) } as unknown as ReturnType<typeof modelOf>['ensemble'];
    const model = modelOf({ skilled: true, ensemble: cannotMiss });
    const bot = botOf({ script: () => ({ signal: 1 }), metaModel: 'on', model });
    expect(bot.commands).toEqual([]);
    expect(bot.state.symbols[0].funnel.refused['undefined-features']).toBe(3);
  });
});

const script: BotSetup['script'] = (bar, symbol) => ({
  signal: (bar + symbol) % 4 === 2 ? 1 : bar % 5 === 4 ? -1 : 0,
});

describe('the same events', () => {
  const setup: BotSetup = {
    script,
    instruments: [A, B],
    metaModel: 'on',
    model: modelOf(),
    guard: { enabled: true, minTrades: 3, cooldownHours: 2, shadowMinTrades: 1 },
    exits: { exitOnOppositeSignal: true },
  };

  it('give the same commands, notes and state, and ids never repeat', () => {
    const bot = botOf(setup);
    const random = createRandom('engine/determinism');
    let price = 100;
    for (let bar = 0; bar < 300; bar += 1) {
      const prices = [0, 1].map((): Prices | undefined => {
        const open = price;
        price = Math.round(100 * price * Math.exp(0.006 * random.normal())) / 100;
        const high = Math.max(open, price) + 0.2;
        return random.next() < 0.05 ? undefined : [open, high, Math.min(open, price) - 0.2, price];
      });
      bot.flagged(random.next() < 0.05 ? FLAG_FILLED : 0, ...prices);
    }
    expect(bot.state.roundTrips.length).toBeGreaterThan(30);
    const other = botOf({ ...setup, calmBars: 0, model: undefined });
    const commands = bot.events.flatMap((event) => step(other.state, structuredClone(event)).commands);
    expect(commands).toEqual(bot.commands);
    expect(textOf(other.state)).toBe(textOf(bot.state));
    const ids = ordersOf(bot.commands).map(({ clientOrderId }) => clientOrderId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('leave nothing in common between two bots', () => {
    const one = botOf(setup);
    const before = textOf(one.state);
    botOf(setup).bar(calm(100), calm(100));
    expect(textOf(one.state)).toBe(before);
  });
});

it('an event of an unknown symbol, or a fill that nobody asked for, stops the bot', () => {
  const bot = longTrade([]);
  const { state } = bot;
  expect(() => step(state, { kind: 'model-promoted', time: 0, symbol: 'ZUSDT', model: undefined })).toThrow(/ZUSDT/);
  const fill = { kind: 'fill', time: 0, symbol: 'AUSDT', clientOrderId: 'stranger', side: 'buy', quantity: 1 } as const;
  const rest = { price: 1, fee: 0, slippage: 0, liquidity: 'taker', reason: 'entry', ambiguous: false } as const;
  const prices = { stopPrice: undefined, targetPrice: undefined, liquidationPrice: undefined };
  expect(() => step(state, { ...fill, ...rest, ...prices })).toThrow(/no decision/);
  expect(state.ledger.lines).toHaveLength(0);
});
