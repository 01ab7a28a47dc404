// Which commands does perpilot have?
import { Command, Help } from 'commander';
import packageFacts from '../../package.json' with { type: 'json' };
import { examples } from './arguments.ts';
import { registerAlerts } from './commands/alerts.ts';
import { registerBackup } from './commands/backup.ts';
import { registerBot } from './commands/bot.ts';
import { registerCalibrate } from './commands/calibrate.ts';
import { registerCompletion } from './commands/completion.ts';
import { registerConfig } from './commands/config.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerData } from './commands/data.ts';
import { registerDrill } from './commands/drill.ts';
import { registerExchangeSimulator } from './commands/exchange-simulator.ts';
import { registerInit } from './commands/init.ts';
import { registerJournal } from './commands/journal.ts';
import { registerModels } from './commands/models.ts';
import { registerLogs } from './commands/logs.ts';
import { registerMonitor } from './commands/monitor.ts';
import { registerPortfolio } from './commands/portfolio.ts';
import { registerReadiness } from './commands/readiness.ts';
import { registerReplay } from './commands/replay.ts';
import { registerResearch } from './commands/research.ts';
import { registerCanary } from './commands/canary.ts';
import { registerFlatten } from './commands/flatten.ts';
import { registerStatus } from './commands/status.ts';
import { registerTrain } from './commands/train.ts';
import { registerUniverse } from './commands/universe.ts';
import { registerRetrain } from './commands/retrain.ts';
import { registerSwitches } from './commands/switches.ts';
import { registerWatchdog } from './commands/watchdog.ts';
import type { CliContext } from './context.ts';
import { EXIT_MEANINGS } from './exit-codes.ts';

const exitCodes = Object.entries(EXIT_MEANINGS)
  .map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`)
  .join('\n');

/** The commands, ready to parse; wrong arguments are thrown as CommanderError and printed by nobody here. */
export function createProgram(context: CliContext): Command {
  const program = new Command('perpilot')
    .description(packageFacts.description)
    .version(packageFacts.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain the command')
    .addHelpText(
      'after',
      `${examples(
        'research --embedded --out ./runs/trial',
        'data check --data ./data',
        'config show --risk-level moderate',
      )}

Exit codes:
${exitCodes}`,
    )
    .configureHelp({
      // That a switch is off unless given goes without saying.
      optionDescription: (option) =>
        option.defaultValue === false ? option.description : Help.prototype.optionDescription(option),
    })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.out(text.trimEnd()),
      writeErr: (text) => void context.stderr.write(text),
      // Wrong arguments are thrown as well, and main prints them like every other failure.
      outputError: () => undefined,
    });
  registerInit(program, context);
  registerResearch(program, context);
  registerCalibrate(program, context);
  registerTrain(program, context);
  registerRetrain(program, context);
  registerModels(program, context);
  registerPortfolio(program, context);
  registerConfig(program, context);
  registerData(program, context);
  registerUniverse(program, context);
  registerExchangeSimulator(program, context);
  registerBot(program, context);
  registerReplay(program, context);
  registerJournal(program, context);
  registerSwitches(program, context);
  registerFlatten(program, context);
  registerCanary(program, context);
  registerWatchdog(program, context);
  registerDoctor(program, context);
  registerReadiness(program, context);
  registerDrill(program, context);
  registerStatus(program, context);
  registerAlerts(program, context);
  registerLogs(program, context);
  registerMonitor(program, context);
  registerBackup(program, context);
  registerCompletion(program, context);
  return program;
}
