// The bot as a process of its own: journal on the disk, the real connector, an exchange in another process. It may die at any instant.
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { createVenueConnection } from '../../src/adapters/ccxt/venue-connection.ts';
import { loadExchangeClass } from '../../src/adapters/ccxt/load-exchange.ts';
import { openJournal } from '../../src/adapters/sqlite/journal.ts';
import { createLatchFiles } from '../../src/adapters/system/latch-files.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { fromExactJson } from '../../src/domain/exact-json.ts';
import { roundToTick, type Instrument } from '../../src/domain/instrument.ts';
import { VenueError } from '../../src/domain/venue-error.ts';
import { RecordedEngine } from '../../src/live/record/recorded-engine.ts';
import { rehearse, type MarketStep } from '../../src/live/rehearsal/rehearse.ts';
import { SteppedClock } from '../../src/live/rehearsal/stepped-clock.ts';
import { FAMILY_PREFIX, ownPrefix } from '../../src/live/session/order-ids.ts';
import { Session } from '../../src/live/session/session.ts';
import type { Journal } from '../../src/ports/journal.ts';
import { LATCH_NAMES, type LatchStore } from '../../src/ports/latch-store.ts';
import { correctionOf } from './crash-judge.ts';
import { CANNOT_START } from './crash-life.ts';
import { crashRules, crashSetup, habitsOf } from './crash-market.ts';
import { mortalFetch, mortalJournal, readDeath } from './crash-doors.ts';
import { mutantAccount, mutantJournal, mutantStreams } from './crash-mutants.ts';

const HOUR = 3_600_000;
const { values } = parseArgs({
  options: {
    /** Only loads everything, so that the next ones need not compile it. */
    warm: { type: 'boolean', default: false },
    seed: { type: 'string', default: '' },
    venue: { type: 'string', default: 'bybit' },
    journal: { type: 'string', default: '' },
    rest: { type: 'string', default: '' },
    stream: { type: 'string', default: '' },
    pace: { type: 'string', default: '' },
    /** `commit` or `request`, the how many-eth of this life, and when: `commit:12:before`. */
    'die-at': { type: 'string' },
    /** A time of the market before which it does not die. */
    'die-from': { type: 'string', default: '0' },
    mutant: { type: 'string' },
  },
});
const venue = values.venue === 'binance' ? 'binance' : 'bybit';
if (values.warm) {
  await loadExchangeClass(venue);
  process.exit(0);
}

const ask = async (path: string, body: unknown): Promise<MarketStep> => {
  const reply = await fetch(`${values.pace}/${path}`, { method: 'POST', body: JSON.stringify(body) });
  return fromExactJson(await reply.text()) as MarketStep;
};
type Hello = MarketStep & {
  readonly instruments: readonly Instrument[];
  readonly begin: number;
  readonly until: number;
};

const { instruments, begin, until, time: startTime } = (await ask('hello', {})) as Hello;
const clock = new SteppedClock(startTime);
const death = readDeath(values['die-at'], () => clock.now() >= Number(values['die-from']));
/** The venue was not to be had in time: whoever starts the bot tries again. */
const notNow = (error: unknown): never => {
  if (!(error instanceof VenueError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exit(CANNOT_START);
};
const connection = await createVenueConnection({
  venue,
  environment: 'testnet',
  credentials: { key: 'crash-key', secret: 'crash-secret' },
  baseUrls: { rest: values.rest, stream: values.stream },
  clock: createSystemClock(),
  random: Math.random,
  marketTime: async () => (await ask('now', {})).time,
  limited: false,
  budgetFolder: 'none',
  timing: { readDeadlineMs: 1_000, writeDeadlineMs: 1_000, firstBackOffMs: 5, longestBackOffMs: 50 },
  streamTiming: { firstBackOffMs: 5, longestBackOffMs: 100, connectMs: 600, answerMs: 600, refusedAgainMs: 100 },
  fetch: mortalFetch(death),
}).catch(notNow);
const opened = await openJournal({ file: values.journal, now: () => clock.now() });
let corrected: string | undefined;
const mortal = mortalJournal(opened, death);
const journal: Journal = mutantJournal(
  {
    ...mortal,
    commit(rows) {
      corrected ??= correctionOf(rows);
      return mortal.commit(rows);
    },
  },
  values.mutant,
);
const engine = new RecordedEngine({
  setup: crashSetup(Number(values.seed), instruments),
  journal,
  modelOf: () => {
    throw new Error('no models here');
  },
  now: () => clock.now(),
});
engine.recover();
// Executions that earlier lives have booked, and the last close that they have decided at.
let booked = 0;
for (const _ of opened.read({ stream: 'execution' })) booked += 1;
let lastClose = begin;
for (const { payload, eventTime } of journal.read({ stream: 'event' })) {
  if (payload.startsWith('{"input":{"kind":"slice"')) lastClose = Math.max(lastClose, eventTime);
}
const switches = createLatchFiles(dirname(values.journal));
if (values.mutant === 'forgets-switches') for (const name of LATCH_NAMES) switches.clear(name);
const none: LatchStore = {
  read: () => undefined,
  set: () => undefined,
  clear: () => undefined,
  report: () => undefined,
};
const session = new Session({
  engine,
  journal,
  connection: {
    ...connection,
    account: mutantAccount(connection.account, values.mutant),
    streams: mutantStreams(connection.streams, values.mutant),
  },
  clock,
  latches: habitsOf(Number(values.seed)).switches ? switches : none,
  prefix: ownPrefix('cr'),
  familyPrefix: FAMILY_PREFIX,
  rules: crashRules(Number(values.seed)),
  marks: { maxGapBars: 6, jumpFraction: 0.25 },
  firstClose: lastClose + HOUR,
  lastCandles: new Map(),
  fundingStamps: new Map(),
  fundingIntervalHours: new Map(instruments.map(({ symbol }) => [symbol, 8])),
  roundPrice: (symbol, price) => {
    const instrument = instruments.find((each) => each.symbol === symbol);
    return instrument === undefined ? price : roundToTick(instrument, price, 'nearest');
  },
  executionsFrom: begin,
  onFatal: (error) => {
    process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
    process.exit(3);
  },
});

let last = await ask('now', {});
const told = async (path: string, body: unknown): Promise<MarketStep> => {
  last = await ask(path, body);
  return last;
};
/** What it has, where nothing is on its way and it has heard of everything. */
const books = () => {
  if (!session.quiet || booked + session.executions.knownCount < last.executions) return undefined;
  const positions = engine.state.symbols.map(({ instrument, trade }): [string, number] => [
    instrument.symbol,
    trade === undefined ? 0 : trade.direction * trade.quantity,
  ]);
  const stops = engine.state.symbols.map(({ instrument, trade }): [string, number | undefined] => [
    instrument.symbol,
    trade?.stopPrice,
  ]);
  const isFollowed = session.orders.underWay.size > 0;
  const forgotten = engine.state.symbols.flatMap(({ pending }) =>
    pending === undefined || isFollowed ? [] : [pending.order.clientOrderId],
  );
  const wallet = String(engine.state.ledger.wallet);
  return { wallet, positions: Object.fromEntries(positions), stops: Object.fromEntries(stops), forgotten, corrected };
};
const step = (time: number): Promise<MarketStep> =>
  told('step', { time: Number.isFinite(time) ? time : null, books: books() });
const TURN_MS = 10;
/** Streams of a new life take longer than messages. */
let turns = 20;
let waitedFor = '';
/**
 * Messages have left the exchange before a step is answered: some turns of the event loop later whatever was not lost has come.
 * What was waited for once in vain is lost, and is not waited for again.
 */
const patience = async (): Promise<void> => {
  const awaited = `${last.executions} ${Math.floor(last.time / HOUR)}`;
  const own = awaited === waitedFor ? 1 : turns;
  waitedFor = awaited;
  turns = 3;
  for (let turn = 0; turn < own; turn += 1)
    await new Promise((resolve) => setTimeout(resolve, own === 1 ? 1 : TURN_MS));
};

await session.start().catch(notNow);
await rehearse({
  session,
  clock,
  pace: { now: () => told('now', {}), step },
  patience,
  executionsBefore: -booked,
  isOver: (time) => time >= until,
});
// What is on its way comes to rest.
while (books() === undefined && last.time < until + HOUR) {
  clock.moveTo((await step(clock.nextDue)).time);
  await session.settledOrWaiting(last.executions - booked, patience());
}
await told('end', { books: books() });
await session.stop();
await connection.close();
opened.close();
