// How is a real venue's protocol rehearsed on this machine? `perpilot exchange-simulator`.
import { Option, type Command } from 'commander';
import { isoTime } from '../../domain/iso-time.ts';
import { INTERVAL_NAMES } from '../../domain/time.ts';
import type { Credentials } from '../../exchange-simulator/venues/venue-codec.ts';
import { addConfigOptions, examples, utcTime } from '../arguments.ts';
import type { ComposedSimulator } from '../compose-simulator.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import {
  intervalName,
  portOf,
  positiveNumber,
  seedOf,
  simulatorCredentials,
  speedOf,
  type SimulatorOptions,
} from '../simulator-options.ts';

export function registerExchangeSimulator(program: Command, context: CliContext): void {
  addConfigOptions(program.command('exchange-simulator'))
    .description("an exchange on this machine that speaks a venue's own protocol, driven by stored history")
    .addOption(new Option('--exchange <venue>', 'whose protocol').choices(['bybit', 'binance']).default('bybit'))
    .option('-d, --data <dir>', 'folder with candles/, funding/ and instruments/ (default: data.root)')
    .option('--embedded', 'the synthetic market inside the package instead of stored data', false)
    .option('--symbols <names...>', 'symbols, with blanks or commas between them; all: every one with candles')
    .option('--interval <name>', `length of the replayed candles: ${INTERVAL_NAMES.join(', ')}`, intervalName)
    .option('--from <time>', 'where market time begins, UTC (default: the first stored candle)', utcTime)
    .option('--until <time>', 'where it ends (default: the end of what is stored)', utcTime)
    .option('--speed <factor>', 'times as fast as real, or lockstep: only when told to', speedOf, 1)
    .option('--port <number>', 'port on 127.0.0.1; 0 takes any that is free', portOf, 0)
    .option('--faults <file>', 'script of faults (YAML)')
    .option('--seed <number>', 'seed of everything random (default: research.seed)', seedOf)
    .option('--deposit <amount>', 'wallet at the beginning, USDT', positiveNumber, 10_000)
    .option('--leverage <factor>', 'leverage until a client sets another', positiveNumber, 10)
    .addOption(
      new Option('--margin-mode <mode>', 'margin mode at the beginning')
        .choices(['isolated', 'cross'])
        .default('isolated'),
    )
    .addOption(
      new Option('--server-clock <clock>', 'clock that judges signatures: of this machine, or market time')
        .choices(['wall', 'market'])
        .default('wall'),
    )
    .option('--no-limits', "answer however many requests come, without the venue's rate limits")
    .option('--json', 'one JSON object', false)
    .addHelpText(
      'after',
      `${examples(
        'exchange-simulator --data ./data --symbols BTCUSDT,ETHUSDT --from 2024-03-01 --speed 60 --port 8200',
        'exchange-simulator --embedded --speed lockstep',
      )}

Key and secret come from PERPILOT_SIMULATOR_KEY and PERPILOT_SIMULATOR_SECRET, or are printed.
How to steer it while it runs is written in docs/exchange-simulator.md.`,
    )
    .action((options: SimulatorOptions) => run(options, context));
}

/** Runs until it is told to stop, by a signal or by the control API. */
async function run(options: SimulatorOptions, context: CliContext): Promise<void> {
  const { credentials, isDefault } = simulatorCredentials(context.env);
  const { signal } = context.interrupt;
  // Loaded here: the server and the readers of data take longer to start than most commands to run.
  const { composeSimulator } = await import('../compose-simulator.ts');
  const report = (problem: unknown): void => {
    const text = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
    context.stderr.write(`a bug in the simulator, which the client sees as an error of the venue: ${text}\n`);
  };
  const composed = await composeSimulator({ options, credentials, signal, report });
  const { running } = composed;
  const stop = (): void => void running.close();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const shown = isDefault ? credentials : undefined;
  if (options.json) context.out(listeningJson(composed, options, shown));
  else for (const line of listeningLines(composed, options, shown)) context.out(line);
  await running.ended;
  signal.removeEventListener('abort', stop);
  context.finish(EXIT.OK);
}

/** Where it listens, for programs; key and secret only when they are no secret. */
function listeningJson(composed: ComposedSimulator, options: SimulatorOptions, shown: Credentials | undefined): string {
  const { running, symbols, from, synthetic } = composed;
  return JSON.stringify({
    event: 'listening',
    exchange: options.exchange,
    httpUrl: running.httpUrl,
    webSocketUrl: running.webSocketUrl,
    controlUrl: `${running.httpUrl}/control`,
    port: running.port,
    symbols,
    from,
    speed: options.speed,
    synthetic,
    ...(shown === undefined ? {} : { key: shown.key, secret: shown.secret }),
  });
}

function listeningLines(
  { running, symbols, from, synthetic }: ComposedSimulator,
  { exchange, speed }: SimulatorOptions,
  shown: Credentials | undefined,
): readonly string[] {
  const pace =
    speed === 'lockstep' ? 'in lock-step: it moves when the control API says so' : `${speed} times real time`;
  return [
    `${exchange} at ${running.httpUrl} and ${running.webSocketUrl}, control at ${running.httpUrl}/control`,
    `market time ${isoTime(from)} UTC, ${pace}`,
    `symbols: ${symbols.join(', ')}${synthetic ? ' (synthetic market: no real prices)' : ''}`,
    shown === undefined ? 'key and secret: from the environment' : `key ${shown.key}, secret ${shown.secret}`,
    'Ctrl-C ends it',
  ];
}
