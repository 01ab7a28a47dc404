// How is the exchange simulator put together from options? Source, tape, exchange, venue and clock, started as one server.
import { createSystemClock } from '../adapters/system/system-clock.ts';
import { loadConfig } from '../config/load-config.ts';
import { PerpilotError } from '../domain/errors.ts';
import { createSimulatedExchange } from '../exchange-simulator/core/create-simulated-exchange.ts';
import { createFaultPipeline, scriptProblems } from '../exchange-simulator/faults/create-fault-pipeline.ts';
import { startSimulator, type RunningSimulator } from '../exchange-simulator/start-simulator.ts';
import type { CodecWorld, Credentials, VenueCodec } from '../exchange-simulator/venues/venue-codec.ts';
import { configRequestOf } from './arguments.ts';
import { openSource } from './check-request.ts';
import { chosenSymbols } from './chosen-symbols.ts';
import { loadTape } from './compose-tape.ts';
import { readFaultScript } from './read-fault-script.ts';
import { refuseUnusableWords, wordsOf } from './research-options.ts';
import { replaySpan, type SimulatorOptions } from './simulator-options.ts';

export interface SimulatorRequest {
  readonly options: SimulatorOptions;
  readonly credentials: Credentials;
  readonly signal: AbortSignal;
  /** Is told of bugs in the simulator. */
  readonly report: (problem: unknown) => void;
}

export interface ComposedSimulator {
  readonly running: RunningSimulator;
  readonly symbols: readonly string[];
  /** Market time at the beginning, epoch milliseconds. */
  readonly from: number;
  readonly synthetic: boolean;
}

/** Loads the market and starts the server. @throws PerpilotError for everything that is wrong with options and data */
export async function composeSimulator(request: SimulatorRequest): Promise<ComposedSimulator> {
  const { options, credentials, signal, report } = request;
  const { interval } = options;
  if (options.embedded && options.data !== undefined) {
    const problem = { message: '--embedded and --data cannot be given together', where: '--embedded' };
    throw new PerpilotError('ARGUMENT_INVALID', [problem]);
  }
  const words = wordsOf(options.symbols);
  if (words === undefined && !options.embedded) {
    const hint = 'name some, such as --symbols BTCUSDT,ETHUSDT, or all of them with --symbols all';
    throw new PerpilotError('ARGUMENT_INVALID', [{ message: 'no symbols are given', where: '--symbols', hint }]);
  }
  if (words !== undefined) refuseUnusableWords('--symbols', words);
  const { config } = loadConfig(configRequestOf(options));
  const seed = options.seed ?? config.research.seed;
  const script = options.faults === undefined ? { seed, faults: [] } : readFaultScript(options.faults, seed);
  const source = await openSource(options, { config, seed });
  const data = interval === undefined ? config.data : { ...config.data, interval };
  const { symbols } = await chosenSymbols(words ?? ['all'], source, data.interval);
  const { fundingIntervalHours } = config.costs;
  const { from: wanted, until: end } = options;
  const tape = await loadTape({ source, symbols, data, fundingIntervalHours, from: wanted, until: end, signal });
  const { from, until } = replaySpan(tape, options);
  const exchange = createSimulatedExchange({
    tape,
    from,
    until,
    costs: config.costs,
    deposit: options.deposit,
    marginMode: options.marginMode,
    positionMode: 'one-way',
    defaultLeverage: options.leverage,
    seed,
  });
  const problems = scriptProblems(script, exchange);
  if (problems.length > 0) throw new PerpilotError('ARGUMENT_INVALID', problems);
  const { speed, port, limits, serverClock } = options;
  const clock = createSystemClock();
  const faults = createFaultPipeline({ script, exchange, clock, venue: options.exchange });
  const createCodec = await codecOf(options.exchange);
  const running = await portErrors(port, () =>
    startSimulator({
      exchange,
      createCodec,
      credentials,
      clock,
      faults,
      faultControl: faults,
      speed,
      port,
      limits,
      serverClock,
      report,
    }),
  );
  return { running, symbols, from, synthetic: source.synthetic };
}

/** The venue's protocol, of which only the wanted one is loaded. */
async function codecOf(exchange: SimulatorOptions['exchange']): Promise<(world: CodecWorld) => VenueCodec> {
  if (exchange === 'binance') {
    return (await import('../exchange-simulator/venues/binance/binance-codec.ts')).createBinanceCodec;
  }
  return (await import('../exchange-simulator/venues/bybit/bybit-codec.ts')).createBybitCodec;
}

const PORT_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program',
  EACCES: 'may not be opened by this user',
};

/** What the system says about a port, as a problem of the option. */
async function portErrors<Result>(port: number, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!Object.hasOwn(PORT_PROBLEMS, code)) throw error;
    const message = `port ${port} ${PORT_PROBLEMS[code]}`;
    throw new PerpilotError('ARGUMENT_INVALID', [
      { message, where: '--port', hint: '--port 0 takes any that is free' },
    ]);
  }
}
