// The bot as a process that can be frozen: journal, switches and heartbeat on the disk, the real connector, told from outside how far to go.
import { request } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { createVenueConnection } from '../../../src/adapters/ccxt/venue-connection.ts';
import { openJournal } from '../../../src/adapters/sqlite/journal.ts';
import { createHeartbeatFile } from '../../../src/adapters/system/heartbeat-file.ts';
import { createLatchFiles } from '../../../src/adapters/system/latch-files.ts';
import { createSystemClock } from '../../../src/adapters/system/system-clock.ts';
import { roundToTick } from '../../../src/domain/instrument.ts';
import { RecordedEngine } from '../../../src/live/record/recorded-engine.ts';
import { rehearse, type MarketStep } from '../../../src/live/rehearsal/rehearse.ts';
import { SteppedClock } from '../../../src/live/rehearsal/stepped-clock.ts';
import { DEFAULT_RULES } from '../../../src/live/session/default-rules.ts';
import { FAMILY_PREFIX, ownPrefix } from '../../../src/live/session/order-ids.ts';
import { Session } from '../../../src/live/session/session.ts';
import { scripted } from '../engine/scripted-bot.ts';
import { DEPOSIT, HOUR, KEY, SAFETY_PARAMS, safetyMarket } from './safety-market.ts';

const [venue, rest, stream, folder] = process.argv.slice(2);

/** A socket that was kept open may be closed by the other side while this process is frozen: every question has its own. */
const control = (path: string, body?: object): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const asking = request(
      `${rest}/control/${path}`,
      { method: body === undefined ? 'GET' : 'POST', agent: false },
      (reply) => void json(reply).then(resolve, reject),
    );
    asking.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });

const ask = async (path: string, body: object): Promise<MarketStep> => {
  const { now, ended } = (await control(path, body)) as { now: number; ended: boolean };
  const executions = (await control('executions')) as unknown[];
  return { time: now, ended, executions: executions.length };
};
const state = async (): Promise<MarketStep> => ask('advance', { by: 0 });

const market = safetyMarket();
const begin = market.series[0].openTime[0];
const system = createSystemClock();
const connection = await createVenueConnection({
  venue: venue === 'binance' ? 'binance' : 'bybit',
  environment: 'testnet',
  credentials: KEY,
  baseUrls: { rest, stream },
  clock: system,
  random: Math.random,
  marketTime: async () => (await state()).time,
  limited: false,
  budgetFolder: 'none',
});
const clock = new SteppedClock((await state()).time);
const journal = await openJournal({ file: join(folder, 'journal.sqlite'), now: () => clock.now() });
const engine = new RecordedEngine({
  setup: {
    barMs: HOUR,
    initialEquity: DEPOSIT,
    params: SAFETY_PARAMS,
    strategy: scripted(() => ({ signal: 1 })),
    symbols: market.instruments.map((instrument) => ({ instrument, hasFunding: true })),
  },
  journal,
  modelOf: () => {
    throw new Error('no models here');
  },
  now: () => clock.now(),
});
const session = new Session({
  engine,
  journal,
  connection,
  clock,
  latches: createLatchFiles(folder),
  heartbeat: { store: createHeartbeatFile(folder), clock: system, everyMs: 50, pid: process.pid },
  prefix: ownPrefix('sf'),
  familyPrefix: FAMILY_PREFIX,
  rules: DEFAULT_RULES,
  marks: { maxGapBars: 6, jumpFraction: 0.25 },
  firstClose: begin + HOUR,
  lastCandles: new Map(),
  fundingStamps: new Map(),
  fundingIntervalHours: new Map(market.instruments.map(({ symbol }) => [symbol, 8])),
  roundPrice: (symbol, price) => {
    const instrument = market.instruments.find((each) => each.symbol === symbol);
    return instrument === undefined ? price : roundToTick(instrument, price, 'nearest');
  },
  executionsFrom: begin,
  onFatal: (error) => {
    process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
    process.exit(3);
  },
});

const runTo = async (time: number): Promise<void> => {
  await rehearse({
    session,
    clock,
    pace: { now: state, step: (to) => ask('advance', { to: Math.min(to, time, nextHour(clock.now())) }) },
    patience: () => pause(30),
    executionsBefore: 0,
    isOver: (now) => now >= time,
  });
};
const nextHour = (now: number): number => (Math.floor(now / HOUR) + 1) * HOUR;

const answer = async (time: number): Promise<void> => {
  await runTo(time);
  process.send?.({
    wallet: String(engine.state.ledger.wallet),
    held: engine.state.symbols.flatMap(({ instrument, trade }) =>
      trade === undefined ? [] : [{ symbol: instrument.symbol, quantity: trade.direction * trade.quantity }],
    ),
    blocks: [...engine.state.blocks.keys()],
  });
};
process.on('message', (message: { readonly to: number }) => void answer(message.to));
await session.start();
process.send?.({ started: true });
