// Does the bot hold out? `npm run soak` lets it trade seven days at a thousand times the speed, cuts its streams again and again, and counts what is left of it.
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DAY_MS, HOUR_MS, parseInterval } from '../../src/domain/time.ts';
import type { ExchangeTruth } from './exchange-process.ts';
import { startBot, startHook, type SoakedBot } from './soak-bot.ts';
import { bookedExecutions, lastDecided, readJournal } from './soak-books.ts';
import { filesOf, ruleOf, unbounded } from './soak-files.ts';
import { growth, memoryByDay, readSamples } from './soak-figures.ts';
import { soakMarket } from './soak-market.ts';

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '7' },
    speed: { type: 'string', default: '1000' },
    disconnects: { type: 'string', default: '200' },
    symbols: { type: 'string', default: '4' },
    interval: { type: 'string', default: '1h' },
    venue: { type: 'string', default: 'bybit' },
    seed: { type: 'string', default: '1' },
    /** Other faults a day. */
    faults: { type: 'string', default: '6' },
    /** Growth that is allowed from the second day to the last, a fraction. */
    growth: { type: 'string', default: '0.05' },
    keep: { type: 'boolean', default: false },
  },
});
const [days, speed, seed, most] = [
  Number(values.days),
  Number(values.speed),
  Number(values.seed),
  Number(values.growth),
];
const barMs = parseInterval(values.interval) ?? NaN;
const folder = mkdtempSync(join(tmpdir(), 'perpilot-soak-'));
const state = join(folder, 'state');
const journalFile = join(state, 'journal.sqlite');
const MEGABYTE = 1_048_576;
/** The bot comes to rest within so much market time after the last day. */
const REST_MS = 48 * HOUR_MS;
const findings: string[] = [];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const check = (isSo: boolean, what: string): void => {
  say(`${isSo ? '  ok  ' : 'BROKEN'} ${what}`);
  if (!isSo) findings.push(what);
};

interface Exchange {
  readonly child: ChildProcess;
  readonly url: string;
  readonly begin: number;
  readonly cuts: Readonly<Record<string, number>>;
  truth(): Promise<ExchangeTruth>;
  now(): Promise<number>;
}

async function openExchange(): Promise<Exchange> {
  const words = ['venue', 'days', 'speed', 'symbols', 'disconnects', 'faults', 'seed'] as const;
  const file = fileURLToPath(new URL('exchange-process.ts', import.meta.url));
  const child = fork(file, [...words.flatMap((word) => [`--${word}`, values[word]]), '--bar', String(barMs)]);
  const [{ listening }] = (await once(child, 'message')) as [{ listening: Pick<Exchange, 'url' | 'begin' | 'cuts'> }];
  return {
    child,
    ...listening,
    async truth() {
      const answer = once(child, 'message') as Promise<[{ truth: ExchangeTruth }]>;
      child.send('truth');
      return (await answer)[0].truth;
    },
    async now() {
      const reply = await fetch(`${listening.url}/control/now`);
      return ((await reply.json()) as { now: number }).now;
    },
  };
}

/** Asks for what a person or a scraper would ask for, while the market runs to `until`. */
async function lookOnUntil(exchange: Exchange, until: number, isOver: () => boolean): Promise<void> {
  const mostOf = new Map<string, number>();
  let day = 0;
  for (let now = await exchange.now(); now < until && !isOver(); now = await exchange.now()) {
    await pause(500);
    const files = filesOf(state);
    for (const { name, bytes } of files) mostOf.set(name, Math.max(mostOf.get(name) ?? 0, bytes));
    for (const problem of unbounded(files)) if (!findings.includes(problem)) check(false, problem);
    await askDoors();
    const passed = Math.floor((now - exchange.begin) / DAY_MS);
    if (passed === day) continue;
    day = passed;
    const journal = mostOf.get('journal.sqlite') ?? 0;
    say(
      `day ${day}: journal ${(journal / MEGABYTE).toFixed(1)} MB, folder ${(files.reduce((sum, { bytes }) => sum + bytes, 0) / MEGABYTE).toFixed(1)} MB`,
    );
  }
}

/** Metrics of the bot, and the switches of the watchdog without a token, which are refused and written down. */
async function askDoors(): Promise<void> {
  const logged = filesOf(state)
    .filter(({ name }) => /^logs\/bot_.*\.log$/.test(name))
    .map(({ name }) => readFileSync(join(state, name), 'utf8'));
  port ??= /"port":(\d+)/.exec(logged.join('\n'))?.[1];
  const control = wordOf('control-port');
  const doors = [
    ...(port === undefined ? [] : [`http://127.0.0.1:${port}/metrics`]),
    ...(control === undefined ? [] : [`http://127.0.0.1:${control}/status`]),
  ];
  for (const door of doors)
    await fetch(door).then(
      (reply) => reply.text(),
      () => '',
    );
}
let port: string | undefined;

function wordOf(name: string): string | undefined {
  return filesOf(state).some((file) => file.name === name) ? readFileSync(join(state, name), 'utf8').trim() : undefined;
}

/** Nothing new is opened, no faults any more: the bot comes to rest, and is believed when it has been so three times in a row. */
async function comeToRest(exchange: Exchange): Promise<ExchangeTruth> {
  exchange.child.send('calm');
  writeFileSync(join(state, 'PAUSE'), '');
  const since = await exchange.now();
  let atRest = 0;
  for (;;) {
    await pause(500);
    const truth = await exchange.truth();
    const isFlat = truth.positions.length + truth.openOrders === 0;
    const isBooked = bookedExecutions(journalFile) === truth.executions;
    atRest = isFlat && isBooked && lastDecided(journalFile) > since ? atRest + 1 : 0;
    if (atRest === 3 || truth.now > since + REST_MS) return truth;
  }
}

async function endOf(bot: SoakedBot): Promise<void> {
  const at = performance.now();
  bot.child.kill('SIGTERM');
  const code = await bot.exit;
  check(
    code === 130,
    `told to stop, it ended with exit code ${code} after ${((performance.now() - at) / 1000).toFixed(1)} s`,
  );
}

function checkMemory(probe: string, startedAt: number): void {
  const dayMs = DAY_MS / speed;
  const table = memoryByDay(readSamples(probe), { startedAt, dayMs, days });
  say('day  samples  heap MB  external MB  resident MB  handles and timers');
  for (const each of table) {
    const [heap, external, rss] = [each.heapBytes, each.externalBytes, each.rssBytes].map((bytes) =>
      (bytes / MEGABYTE).toFixed(1).padStart(9),
    );
    say(
      `${String(each.day).padStart(3)} ${String(each.samples).padStart(8)} ${heap} ${external} ${rss} ${String(each.resources).padStart(9)}`,
    );
  }
  const [, second] = table;
  const last = table.at(-1);
  if (second === undefined || last === undefined || second.day === last.day) return;
  for (const [what, kind] of [
    ['heap after garbage collection', 'heapBytes'],
    ['resident memory', 'rssBytes'],
  ] as const) {
    const grown = growth(second[kind], last[kind]);
    check(grown < most, `${what}: ${(grown * 100).toFixed(2)} % from the median of day 2 to that of day ${last.day}`);
  }
}

function checkBooks(exchange: Exchange, truth: ExchangeTruth, end: number): void {
  const market = soakMarket(seed, { days, symbols: Number(values.symbols), barMs });
  const question = {
    file: journalFile,
    series: market.series,
    begin: exchange.begin,
    lastClose: Math.floor((end - 1) / barMs) * barMs,
  };
  const books = readJournal(question);
  const { candles, missing, doubled, outOfOrder, different } = books;
  const isExact = missing + doubled + outOfOrder + different + books.doubledExecutions === 0;
  check(
    isExact,
    `${candles} candles worked on; missing ${missing}, twice ${doubled}, out of order ${outOfOrder}, other values ${different}; executions booked twice ${books.doubledExecutions}`,
  );
  say(
    `closes: ${books.decided} decided at, ${books.backfilled} made good afterwards; ${truth.orders} orders, ${truth.executions} executions`,
  );
  say(
    `cuts: ${JSON.stringify(exchange.cuts)}; ${truth.dropped} connections were cut; ${truth.faults} faults struck in all`,
  );
  const incidents = Object.entries(books.incidents).map(([kind, count]) => `${kind} ${count}`);
  say(`incidents: ${incidents.join(', ') || 'none'}`);
  const closes = (truth.now - exchange.begin) / barMs;
  const events = books.streams;
  for (const [name, { rows, bytes }] of Object.entries(events)) say(`journal, ${name}: ${rows} rows, ${bytes} bytes`);
  const size = filesOf(state).find(({ name }) => name === 'journal.sqlite')?.bytes ?? 0;
  say(
    `journal: ${size} bytes, ${(size / closes / market.symbols.length).toFixed(0)} a close and symbol, warm-up included`,
  );
  check(truth.positions.length === 0 && truth.openOrders === 0, `at the end nothing is held and no order is open`);
}

async function startedAgain(bot: () => SoakedBot): Promise<void> {
  const at = performance.now();
  const again = bot();
  children.push(again.child);
  await Promise.race([again.started, again.exit]);
  check(
    again.child.exitCode === null,
    `started again on its journal within ${((performance.now() - at) / 1000).toFixed(1)} s`,
  );
  await endOf(again);
  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  const replayed = await once(spawn(process.execPath, [main, 'replay', journalFile], { stdio: 'ignore' }), 'close');
  check(replayed[0] === 0, 'its journal replays, every command bit for bit');
}

/** Whatever happens here, nothing goes on without it. */
const children: ChildProcess[] = [];
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
const exchange = await openExchange();
children.push(exchange.child);
const hook = await startHook();
const probe = join(folder, 'probe.jsonl');
const symbols = soakMarket(seed, { days, symbols: Number(values.symbols), barMs }).symbols;
const call = { url: exchange.url, state, venue: values.venue, symbols, interval: values.interval, hook: hook.url };
say(
  `${values.venue}, ${symbols.length} symbols, candles of ${values.interval}, ${days} days at ${speed} times the speed, ${values.disconnects} cuts, seed ${seed}; state in ${state}`,
);
const bot = startBot({ ...call, probe });
children.push(bot.child);
let isOver = false;
void bot.exit.then(() => (isOver = true));
await bot.started;
say('the bot trades; the market begins to run');
exchange.child.send('go');
const startedAt = Date.now();
const end = exchange.begin + days * DAY_MS;
await lookOnUntil(exchange, end, () => isOver);
check(!isOver, `the bot was alive to the end${isOver ? `: ${bot.errors()}` : ''}`);
if (!isOver) {
  const truth = await comeToRest(exchange);
  await endOf(bot);
  exchange.child.send('halt');
  const summary = bot.lines.findLast(({ event }) => event === 'summary');
  check(
    summary?.['equity'] === truth.walletNumber,
    `its equity is the wallet of the exchange: ${String(summary?.['equity'])} and ${truth.walletNumber}`,
  );
  for (const bug of truth.bugs) check(false, `a bug of the simulator: ${bug}`);
  checkMemory(probe, startedAt);
  checkBooks(exchange, truth, end);
  await startedAgain(() => startBot({ ...call, probe: join(folder, 'probe-again.jsonl') }));
  say(`alerts and pings: ${JSON.stringify(hook.seen)}`);
  for (const { name, bytes } of filesOf(state)) say(`file ${name}: ${bytes} bytes; ${ruleOf(name)?.says ?? 'NO RULE'}`);
}
exchange.child.send('end');
hook.server.close();
hook.server.closeAllConnections();
if (!values.keep) rmSync(folder, { recursive: true, force: true });
say(findings.length === 0 ? 'nothing broke' : `${findings.length} broken`);
process.exitCode = findings.length === 0 ? 0 : 1;
