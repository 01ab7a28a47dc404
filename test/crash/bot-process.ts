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
import { RecordedEngine } from '../../src/live/record/recorded-engine.ts';
import { rehearse, type MarketStep } from '../../src/live/rehearsal/rehearse.ts';
import { SteppedClock } from '../../src/live/rehearsal/stepped-clock.ts';
import { DEFAULT_RULES } from '../../src/live/session/default-rules.ts';
import { FAMILY_PREFIX, ownPrefix } from '../../src/live/session/order-ids.ts';
import { Session } from '../../src/live/session/session.ts';
import type { Journal } from '../../src/ports/journal.ts';
import { LATCH_NAMES } from '../../src/ports/latch-store.ts';
import { crashSetup } from './crash-market.ts';
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
    mutant: { type: 'string' },
    /** A person has looked at the switches that the bot threw, and takes them back. */
    resume: { type: 'boolean', default: false },
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
const death = readDeath(values['die-at']);
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
  timing: { readDeadlineMs: 600, writeDeadlineMs: 600, firstBackOffMs: 5, longestBackOffMs: 50 },
  streamTiming: { firstBackOffMs: 5, longestBackOffMs: 100, connectMs: 600, answerMs: 600, refusedAgainMs: 100 },
  fetch: mortalFetch(death),
});
const clock = new SteppedClock(startTime);
const opened = await openJournal({ file: values.journal, now: () => clock.now() });
const journal: Journal = mutantJournal(mortalJournal(opened, death), values.mutant);
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
const latches = createLatchFiles(dirname(values.journal));
if (values.resume) for (const name of LATCH_NAMES) latches.clear(name);
const session = new Session({
  engine,
  journal,
  connection: {
    ...connection,
    account: mutantAccount(connection.account, values.mutant),
    streams: mutantStreams(connection.streams, values.mutant),
  },
  clock,
  latches: { read: () => undefined, set: () => undefined, clear: () => undefined, report: () => undefined },
  prefix: ownPrefix('cr'),
  familyPrefix: FAMILY_PREFIX,
  rules: DEFAULT_RULES,
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
  const isFollowed = session.orders.underWay.size > 0;
  const forgotten = engine.state.symbols.flatMap(({ pending }) =>
    pending === undefined || isFollowed ? [] : [pending.order.clientOrderId],
  );
  return { wallet: String(engine.state.ledger.wallet), positions: Object.fromEntries(positions), forgotten };
};
const step = (time: number): Promise<MarketStep> =>
  told('step', { time: Number.isFinite(time) ? time : null, books: books() });
const patience = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

await session.start();
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
