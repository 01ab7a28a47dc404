// Which exchange does the soaked bot trade on? The simulator in a process of its own, whose market runs by the clock once it is told to.
import { parseArgs } from 'node:util';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { atomsToNumber } from '../../src/domain/money.ts';
import { createFaultPipeline } from '../../src/exchange-simulator/faults/create-fault-pipeline.ts';
import { startSimulator } from '../../src/exchange-simulator/start-simulator.ts';
import { createBinanceCodec } from '../../src/exchange-simulator/venues/binance/binance-codec.ts';
import { createBybitCodec } from '../../src/exchange-simulator/venues/bybit/bybit-codec.ts';
import { simulatorCredentials } from '../../src/cli/simulator-options.ts';
import { exchangeOf } from '../scenarios/exchange-simulator/both-venues.ts';
import { soakMarket } from './soak-market.ts';
import { troubleOf } from './soak-trouble.ts';

/** How often the market moves, milliseconds of this machine. */
const TICK_MS = 25;
const { values } = parseArgs({
  options: {
    venue: { type: 'string', default: 'bybit' },
    days: { type: 'string', default: '7' },
    speed: { type: 'string', default: '1000' },
    symbols: { type: 'string', default: '4' },
    bar: { type: 'string', default: '300000' },
    disconnects: { type: 'string', default: '200' },
    faults: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    limits: { type: 'boolean', default: false },
  },
});
const [days, speed, seed] = [Number(values.days), Number(values.speed), Number(values.seed)];
const market = soakMarket(seed, { days, symbols: Number(values.symbols), barMs: Number(values.bar) });
const { begin, symbols } = market;
const exchange = exchangeOf(market, { deposit: 100_000, from: begin, seed });
const trouble = { seed, begin, days, speed, symbols, disconnects: Number(values.disconnects) };
const { script, cuts } = troubleOf({ ...trouble, faultsPerDay: Number(values.faults) });
const venue = values.venue === 'binance' ? 'binance' : 'bybit';
const clock = createSystemClock();
const faults = createFaultPipeline({ script, exchange, clock, venue });
const bugs: string[] = [];
const dropped = new Set<number>();
const counted = {
  // Methods of a class are not its own properties.
  request: faults.request.bind(faults),
  frame: faults.frame.bind(faults),
  clientFrame: faults.clientFrame.bind(faults),
  isDead: faults.isDead.bind(faults),
  clockOffsetMs: faults.clockOffsetMs.bind(faults),
  orderLagMs: faults.orderLagMs.bind(faults),
  unasked: faults.unasked.bind(faults),
  nextTime: faults.nextTime.bind(faults),
  onTime: faults.onTime.bind(faults),
  dropsConnection(view: Parameters<typeof faults.dropsConnection>[0]) {
    const drops = faults.dropsConnection(view);
    if (drops) dropped.add(view.connection);
    return drops;
  },
};
const running = await startSimulator({
  exchange,
  createCodec: venue === 'bybit' ? createBybitCodec : createBinanceCodec,
  credentials: simulatorCredentials({}).credentials,
  clock,
  faults: counted,
  faultControl: faults,
  speed: 'lockstep',
  port: 0,
  limits: values.limits,
  report: (problem) => bugs.push(String(problem instanceof Error ? problem.stack : problem)),
});

let before = 0;
let isMoving = false;
function tick(): void {
  const now = performance.now();
  if (isMoving) return;
  const time = exchange.now + (now - before) * speed;
  before = now;
  isMoving = true;
  void running.advance(Math.trunc(time)).finally(() => {
    isMoving = false;
  });
}

function truth() {
  const { wallet } = exchange.ledger;
  return {
    now: exchange.now,
    wallet: String(wallet),
    walletNumber: atomsToNumber(wallet),
    positions: symbols.filter((symbol) => exchange.position(symbol).quantity !== 0),
    openOrders: exchange.openOrders({}).length,
    executions: exchange.executions({}).length,
    orders: exchange.closedOrders({}).filter(({ source }) => source === 'client').length,
    dropped: dropped.size,
    faults: faults.log().length,
    memoryBytes: process.memoryUsage().rss,
    bugs,
  };
}

export type ExchangeTruth = ReturnType<typeof truth>;

let timer: NodeJS.Timeout | undefined;
process.on('message', (word: 'go' | 'calm' | 'halt' | 'truth' | 'end') => {
  if (word === 'go') {
    before = performance.now();
    timer = setInterval(tick, TICK_MS);
  } else if (word === 'halt') clearInterval(timer);
  else if (word === 'calm') faults.clear();
  else if (word === 'truth') process.send?.({ truth: truth() });
  else process.exit(0);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ listening: { url: running.httpUrl, begin, cuts } });
