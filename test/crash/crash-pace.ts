// How does a bot that may die at any instant move the market? Through a door of its own, at which it says what it has.
import { createServer } from 'node:http';
import { dirname } from 'node:path';
import { createLatchFiles } from '../../src/adapters/system/latch-files.ts';
import { toExactJson } from '../../src/domain/exact-json.ts';
import type { SimulatedExchange } from '../../src/exchange-simulator/core/exchange.ts';
import type { RunningSimulator } from '../../src/exchange-simulator/start-simulator.ts';
import { LATCH_NAMES, type LatchName } from '../../src/ports/latch-store.ts';
import type { BotBooks, CrashWatch } from './crash-watch.ts';

const HOUR = 3_600_000;
/** The books may be behind for so long: lost messages are found by the next comparison, and time moves by hours. */
const UNSURE_MS = 3 * HOUR;

/** What the bot tells with every step of the market. Undefined: it knows that it does not know all. */
interface Step {
  readonly time: number | null;
  readonly books?: BotBooks;
}

export interface PaceParts {
  readonly exchange: SimulatedExchange;
  readonly running: RunningSimulator;
  readonly watch: CrashWatch;
  readonly hello: object;
  /** Journal of the bot; its switches lie beside it. */
  readonly journal: string;
  /** The switch that somebody throws at this step; undefined: nobody does. */
  readonly throws: () => LatchName | undefined;
}

export interface Pace {
  readonly url: string;
  /** Resolves when the bot has brought the market to `time`. */
  reached(time: number): Promise<void>;
  /** What the dead one did not know, nobody can be asked about. */
  died(): void;
  /** For how many steps of the market it has not known all. */
  unsureSteps(): number;
  /** A person has looked at the switches, and takes them back. */
  resume(): void;
  close(): void;
}

export async function servePace(parts: PaceParts): Promise<Pace> {
  const { exchange, running, watch, hello } = parts;
  const sureness = watchSureness(exchange, watch);
  const switches = watchSwitches(parts);
  let waiting: { readonly time: number; readonly wake: () => void }[] = [];
  const wakeDue = (): void => {
    for (const { time, wake } of waiting) if (time <= exchange.now) wake();
    waiting = waiting.filter(({ time }) => time > exchange.now);
  };
  const state = () => ({ time: exchange.now, executions: watch.executions, ended: exchange.ended });
  const answer = async (path: string, body: string): Promise<string> => {
    if (path === '/hello') return toExactJson({ ...hello, ...state() });
    const { time, books } = JSON.parse(body) as Step;
    watch.look();
    switches.look();
    if (path === '/end' && books === undefined) watch.note('the bot does not come to rest at the end');
    else sureness.take(books);
    if (path === '/step') {
      switches.throwSome();
      await running.advance(Math.min(time ?? Infinity, exchange.nextClose()));
    }
    watch.look();
    wakeDue();
    return toExactJson(state());
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void answer(request.url ?? '', Buffer.concat(chunks).toString()).then((text) => response.end(text));
    });
  });
  // A bot may think for as long as it likes.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    reached: (time) =>
      time <= exchange.now ? Promise.resolve() : new Promise((wake) => void waiting.push({ time, wake })),
    died: () => {
      waiting = [];
      sureness.died();
    },
    unsureSteps: () => sureness.steps(),
    resume: () => switches.resume(),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Books are compared whenever the bot says that it knows all; it has to know all again before long. */
function watchSureness(exchange: SimulatedExchange, watch: CrashWatch) {
  let unsureSince: number | undefined;
  let steps = 0;
  return {
    steps: (): number => steps,
    take(books: BotBooks | undefined): void {
      if (books !== undefined) {
        unsureSince = undefined;
        steps = 0;
        watch.compare(books);
        return;
      }
      unsureSince ??= exchange.now;
      steps += 1;
      const apart = exchange.now - unsureSince;
      if (apart > UNSURE_MS) watch.note(`books and exchange were apart for ${apart} ms`);
    },
    died: (): void => {
      unsureSince = undefined;
      steps = 0;
    },
  };
}

/** Switches stay set until a person takes them back, whoever threw them. */
function watchSwitches({ exchange, watch, journal, throws }: PaceParts) {
  const files = createLatchFiles(dirname(journal));
  const set = new Set<LatchName>();
  const hold = (): void => watch.hold(set.has('kill') ? 'kill' : [...set][0]);
  return {
    look(): void {
      for (const name of LATCH_NAMES) {
        const isSet = files.read(name) !== undefined;
        if (isSet === set.has(name)) continue;
        if (!isSet) watch.note(`${name} is not set any more, and nobody took it back`);
        if (isSet) set.add(name);
        else set.delete(name);
        hold();
      }
    },
    throwSome(): void {
      const name = throws();
      if (name === undefined || set.has(name)) return;
      files.set(name, { reason: 'a person wants it', by: 'the campaign', at: exchange.now });
      set.add(name);
      hold();
    },
    resume(): void {
      for (const name of LATCH_NAMES) files.clear(name);
      set.clear();
      hold();
    },
  };
}
