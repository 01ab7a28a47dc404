// Is anything lost or doubled when the bot dies? `npm run crash-test -- --runs N --seed S` kills it N times and looks at the exchange.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { createRandom } from '../../src/domain/random.ts';
import { startSimulator } from '../../src/exchange-simulator/start-simulator.ts';
import { createBybitCodec } from '../../src/exchange-simulator/venues/bybit/bybit-codec.ts';
import { exchangeOf } from '../scenarios/exchange-simulator/both-venues.ts';
import { chaosPipeline } from './chaos-pipeline.ts';
import { crashMarket, DEPOSIT } from './crash-market.ts';
import { watchExchange, type BotBooks } from './crash-watch.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    hours: { type: 'string', default: '720' },
    verbose: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const childFile = fileURLToPath(new URL('bot-process.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'perpilot-crash-'));
const startedAt = performance.now();

interface Month {
  readonly kills: number;
  readonly executions: number;
  readonly longestUnprotectedMs: number;
  readonly broken: readonly string[];
}

/** One month on one exchange; the bot is killed up to `kills` times, then lives to the end. */
async function month(seed: number, kills: number): Promise<Month> {
  const market = crashMarket(seed, Number(values.hours));
  const exchange = exchangeOf(market, { deposit: DEPOSIT, touches: 'close', seed });
  const random = createRandom(`crash/${seed}`);
  let deaths = 0;
  const watch = watchExchange(
    exchange,
    market.instruments.map(({ symbol }) => symbol),
  );
  const running = await startSimulator({
    exchange,
    createCodec: createBybitCodec,
    credentials: {
      key: 'crash-key',
      secret: 'crash-secret',
      environment: 'testnet',
      readOnly: false,
      mayWithdraw: false,
      expiresAt: undefined,
      allowedAddresses: undefined,
      foreignKeys: [],
    },
    clock: createSystemClock(),
    speed: 'lockstep',
    port: 0,
    limits: false,
    faults: chaosPipeline(random.fork('wire'), () => deaths < kills),
    report: (problem) => watch.note(`a bug in the simulator: ${String(problem)}`),
  });
  const pace = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on(
      'end',
      () => void answer(request.url ?? '', Buffer.concat(chunks).toString()).then((text) => response.end(text)),
    );
  });
  const state = () => JSON.stringify({ time: exchange.now, executions: watch.executions, ended: exchange.ended });
  const answer = async (path: string, body: string): Promise<string> => {
    if (path !== '/step') return state();
    const { time, books } = JSON.parse(body) as { time: number | null; books?: BotBooks };
    if (books !== undefined) watch.compare(books);
    await running.advance(Math.min(time ?? Infinity, exchange.nextClose()));
    return state();
  };
  await new Promise<void>((resolve) => {
    pace.listen(0, '127.0.0.1', resolve);
  });
  const address = pace.address();
  const paceUrl = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const journal = join(folder, `${seed}.sqlite`);
  const broken: string[] = [];
  for (;;) {
    const isLast = deaths >= kills;
    const byCommit = !isLast && random.next() < 0.6;
    const words = ['--seed', String(seed), '--hours', values.hours, '--journal', journal, '--rest', running.httpUrl];
    words.push('--stream', running.webSocketUrl, '--pace', paceUrl);
    if (byCommit)
      words.push('--die-at', String(1 + random.below(120)), '--die-when', random.next() < 0.5 ? 'before' : 'after');
    const death = await live(words, isLast || byCommit ? undefined : 700 + random.below(1_500));
    if (death.kind === 'killed') {
      deaths += 1;
      if (values.verbose) process.stdout.write(`  death ${deaths} at ${new Date(exchange.now).toISOString()}\n`);
      continue;
    }
    if (death.kind === 'failed') broken.push(`the bot ended with ${death.code}: ${death.text.slice(-600)}`);
    break;
  }
  await running.close();
  pace.close();
  return {
    kills: deaths,
    executions: watch.executions,
    longestUnprotectedMs: watch.longestUnprotectedMs,
    broken: [...broken, ...watch.broken],
  };
}

type Death =
  | { readonly kind: 'killed' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly code: number; readonly text: string };

function live(words: readonly string[], killAfterMs: number | undefined): Promise<Death> {
  const child = spawn(process.execPath, [childFile, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') resolve({ kind: 'killed' });
      else resolve(code === 0 ? { kind: 'ended' } : { kind: 'failed', code: code ?? -1, text });
    });
  });
}

let kills = 0;
let executions = 0;
let longest = 0;
const broken: string[] = [];
for (let seed = Number(values.seed); kills < runs; seed += 1) {
  const done = await month(seed, Math.min(50, runs - kills));
  kills += done.kills;
  executions += done.executions;
  longest = Math.max(longest, done.longestUnprotectedMs);
  broken.push(...done.broken);
  for (const text of done.broken.slice(0, 10)) process.stdout.write(`BROKEN seed ${seed}: ${text}\n`);
  process.stdout.write(
    `seed ${seed}: ${done.kills} kills, ${done.executions} executions, ${done.broken.length} broken promises\n`,
  );
  if (done.kills === 0) break;
}
rmSync(folder, { recursive: true, force: true });
const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
process.stdout.write(`${kills} kills, ${executions} executions, longest without a stop ${longest} ms, ${seconds} s\n`);
process.stdout.write(`${broken.length === 0 ? 1 : 0} passed, ${broken.length} failed\n`);
process.exitCode = broken.length === 0 && kills >= runs ? 0 : 1;
