// What does a rebalance take out of the book? Who left is closed or left alone, and who grew too large is reduced.
import { describe, expect, it } from 'vitest';
import { botWith, feed, PATIENT, rebalancesOf, wave } from '../../test/scenarios/engine/rebalancing-bot.ts';
import {
  A,
  B,
  HOUR,
  modelOf,
  ordersOf,
  START,
  type Bot,
  type BotSetup,
  type Settings,
} from '../../test/scenarios/engine/scripted-bot.ts';
import { portfolioParams } from '../../test/scenarios/portfolio-market.ts';
import type { PortfolioParams } from '../portfolio/portfolio-params.ts';

const SHARPE_ONLY = { sharpe: 1, adx: 0, confidence: 0, volatility: 0 };
/** One seat, decided every six hours by the Sharpe ratio of a day. */
const oneSeat = (onLeaving: 'own_exit' | 'close'): PortfolioParams =>
  portfolioParams({
    crossSectional: { topK: 1, rebalanceIntervalHours: 6, sharpeLookbackDays: 1, scoreWeights: SHARPE_ONLY },
    selection: { onLeaving },
  });

/** A leads for a day, then B does. */
const changeOfLead = (bot: Bot): void => {
  const last = feed(bot, 24, (hour) => [wave(hour) + 0.001, wave(hour) - 0.001]);
  feed(bot, 36, (hour) => [wave(hour) - 0.002, wave(hour) + 0.002], last);
};

describe('a symbol that is not selected', () => {
  it('is never entered, and the funnel says so', () => {
    const bot = botWith(oneSeat('own_exit'));
    changeOfLead(bot);
    let selected: readonly string[] = [];
    const selectedAt = new Map<number, readonly string[]>();
    for (const event of bot.events) {
      if (event.kind !== 'slice') continue;
      selected = rebalancesOf(bot).find(({ time }) => time === event.time)?.selected ?? selected;
      selectedAt.set(event.time, selected);
    }
    const entries = ordersOf(bot.commands).filter(({ reason }) => reason === 'entry');
    expect(entries.map(({ symbol }) => symbol)).toEqual(['AUSDT', 'BUSDT']);
    for (const { symbol, decidedAt } of entries) expect(selectedAt.get(decidedAt)).toContain(symbol);
    expect(bot.state.symbols[1].funnel.refused['not-selected']).toBeGreaterThan(20);
    expect(rebalancesOf(bot).map(({ time }) => time % (6 * 3_600_000))).toEqual([
      3_600_000,
      ...rebalancesOf(bot)
        .slice(1)
        .map(() => 0),
    ]);
  });

  it('keeps its position to its own exit, or has it closed, by setting', () => {
    const own = botWith(oneSeat('own_exit'));
    changeOfLead(own);
    expect(ordersOf(own.commands).filter(({ reduceOnly }) => reduceOnly)).toEqual([]);
    expect(own.state.symbols.map(({ trade }) => trade !== undefined)).toEqual([true, true]);

    const closing = botWith(oneSeat('close'));
    changeOfLead(closing);
    const [exit, ...more] = ordersOf(closing.commands).filter(({ reduceOnly }) => reduceOnly);
    expect(more).toEqual([]);
    expect(exit).toMatchObject({ symbol: 'AUSDT', reason: 'rebalance', side: 'sell' });
    const rebalance = rebalancesOf(closing).find(({ time }) => time === exit.decidedAt);
    expect(rebalance).toMatchObject({ left: ['AUSDT'], entered: ['BUSDT'] });
    expect(closing.state.symbols.map(({ trade }) => trade !== undefined)).toEqual([false, true]);
    expect(closing.state.roundTrips.map(({ symbol, reason }) => [symbol, reason])).toEqual([['AUSDT', 'rebalance']]);
  });
});

/** Two seats by inverse volatility: A becomes four times as wild after a day. */
const byVolatility = (noTradeBand: number): PortfolioParams =>
  portfolioParams({
    crossSectional: { topK: 2, rebalanceIntervalHours: 6, allocation: 'inverse_volatility' },
    covariance: { lookbackDays: 1, shrinkage: 0 },
    rebalancing: { noTradeBand, increase: false },
  });
const growWild = (bot: Bot): void => {
  const last = feed(bot, 24, (hour) => [wave(hour), wave(hour + 1)]);
  feed(bot, 36, (hour) => [4 * wave(hour), wave(hour + 1)], last);
};
/** Entries wait until the shares are known. */
const afterADay: BotSetup['script'] = (bar) => ({ signal: bar >= 20 ? 1 : 0 });

describe('a position larger than its new target', () => {
  it('is reduced to it by a reduce-only order', () => {
    const bot = botWith(byVolatility(0.1), { script: afterADay });
    growWild(bot);
    const reductions = ordersOf(bot.commands).filter(({ reduceOnly }) => reduceOnly);
    expect(reductions.length).toBeGreaterThan(0);
    for (const order of reductions) expect(order).toMatchObject({ symbol: 'AUSDT', reason: 'rebalance', side: 'sell' });
    const { trade } = bot.state.symbols[0];
    const weights = rebalancesOf(bot).map(({ selected, weights: all }) => all[selected.indexOf('AUSDT')]);
    expect(Math.min(...weights.slice(1))).toBeCloseTo(0.2, 1);
    const target = (trade?.entryQuantity ?? NaN) * Math.min(1, 2 * Math.min(...weights.slice(1)));
    expect(trade?.quantity).toBeLessThanOrEqual(target * 1.1);
    expect(trade?.quantity).toBeGreaterThan(target - A.lotSize - 1e-9);
    expect(ordersOf(bot.commands).filter(({ reason }) => reason === 'entry')).toHaveLength(2);
    const sold = reductions.reduce((sum, { quantity }) => sum + quantity, 0);
    expect((trade?.quantity ?? NaN) + sold).toBeCloseTo(trade?.entryQuantity ?? NaN, 9);
  });

  it('is left alone inside the band', () => {
    const bot = botWith(byVolatility(10), { script: afterADay });
    growWild(bot);
    expect(ordersOf(bot.commands).filter(({ reduceOnly }) => reduceOnly)).toEqual([]);
  });

  it('is closed where the venue would not take what is left', () => {
    const coarse = { ...A, minNotional: 900 };
    const bot = botWith(byVolatility(0.1), { script: afterADay, instruments: [coarse, B] });
    growWild(bot);
    expect(bot.state.roundTrips[0]).toMatchObject({ symbol: 'AUSDT', reason: 'rebalance' });
  });

  it('leaves first place to an exit that is due anyway', () => {
    const settings = { ...PATIENT, exits: { ...PATIENT.exits, maxHoldBars: 11 } };
    const bot = botWith(byVolatility(0.1), { script: (bar) => ({ signal: bar === 24 ? 1 : 0 }) }, settings);
    growWild(bot);
    const exits = ordersOf(bot.commands).filter(({ reason }) => reason === 'time-exit');
    expect(exits.map(({ symbol }) => symbol).toSorted()).toEqual(['AUSDT', 'BUSDT']);
    const due = START + 36 * HOUR;
    expect(exits.map(({ decidedAt }) => decidedAt)).toEqual([due, due]);
    expect(rebalancesOf(bot).some(({ time }) => time === due)).toBe(true);
  });
});

const promote = (bot: Bot, symbol: string, model = modelOf()): void => {
  bot.send({ kind: 'model-promoted', time: bot.time, symbol, model });
};

const lead = (hour: number): number[] => [wave(hour) + 0.001, wave(hour) - 0.001];
const picks = (bot: Bot): (readonly string[])[] => rebalancesOf(bot).map(({ selected }) => selected);
const refusalOf = (bot: Bot, name: string): string | undefined =>
  rebalancesOf(bot)
    .at(-1)
    ?.ranking.find(({ symbol }) => symbol === name)?.refusal;

describe('a symbol without a model', () => {
  const settings: Settings = { ...PATIENT, metaModel: 'on' };

  it('holds no seat, whatever its score, and the next best is traded instead', () => {
    const bot = botWith(oneSeat('own_exit'), {}, settings);
    promote(bot, 'BUSDT');
    const last = feed(bot, 30, lead);
    expect(new Set(picks(bot).flat())).toEqual(new Set(['BUSDT']));
    expect(refusalOf(bot, 'AUSDT')).toBe('no-model');
    expect(bot.state.symbols.map(({ trade }) => trade !== undefined)).toEqual([false, true]);
    promote(bot, 'AUSDT');
    feed(bot, 7, lead, last);
    expect(picks(bot).at(-1)).toEqual(['AUSDT']);
    expect(refusalOf(bot, 'BUSDT')).toBe('outranked');
  });

  it('loses its seat at the next rebalance, and is not entered until then', () => {
    const bot = botWith(oneSeat('own_exit'), { script: (bar) => ({ signal: bar >= 20 ? 1 : 0 }) }, settings);
    promote(bot, 'AUSDT');
    promote(bot, 'BUSDT');
    const last = feed(bot, 19, lead);
    expect(picks(bot).at(-1)).toEqual(['AUSDT']);
    bot.send({ kind: 'model-promoted', time: bot.time, symbol: 'AUSDT', model: undefined });
    const later = feed(bot, 4, lead, last);
    expect(ordersOf(bot.commands)).toEqual([]);
    expect(bot.state.symbols[0].funnel.refused['no-model']).toBe(3);
    feed(bot, 3, lead, later);
    expect(picks(bot).at(-1)).toEqual(['BUSDT']);
    expect(ordersOf(bot.commands).map(({ symbol }) => symbol)).toEqual(['BUSDT']);
  });

  it('keeps all in cash while it is the only one, and the first model is not kept waiting', () => {
    const bot = botWith(oneSeat('own_exit'), {}, settings);
    const last = feed(bot, 8, lead);
    expect(picks(bot)).toEqual([[], []]);
    expect(rebalancesOf(bot)[1].warnings).toEqual(['no symbol can be selected, so all is held in cash: 2 no-model']);
    promote(bot, 'BUSDT');
    feed(bot, 2, lead, last);
    expect(picks(bot)).toEqual([[], [], ['BUSDT']]);
    expect(bot.state.symbols[1].trade?.decidedAt).toBe(START + 9 * HOUR);
  });

  it('is ranked where no model is ever asked', () => {
    const bot = botWith(oneSeat('own_exit'));
    feed(bot, 30, lead);
    expect(picks(bot).at(-1)).toEqual(['AUSDT']);
  });
});

describe('the confidence of the model', () => {
  it('is noted for every symbol whose signal speaks, whether or not it is held', () => {
    const portfolio = portfolioParams({ crossSectional: { rebalanceIntervalHours: 6 } });
    const settings = { ...PATIENT, metaModel: 'on' as const };
    const bot = botWith(portfolio, { model: modelOf({ baseRate: 0.7 }) }, settings);
    feed(bot, 20, (hour) => [wave(hour), wave(hour)]);
    const last = rebalancesOf(bot)[3];
    expect(bot.state.symbols.map(({ trade }) => trade !== undefined)).toEqual([true, true]);
    expect(last.ranking.map(({ values }) => values.confidence)).toEqual([0.7, 0.7]);
    const silent = botWith(portfolio, { model: modelOf(), script: () => ({}) }, settings);
    feed(silent, 20, (hour) => [wave(hour), wave(hour)]);
    expect(rebalancesOf(silent)[3].ranking.map(({ values }) => values.confidence)).toEqual([undefined, undefined]);
  });
});
