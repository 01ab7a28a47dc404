// What does one of several programs on a machine ask of a venue? As much as its budget lets it, for a while; it prints what came back.
import { createSystemClock } from '../../../src/adapters/system/system-clock.ts';
import { createVenueConnection } from '../../../src/adapters/ccxt/venue-connection.ts';
import { START } from '../simulated-market.ts';
import { VenueError } from '../../../src/domain/venue-error.ts';
import type { VenueName } from '../../../src/ports/venue-connection.ts';

interface Task {
  readonly venue: VenueName;
  readonly rest: string;
  readonly stream: string;
  readonly budgetFolder: string;
  readonly key: string;
  readonly secret: string;
  readonly name: string;
  readonly forMs: number;
  /** What kind of program it is. */
  readonly role: 'bot' | 'watchdog' | 'download';
}

const task = JSON.parse(process.argv[2]) as Task;
const { venue, rest, stream, budgetFolder, key, secret, name, forMs, role } = task;
const connection = await createVenueConnection({
  venue,
  environment: 'testnet',
  credentials: { key, secret },
  baseUrls: { rest, stream },
  clock: createSystemClock(),
  random: Math.random,
  budgetFolder,
  urgent: role === 'watchdog',
});
const { account, market } = connection;
// The time begins with the first answer: how long a process takes to start is not what is asked here.
await account.balance();
const codes: Record<string, number> = { done: 1 };
const endsAt = performance.now() + forMs;
let count = 0;

/** Asks again and again until the time is over. */
async function work(ask: () => Promise<unknown>): Promise<void> {
  while (performance.now() < endsAt) {
    try {
      await ask();
      codes['done'] = (codes['done'] ?? 0) + 1;
    } catch (error) {
      const code = error instanceof VenueError ? `${error.code} ${error.venueCode ?? ''}` : String(error);
      // What waited for its turn when the time was over.
      if (code === 'CLOSED ') return;
      codes[code] = (codes[code] ?? 0) + 1;
    }
  }
}

const place = () =>
  account.place({
    clientOrderId: `${name}-${(count += 1)}`,
    symbol: 'AAAUSDT',
    side: 'buy',
    quantity: 0.1,
    reduceOnly: false,
    type: 'limit',
    price: 60,
    safety: false,
  });
setTimeout(() => void connection.close(), forMs);
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));
const candles = () => market.candles({ symbol: 'AAAUSDT', intervalMs: 60_000, from: START, price: 'trade' });
const roles: Readonly<Record<Task['role'], readonly (() => Promise<unknown>)[]>> = {
  bot: [place, place, () => account.balance(), () => account.positions(), () => market.tickers()],
  watchdog: [() => account.positions().then(pause), () => account.openOrders().then(pause)],
  download: [candles, candles, () => market.tickers(), () => market.tickers()],
};
await Promise.all(roles[role].map(work));
console.log(JSON.stringify(codes));
