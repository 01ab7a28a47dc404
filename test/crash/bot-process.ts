// The bot as a process of its own: journal on the disk, the real connector, an exchange in another process. It may die at any instant.
import { parseArgs } from 'node:util';
import { createVenueConnection } from '../../src/adapters/ccxt/venue-connection.ts';
import { openJournal } from '../../src/adapters/sqlite/journal.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { roundToTick } from '../../src/domain/instrument.ts';
import { RecordedEngine } from '../../src/live/record/recorded-engine.ts';
import { rehearse, type MarketStep } from '../../src/live/rehearsal/rehearse.ts';
import { SteppedClock } from '../../src/live/rehearsal/stepped-clock.ts';
import { DEFAULT_RULES } from '../../src/live/session/default-rules.ts';
import { FAMILY_PREFIX, ownPrefix } from '../../src/live/session/order-ids.ts';
import { Session } from '../../src/live/session/session.ts';
import type { Journal } from '../../src/ports/journal.ts';
import { scripted } from '../scenarios/engine/scripted-bot.ts';
import type { BotBooks } from './crash-watch.ts';
import { CRASH_PARAMS, crashMarket, crashScript, DEPOSIT } from './crash-market.ts';

const HOUR = 3_600_000;
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    hours: { type: 'string' },
    journal: { type: 'string' },
    rest: { type: 'string' },
    stream: { type: 'string' },
    pace: { type: 'string' },
    /** Dies at the n-th commit of this life. */
    'die-at': { type: 'string', default: 'Infinity' },
    'die-when': { type: 'string', default: 'before' },
  },
});
const { seed, hours, journal: file, rest, stream, pace: paceUrl } = values;
if (seed === undefined || hours === undefined || file === undefined || rest === undefined) throw new Error('arguments');
if (stream === undefined || paceUrl === undefined) throw new Error('arguments');

const ask = async (path: string, body: unknown): Promise<MarketStep> => {
  const reply = await fetch(`${paceUrl}/${path}`, { method: 'POST', body: JSON.stringify(body) });
  return (await reply.json()) as MarketStep;
};

/** The journal that kills its process at a commit, before or after the rows are on the disk. */
function mortal(journal: Journal): Journal {
  let left = Number(values['die-at']);
  return {
    ...journal,
    commit(rows) {
      left -= 1;
      if (left === 0 && values['die-when'] === 'before') process.kill(process.pid, 'SIGKILL');
      const sequence = journal.commit(rows);
      if (left === 0) process.kill(process.pid, 'SIGKILL');
      return sequence;
    },
  };
}

const market = crashMarket(Number(seed), Number(hours));
const begin = market.series[0].openTime[0];
const system = createSystemClock();
const connection = await createVenueConnection({
  venue: 'bybit',
  environment: 'testnet',
  credentials: { key: 'crash-key', secret: 'crash-secret' },
  baseUrls: { rest, stream },
  clock: system,
  random: Math.random,
  marketTime: async () => (await ask('now', {})).time,
  limited: false,
  budgetFolder: 'none',
  timing: { readDeadlineMs: 1_500, writeDeadlineMs: 1_500, firstBackOffMs: 5, longestBackOffMs: 50 },
  streamTiming: { firstBackOffMs: 5, longestBackOffMs: 100, connectMs: 1_500, answerMs: 1_500 },
});
const now = await ask('now', {});
const clock = new SteppedClock(now.time);
const journal = mortal(await openJournal({ file, now: () => clock.now() }));
const engine = new RecordedEngine({
  setup: {
    barMs: HOUR,
    initialEquity: DEPOSIT,
    params: CRASH_PARAMS,
    strategy: scripted(crashScript(Number(seed))),
    symbols: market.instruments.map((instrument) => ({ instrument, hasFunding: true })),
  },
  journal,
  modelOf: () => {
    throw new Error('no models here');
  },
  now: () => clock.now(),
});
engine.recover();
// Executions that earlier lives have booked.
const booked = [...journal.read({ stream: 'execution' })].length;
let lastClose = begin;
for (const { payload, eventTime } of journal.read({ stream: 'event' })) {
  if (payload.startsWith('{"input":{"kind":"slice"')) lastClose = Math.max(lastClose, eventTime);
}
const session = new Session({
  engine,
  journal,
  connection,
  clock,
  latches: { read: () => undefined, set: () => undefined, clear: () => undefined, report: () => undefined },
  prefix: ownPrefix('cr'),
  familyPrefix: FAMILY_PREFIX,
  rules: DEFAULT_RULES,
  marks: { maxGapBars: 6, jumpFraction: 0.25 },
  firstClose: lastClose + HOUR,
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
const books = (): BotBooks => ({
  wallet: String(engine.state.ledger.wallet),
  positions: Object.fromEntries(
    engine.state.symbols.map(({ instrument, trade }) => [
      instrument.symbol,
      trade === undefined ? 0 : trade.direction * trade.quantity,
    ]),
  ),
});
await session.start();
let last = await ask('now', {});
const told = async (path: string, body: unknown): Promise<MarketStep> => {
  last = await ask(path, body);
  return last;
};
await rehearse({
  session,
  clock,
  pace: {
    now: () => told('now', {}),
    // Where nothing is on its way and nothing was lost on it, the books have to be right: the other side compares.
    step: (time) => {
      const isSure = session.quiet && booked + session.executions.knownCount >= last.executions;
      return told('step', { time: Number.isFinite(time) ? time : null, books: isSure ? books() : undefined });
    },
  },
  patience: () => new Promise((resolve) => setTimeout(resolve, 250)),
  executionsBefore: booked,
});
await session.stop();
await connection.close();
journal.close();
