// Does the status of a bot that trades say what the exchange says, and does a loop that hangs show in it?
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.ts';
import { jsonAnswer, startLoopbackServer } from '../../../src/adapters/http/loopback-server.ts';
import { statusRoutes } from '../../../src/cli/status-routes.ts';
import { collectFacts } from '../../../src/live/status/collect-facts.ts';
import { healthRulesOf } from '../../../src/live/status/operations-config.ts';
import { viewStatus } from '../../../src/live/status/read-status.ts';
import { StatusKeeper } from '../../../src/live/status/status-keeper.ts';
import { StatusNotebook } from '../../../src/live/status/status-notebook.ts';
import { statusSchema, type StatusDocument } from '../../../src/live/status/status-document.ts';
import { SteppedClock } from '../../../src/live/rehearsal/stepped-clock.ts';
import { statusOf } from '../../../src/live/status/judge-health.ts';
import { exchangeOf } from '../exchange-simulator/both-venues.ts';
import { FULL_COSTS, marketOf, randomScript } from '../engine/random-backtest.ts';
import { paramsOf } from '../engine/scripted-bot.ts';
import { directVenue } from '../live/direct-venue.ts';
import { memoryJournal } from '../live/memory-journal.ts';
import { memoryLatches, rehearsedBot } from '../live/rehearsed-bot.ts';
import { FACTS, NOW } from './status-facts.ts';

const RULES = healthRulesOf(loadConfig({}).config.operations);
const HOUR = 3_600_000;

describe('the status of a bot', () => {
  it('equals what the exchange knows of its account, hour after hour', async () => {
    const symbols = ['ALPHAUSDT', 'BRAVOUSDT'];
    const market = { ...marketOf(symbols, 500, 700), finer: symbols.map(() => []), costs: FULL_COSTS };
    const exchange = exchangeOf(market, { deposit: 100_000, touches: 'close' });
    const latches = memoryLatches();
    const notebook = new StatusNotebook(exchange.now);
    const bot = rehearsedBot({
      market,
      exchange,
      connection: directVenue({ exchange, fate: () => 'pass' }),
      journal: memoryJournal(),
      params: paramsOf({ exits: { stopFraction: 0.05, targetFraction: 0.06, maxHoldBars: 40 } }),
      script: () => randomScript('status', 2),
      initialEquity: 100_000,
      latches,
      hooks: {
        onSlice: (slice) => notebook.slice(slice, bot.engine.state),
        onAcked: (_order, latency) => notebook.acked(latency),
      },
    });
    const start = exchange.now;
    let held = 0;
    for (let hour = 5; hour <= 60; hour += 1) {
      await bot.run(start + hour * HOUR);
      const facts = collectFacts(
        { instance: 't', mode: 'rehearsal', program: '0', pid: 1, startedAt: start },
        {
          state: bot.engine.state,
          latches,
          notebook,
          unprotectedSince: (symbol) => bot.session.protection.unprotectedSince(symbol),
          durable: bot.engine.durable,
          nextClose: bot.session.market.nextClose,
          marketAheadMs: 0,
          clockOffsetMs: undefined,
          canary: undefined,
        },
        exchange.now,
      );
      const document = statusSchema.parse(statusOf({ ...facts, loopAt: exchange.now }, RULES));
      const shown = document.symbols.flatMap(({ symbol, position }) =>
        position === null
          ? []
          : [{ symbol, quantity: position.direction * position.quantity, stop: position.stopPrice }],
      );
      const real = exchange
        .positions()
        .map(({ symbol, quantity, stopPrice }) => ({ symbol, quantity, stop: stopPrice }));
      expect(shown).toEqual(real);
      expect(document.issues).toEqual([]);
      expect(document.symbols.map(({ lastClose }) => lastClose)).toEqual(symbols.map(() => exchange.now));
      held += shown.length;
    }
    expect(held).toBeGreaterThan(10);
    expect(bot.engine.state.roundTrips.length).toBeGreaterThan(0);
  });
});

function keeperOn(clock: SteppedClock, answers: { alive: boolean }) {
  const written: StatusDocument[] = [];
  const healths: string[] = [];
  let loopAt = clock.now();
  const extra = { durable: true };
  let failing = false;
  const failures: unknown[] = [];
  const keeper = new StatusKeeper({
    clock,
    intervalMs: 15_000,
    rules: RULES,
    collect: (now) => ({ ...FACTS, ...extra, symbols: [], writtenAt: now, loopAt }),
    probe: () => (answers.alive ? Promise.resolve() : new Promise(() => undefined)),
    onLoop: (at) => {
      loopAt = at;
    },
    write: async (text) => {
      if (failing) throw new Error('read-only');
      written.push(statusSchema.parse(JSON.parse(text)));
    },
    onStatus: ({ health }, before) => {
      if (health !== before) healths.push(health);
    },
    onUnwritable: (error) => failures.push(error),
  });
  return { keeper, written, healths, extra, failures, fail: (now: boolean) => (failing = now) };
}

async function pass(clock: SteppedClock, until: number): Promise<void> {
  while (clock.now() < until) {
    clock.moveTo(Math.min(until, clock.now() + 1_000));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the keeper of the status', () => {
  it('tells a main loop that hangs within 60 seconds, and that it has come back', async () => {
    const clock = new SteppedClock(NOW);
    const answers = { alive: true };
    const { keeper, written, healths } = keeperOn(clock, answers);
    keeper.begin();
    await pass(clock, NOW + 60_000);
    expect(healths).toEqual(['HEALTHY']);
    answers.alive = false;
    await pass(clock, NOW + 120_000);
    expect(healths).toEqual(['HEALTHY', 'UNHEALTHY']);
    expect(written.at(-1)?.issues.map(({ code }) => code)).toEqual(['loop-hangs']);
    await keeper.end();
  });

  it('writes every 15 seconds, and at once when the health changes', async () => {
    const clock = new SteppedClock(NOW);
    const { keeper, written, extra } = keeperOn(clock, { alive: true });
    keeper.begin();
    await pass(clock, NOW + 20_000);
    expect(written.map(({ writtenAt }) => writtenAt - NOW)).toEqual([0, 15_000]);
    keeper.look();
    extra.durable = false;
    keeper.look();
    keeper.look();
    await keeper.end();
    expect(written.map(({ health }) => health)).toEqual(['HEALTHY', 'HEALTHY', 'UNHEALTHY', 'UNHEALTHY']);
  });

  it('goes on when the file cannot be written, and says so once', async () => {
    const clock = new SteppedClock(NOW);
    const { keeper, written, failures, fail } = keeperOn(clock, { alive: true });
    fail(true);
    keeper.begin();
    await pass(clock, NOW + 50_000);
    expect(failures).toHaveLength(1);
    fail(false);
    await pass(clock, NOW + 65_000);
    expect(written.length).toBeGreaterThan(0);
    await keeper.end();
  });
});

describe('/health and /ready', () => {
  it('answer by the file as it is now: well, old, gone', async () => {
    let now = NOW;
    let text: string | undefined = JSON.stringify(statusOf(FACTS, RULES));
    const routes = {
      ...statusRoutes(() => viewStatus(text, RULES, now)),
      '/bad': () => Promise.reject(new Error('no')),
    };
    const server = await startLoopbackServer(0, routes);
    const base = `http://127.0.0.1:${server.port}`;
    const ask = async (path: string, init?: RequestInit) => {
      const reply = await fetch(`${base}${path}`, init);
      return { status: reply.status, body: await reply.text() };
    };
    expect(await ask('/health')).toMatchObject({ status: 200, body: expect.stringContaining('"HEALTHY"') });
    expect(await ask('/ready')).toMatchObject({ status: 200, body: '{"ready":true}\n' });
    now += 60_000;
    expect(await ask('/health')).toMatchObject({ status: 503, body: expect.stringContaining('status-stale') });
    expect((await ask('/ready')).status).toBe(503);
    text = undefined;
    expect(await ask('/health')).toMatchObject({ status: 503, body: expect.stringContaining('status-missing') });
    expect((await ask('/bad')).status).toBe(500);
    expect((await ask('/etc/passwd')).status).toBe(404);
    expect((await ask('/health', { method: 'POST' })).status).toBe(405);
    await server.close();
  });

  it('answer nobody who came under another name, as a page in a browser would', async () => {
    const { request } = await import('node:http');
    const server = await startLoopbackServer(0, { '/health': () => jsonAnswer(200, {}) });
    const status = await new Promise((resolve, reject) => {
      const options = { port: server.port, host: '127.0.0.1', path: '/health', headers: { host: 'evil.example' } };
      request(options, (reply) => resolve(reply.resume().statusCode))
        .once('error', reject)
        .end();
    });
    expect(status).toBe(403);
    await server.close();
  });
});
