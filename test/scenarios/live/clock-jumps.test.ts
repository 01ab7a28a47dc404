// L12: does a clock that jumps by three seconds cost the bot an order, and is it told once?
import { describe, expect, test } from 'vitest';
import { alertOfHealth, alertOfIncident } from '../../../src/live/alerts/alerts-of-session.ts';
import type { StatusDocument } from '../../../src/live/status/status-document.ts';
import { CALM, until } from '../faults/scripted-venue.ts';
import { venueBot, VENUES } from './venue-bot.ts';

const QUICK_CLOCK = { firstBackOffMs: 5, longestBackOffMs: 20, clockEveryMs: 20 };

describe.each(VENUES)('at %s', (venue) => {
  test('L12: the clock of the venue jumps by three seconds: no order is lost, and one alert is due', async () => {
    await using bot = await venueBot({
      venue,
      prices: CALM,
      params: { exits: { maxHoldBars: 3 } },
      connection: { timing: QUICK_CLOCK },
    });
    await bot.run(2.5);
    const { connection } = bot.venue;
    expect(Math.abs(connection.health().clockOffsetMs ?? NaN)).toBeLessThan(500);
    await bot.venue.strike({ fault: 34, offset_ms: 3_000 });
    await until(() => (connection.health().clockOffsetMs ?? 0) > 2_500);
    await bot.run(9);
    expect(bot.quantities()).toEqual({ venue: 0, books: 0 });
    expect(bot.life.engine.state.roundTrips.map(({ reason }) => reason)).toEqual(['time-exit']);
    expect(bot.life.engine.state.ledger.wallet).toBe(bot.exchange.ledger.wallet);
    const ids = bot.exchange
      .closedOrders({})
      .flatMap(({ source, clientOrderId: id }) => (source === 'client' ? [id] : []));
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
    const jumps = bot.life.incidents.filter(({ kind }) => kind === 'clock-jumped');
    expect(jumps).toHaveLength(1);
    expect(jumps[0].detail).toMatchObject({ whose: 'venue' });
    // The change of health that follows from it is the same alert, which is not repeated.
    const health = {
      instance: 'a bot',
      health: 'DEGRADED',
      issues: [],
      warnings: [{ code: 'clock-offset', message: 'the clock is off' }],
      writtenAt: 1,
    };
    const ofHealth = alertOfHealth(health as unknown as StatusDocument, 'HEALTHY');
    expect(alertOfIncident(jumps[0], 'facts').key).toBe(ofHealth?.key);
  });
});
