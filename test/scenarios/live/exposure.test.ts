// L17: are limits and the distance of the liquidation held before each order, and after each fill at its true price?
import { expect, test } from 'vitest';
import { DEFAULT_RULES } from '../../../src/live/session/default-rules.ts';
import { paramsOf, signalsAt } from '../engine/scripted-bot.ts';
import { exchangeOf, type SharedMarket } from '../exchange-simulator/both-venues.ts';
import { FREE, hours } from '../exchange-market.ts';
import { CALM } from '../faults/scripted-venue.ts';
import { fundingEvery, HOUR, INSTRUMENT, seriesOf, START, SYMBOL } from '../simulated-market.ts';
import { directVenue } from './direct-venue.ts';
import { memoryJournal } from './memory-journal.ts';
import { rehearsedBot, type RehearsedBot } from './rehearsed-bot.ts';

type Exposure = typeof DEFAULT_RULES.exposure;

function botWith(exposure: Partial<Exposure>, slippageBps = 0) {
  const market: SharedMarket = {
    instruments: [INSTRUMENT],
    series: [seriesOf(hours(CALM))],
    finer: [[]],
    funding: [fundingEvery(8 * HOUR, 0)],
    costs: { ...FREE, slippageBps },
  };
  const exchange = exchangeOf(market, { deposit: 100_000 });
  const life = rehearsedBot({
    market,
    exchange,
    connection: directVenue({ exchange }),
    journal: memoryJournal(),
    // Margin of a tenth at leverage 2, which is all that a position may have.
    params: paramsOf({
      risk: { maxPositionFraction: 0.1 },
      exits: { stopFraction: 0.05, targetFraction: 0.5, maxHoldBars: 40 },
    }),
    script: () => signalsAt([2]),
    initialEquity: 100_000,
    rules: { exposure: { ...DEFAULT_RULES.exposure, ...exposure } },
  });
  return { exchange, life };
}

const kindsOf = ({ incidents }: RehearsedBot): readonly string[] => [...new Set(incidents.map(({ kind }) => kind))];

test('L17: an entry whose liquidation lies too near is not sent, and the engine knows', async () => {
  const { exchange, life } = botWith({ minLiquidationDistance: 20 });
  await life.run(START + 5 * HOUR);
  expect(exchange.closedOrders({})).toEqual([]);
  expect(life.engine.state.symbols[0].pending).toBeUndefined();
  expect(life.engine.state.symbols[0].funnel.refused.venue).toBe(1);
});

test('L17: a fill that exceeds a limit at its true price is cut back to it', async () => {
  const { exchange, life } = botWith({ limitTolerance: 0 }, 100);
  await life.run(START + 5 * HOUR);
  expect(kindsOf(life)).toContain('limit-exceeded');
  const { quantity, entryPrice } = exchange.position(SYMBOL);
  expect(entryPrice).toBe(101);
  expect(quantity).toBeGreaterThan(190);
  expect((quantity * entryPrice) / 2).toBeLessThanOrEqual(10_000);
  expect(exchange.position(SYMBOL).stopPrice).toBe(life.engine.state.symbols[0].trade?.stopPrice);
  expect(life.engine.state.ledger.wallet).toBe(exchange.ledger.wallet);
});

test('L17: within the tolerance it stays as it is', async () => {
  const { exchange, life } = botWith({ limitTolerance: 0.02 }, 100);
  await life.run(START + 5 * HOUR);
  expect(kindsOf(life)).toEqual([]);
  expect(exchange.position(SYMBOL).quantity).toBe(200);
});

test('L17: a liquidation price of the venue that has come too near closes the position', async () => {
  const { exchange, life } = botWith({});
  await life.run(START + 4.5 * HOUR);
  const shown = life.session.watch;
  await life.session.queue.run(() =>
    shown.heard(SYMBOL, {
      symbol: SYMBOL,
      quantity: 200,
      entryPrice: 100,
      markPrice: 100,
      liquidationPrice: 94,
      leverage: 2,
      stopPrice: 95,
      targetPrice: undefined,
      reduceOnly: false,
      deleverageRank: undefined,
      updatedAt: 0,
      hedgeSide: undefined,
    }),
  );
  await life.run(START + 6 * HOUR);
  expect(kindsOf(life)).toContain('liquidation-too-near');
  expect(exchange.position(SYMBOL).quantity).toBe(0);
  expect(life.engine.state.roundTrips).toMatchObject([{ reason: 'risk-limit' }]);
});

test('L17: a fill is cut back once: what the cut itself costs does not lead to another', async () => {
  const { exchange, life } = botWith({ limitTolerance: 0.05 }, 300);
  await life.run(START + 5 * HOUR);
  expect(life.incidents.filter(({ kind }) => kind === 'limit-exceeded')).toEqual([]);
  const far = botWith({ limitTolerance: 0.05 }, 800);
  await far.life.run(START + 5 * HOUR);
  expect(far.life.incidents.filter(({ kind }) => kind === 'limit-exceeded')).toHaveLength(1);
  const { quantity, entryPrice } = far.exchange.position(SYMBOL);
  expect((quantity * entryPrice) / 2).toBeLessThanOrEqual(10_000);
  expect(far.life.engine.state.ledger.wallet).toBe(far.exchange.ledger.wallet);
  expect(exchange.position(SYMBOL).quantity).toBeGreaterThan(quantity);
});
