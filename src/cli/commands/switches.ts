// How does a person stop the bot, and let it go on? `perpilot kill`, `pause` and `resume`: switches beside its journal.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { createHeartbeatFile } from '../../adapters/system/heartbeat-file.ts';
import { createLatchFiles } from '../../adapters/system/latch-files.ts';
import { createSymbolSwitches } from '../../adapters/system/symbol-switches.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { isoTime } from '../../domain/iso-time.ts';
import { LATCH_NAMES, type Latch, type LatchName } from '../../ports/latch-store.ts';
import type { AccountOptions } from '../account-access.ts';
import { examples } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { addAccountOptions } from './flatten.ts';

interface SwitchOptions {
  readonly reason: string;
}

/** Switches that a person throws; that of the canary is thrown by a failed one alone. */
type Thrown = Exclude<LatchName, 'canary'>;

const WHAT: Readonly<Record<Thrown, string>> = {
  kill: 'close everything, ask the venue until it says flat, and open nothing until resume',
  pause: 'open nothing new until resume; what is held is looked after',
};

interface PauseOptions extends SwitchOptions {
  readonly symbol?: string;
}

interface ResumeOptions extends PauseOptions {
  readonly confirm: boolean;
}

interface KillOptions extends SwitchOptions, AccountOptions {
  readonly yes: boolean;
}

export function registerSwitches(program: Command, context: CliContext): void {
  const ofSwitch = (name: Thrown): Command =>
    program
      .command(name)
      .description(WHAT[name])
      .argument('<dir>', 'folder of the bot: where its journal lies')
      .option('--reason <text>', 'why, for the journal', 'by command')
      .addHelpText('after', examples(`${name} runs/rehearsal --reason "going on holiday"`));
  ofSwitch('pause')
    .option('--symbol <symbol>', 'only this one; the others go on')
    .action((folder: string, options: PauseOptions) => setPause(folder, options, context));
  addAccountOptions(ofSwitch('kill'))
    .option(
      '--yes',
      'where no bot answers, close everything from this process, with the keys of the environment',
      false,
    )
    .action((folder: string, options: KillOptions) => kill(folder, options, context));
  program
    .command('resume')
    .description('take back pause and the block of a failed canary, and with --confirm the kill switch too')
    .argument('<dir>', 'folder of the bot: where its journal lies')
    .option('--confirm', 'the account was looked at, and the bot may trade again after a kill', false)
    .option('--symbol <symbol>', 'only its own pause, and the quarantine that the bot has put it in')
    .option('--reason <text>', 'why, for the journal', 'by command')
    .addHelpText('after', examples('resume runs/rehearsal --confirm', 'resume runs/rehearsal --symbol BTCUSDT'))
    .action((folder: string, options: ResumeOptions) => resume(folder, options, context));
}

function setPause(folder: string, { symbol, reason }: PauseOptions, context: CliContext): void {
  if (symbol === undefined) {
    throwSwitch('pause', folder, reason);
  } else {
    assertBot(folder);
    createSymbolSwitches(folder).pause(nameOf(symbol), latchNow(reason));
  }
  const what = symbol === undefined ? 'pause' : `pause of ${symbol}`;
  context.out(`${what} is set in ${folder}: the bot acts on it within a second, and whenever it starts`);
  context.finish(EXIT.OK);
}

function resumeSymbol(folder: string, symbol: string, reason: string, context: CliContext): void {
  assertBot(folder);
  createSymbolSwitches(folder).resume(nameOf(symbol), latchNow(reason));
  context.out(`${symbol} may be traded again: the bot lifts its quarantine within a second, or when it starts`);
  context.finish(EXIT.OK);
}

/** A name that cannot be that of a symbol would be a switch that nobody ever looks at. */
function nameOf(symbol: string): string {
  if (/^[A-Z0-9]{2,40}$/.test(symbol)) return symbol;
  const hint = 'name it as the exchange does, as BTCUSDT';
  throw new PerpilotError('ARGUMENT_INVALID', [{ message: `${symbol} is no symbol`, where: '--symbol', hint }]);
}

const latchNow = (reason: string): Latch => ({ reason, by: 'command', at: Date.now() });

function throwSwitch(name: Thrown, folder: string, reason: string): void {
  assertBot(folder);
  createLatchFiles(folder).set(name, latchNow(reason));
}

/** So long the bot may take to say that it acts. */
const ANSWER_MS = 10_000;
const LOOK_MS = 200;

async function kill(folder: string, options: KillOptions, context: CliContext): Promise<void> {
  throwSwitch('kill', folder, options.reason);
  const answer = await answerOf(folder, context);
  if (answer === 'acts' || (answer === 'never seen' && !options.yes)) {
    context.out(
      answer === 'acts'
        ? `kill is set in ${folder}, and the bot acts on it: kill-report.json there says how far it is`
        : `kill is set in ${folder}: the bot acts on it within a second, and whenever it starts`,
    );
    context.finish(EXIT.OK);
    return;
  }
  if (!options.yes) {
    context.out(`kill is set in ${folder}, but no bot answers: with --yes everything is closed from this process`);
    context.finish(EXIT.NEGATIVE);
    return;
  }
  context.out('no bot answers: everything is closed from this process');
  const { runFlatten } = await import('../run-flatten.ts');
  const report = await runFlatten({ ...options, folder }, context);
  for (const { symbol, quantity } of report.closed) context.out(`${symbol}: ${quantity} was held`);
  context.out(report.flat ? 'flat: the venue shows neither a position nor an order' : 'NOT flat: look at the account');
  context.finish(report.flat ? EXIT.OK : EXIT.NEGATIVE);
}

/** Whether the bot of the folder says that it acts on the kill; a word that does not change is old. */
async function answerOf(folder: string, { interrupt }: CliContext): Promise<'acts' | 'silent' | 'never seen'> {
  const heartbeats = createHeartbeatFile(folder);
  const first = heartbeats.read();
  if (first === undefined) return 'never seen';
  if (!first.running) return 'silent';
  for (let waited = 0; waited < ANSWER_MS; waited += LOOK_MS) {
    await pause(LOOK_MS, undefined, { signal: interrupt.signal });
    const beat = heartbeats.read();
    if (beat?.running !== true || beat.sequence === first.sequence) continue;
    if (beat.latches.includes('kill')) return 'acts';
  }
  return 'silent';
}

function resume(folder: string, { confirm, symbol, reason }: ResumeOptions, context: CliContext): void {
  if (symbol !== undefined) {
    resumeSymbol(folder, symbol, reason, context);
    return;
  }
  assertBot(folder);
  const latches = createLatchFiles(folder);
  const killed = latches.read('kill');
  if (killed !== undefined && !confirm) {
    throw new PerpilotError('ARGUMENT_INVALID', [
      {
        message: `the kill switch was thrown (${killed.reason}, ${isoTime(killed.at)} UTC)`,
        where: '--confirm',
        hint: 'look at the account at the exchange first, then resume with --confirm',
      },
    ]);
  }
  const taken = LATCH_NAMES.filter((name) => latches.read(name) !== undefined);
  for (const name of taken) latches.clear(name);
  context.out(taken.length === 0 ? `nothing was set in ${folder}` : `taken back: ${taken.join(', ')}`);
  context.finish(EXIT.OK);
}

function assertBot(folder: string): void {
  if (existsSync(join(folder, 'journal.sqlite'))) return;
  const hint = 'name the folder that was given to perpilot bot with --out';
  throw new PerpilotError('DATA_MISSING', [{ message: `no bot has its journal in ${folder}`, where: folder, hint }]);
}
