// L15: does the canary pass at a sound venue, name the step that a sick one fails, and leave nothing behind? Over the wire of both venues.
import { describe, expect, test } from 'vitest';
import { VenueError } from '../../../src/domain/venue-error.ts';
import { runCanary, type CanaryReport } from '../../../src/live/safety/canary.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { OrderRequest, VenueAccount } from '../../../src/ports/venue-account.ts';
import { exchangeOver } from '../exchange-market.ts';
import { CALM, entryOf, scriptedVenue, type ScriptedVenue } from '../faults/scripted-venue.ts';
import { HOUR, INSTRUMENT, START, SYMBOL } from '../simulated-market.ts';
import { VENUES } from './venue-bot.ts';

/** Waiting lets market time pass, and nothing else does. */
function marketClock({ exchange, running }: ScriptedVenue): Clock {
  return {
    now: () => exchange.now,
    after(delayMs, wake) {
      void running.advance(exchange.now + delayMs).then(wake);
      return () => undefined;
    },
  };
}

/** `between` stands between canary and account. */
function canaryAt(venue: ScriptedVenue, between: Partial<VenueAccount> = {}): Promise<CanaryReport> {
  const { account, market } = venue.connection;
  return runCanary({
    account: { ...account, ...between },
    market,
    clock: marketClock(venue),
    instrument: INSTRUMENT,
    idPrefix: 'ppcn-',
    pauseMs: HOUR / 4,
    stepMs: HOUR / 2,
    triggerMs: 3 * HOUR,
    unknownCodes: () => venue.notices.flatMap((each) => (each.kind === 'code-unknown' ? [each.venueCode] : [])),
  });
}

async function expectNothingLeft({ connection: { account }, exchange }: ScriptedVenue): Promise<void> {
  expect(await account.positions()).toEqual([]);
  expect(await account.openOrders()).toEqual([]);
  expect(exchange.position(SYMBOL).quantity).toBe(0);
}

const refusing = (venue: ScriptedVenue, isRefused: (order: OrderRequest) => boolean): Partial<VenueAccount> => ({
  place: (order) =>
    isRefused(order)
      ? Promise.reject(
          new VenueError({
            code: 'PARAMETER_REFUSED',
            message: 'no such order here',
            retryable: false,
            orderMayExist: false,
            venueCode: '-4120',
          }),
        )
      : venue.connection.account.place(order),
});

describe.each(VENUES)('at %s', (name) => {
  test('L15: a sound venue passes every step, at the smallest size, and is left flat', async () => {
    await using venue = await scriptedVenue({ venue: name, exchange: exchangeOver(CALM) });
    const report = await canaryAt(venue);
    expect(report.rows.filter(({ passed }) => !passed)).toEqual([]);
    expect(report).toMatchObject({ passed: true, failedStep: undefined, flat: true, symbol: SYMBOL });
    expect(report.rows).toHaveLength(11);
    const executions = await venue.connection.account.executions({ symbol: SYMBOL, from: START });
    expect(executions.map(({ side }) => side)).toEqual(['buy', 'sell', 'buy', 'sell']);
    expect(['stop', 'target']).toContain(executions[3].origin);
    for (const { quantity, price } of executions) expect(quantity * price).toBeLessThan(INSTRUMENT.minNotional * 1.3);
    await expectNothingLeft(venue);
  });

  test.each([
    ['limit order: place', (order: OrderRequest) => order.timeInForce === 'gtc'],
    ['immediate-or-cancel limit order', (order: OrderRequest) => order.timeInForce === 'ioc'],
    ['market order with stop and target', (order: OrderRequest) => order.protection !== undefined],
  ] as const)('L15: where an order is refused, the step "%s" fails with the words of the venue', async (step, isIt) => {
    await using venue = await scriptedVenue({ venue: name, exchange: exchangeOver(CALM) });
    const report = await canaryAt(venue, refusing(venue, isIt));
    expect(report).toMatchObject({ passed: false, failedStep: step, flat: true });
    const row = report.rows.find((each) => each.step === step);
    expect(row).toMatchObject({ code: 'PARAMETER_REFUSED', text: 'no such order here (venue: -4120)' });
    await expectNothingLeft(venue);
  });

  test('L15: an entry whose stop never comes up fails, and the position is closed', async () => {
    await using venue = await scriptedVenue({ venue: name, exchange: exchangeOver(CALM) });
    await venue.strike({ fault: 29, kind: name === 'bybit' ? 'never' : 'refused', count: 100 });
    const report = await canaryAt(venue);
    expect(report).toMatchObject({ passed: false, failedStep: 'market order with stop and target', flat: true });
    expect(report.rows.find(({ passed }) => !passed)?.code).toBe('not-seen');
    await expectNothingLeft(venue);
  });

  test('L15: a stop that is rejected when it triggers fails the trigger, and the position is closed', async () => {
    await using venue = await scriptedVenue({
      venue: name,
      exchange: exchangeOver(CALM.map(() => [100, 100, 99, 99])),
    });
    await venue.strike({ fault: 30 });
    const report = await canaryAt(venue);
    expect(report).toMatchObject({ passed: false, failedStep: 'stop or target: trigger', flat: true });
    await expectNothingLeft(venue);
  });

  test('L15: where something is held or ordered already nothing is touched', async () => {
    await using venue = await scriptedVenue({ venue: name, exchange: exchangeOver(CALM) });
    const { account } = venue.connection;
    await account.place(entryOf('theirs', { type: 'limit', price: 90 }));
    const report = await canaryAt(venue);
    expect(report).toMatchObject({ passed: false, failedStep: 'nothing is there', flat: false });
    expect(report.rows).toMatchObject([{ code: 'not-flat' }]);
    expect(await account.openOrders()).toMatchObject([{ clientOrderId: 'theirs' }]);
  });

  test('L15: a code that nobody knows fails the step in which it was heard', async () => {
    await using venue = await scriptedVenue({ venue: name, exchange: exchangeOver(CALM) });
    const codes: string[] = [];
    const { account, market } = venue.connection;
    const report = await runCanary({
      account: {
        ...account,
        cancel: async (order) => {
          await account.cancel(order);
          codes.push('987654');
        },
      },
      market,
      clock: marketClock(venue),
      instrument: INSTRUMENT,
      idPrefix: 'ppcn-',
      pauseMs: HOUR / 4,
      stepMs: HOUR / 2,
      triggerMs: 3 * HOUR,
      unknownCodes: () => codes,
    });
    expect(report).toMatchObject({ passed: false, failedStep: 'limit order: amend', flat: true });
    expect(report.rows.find(({ passed }) => !passed)).toMatchObject({ code: 'code-unknown' });
    await expectNothingLeft(venue);
  });
});
