// How does a bot have its models trained without being disturbed? By a process of its own at the lowest priority, one at a time.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isoTime } from '../domain/iso-time.ts';
import type { RetrainJob } from '../live/models/renewal-source.ts';
import type { ConfigOptions } from './arguments.ts';
import { EXIT } from './exit-codes.ts';

export interface RetrainChildOptions extends ConfigOptions {
  /** Folder of the registry, and of the history that is learnt from. */
  readonly models: string;
  readonly data: string;
  readonly symbols: readonly string[];
  /** The history is completed from the venue first. */
  readonly update: boolean;
  /** The market is replayed: nothing after its time may be learnt from. */
  readonly isReplayed: boolean;
}

/** This program, as it runs: from its sources, or built. */
const MAIN = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url));

/** So much of what the process says is kept. */
const KEPT_CHARS = 1_000_000;

export function createRetrainChild(options: RetrainChildOptions): RetrainJob {
  let child: ChildProcess | undefined;
  const run = async (words: readonly string[]) => {
    child = spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    lower(child);
    const { stdout, stderr } = child;
    const said = { out: '', error: '' };
    stdout?.setEncoding('utf8').on('data', (text: string) => (said.out = (said.out + text).slice(-KEPT_CHARS)));
    stderr?.setEncoding('utf8').on('data', (text: string) => (said.error = (said.error + text).slice(-KEPT_CHARS)));
    const [code] = await once(child, 'close');
    child = undefined;
    return { ...said, code: Number(code ?? NaN) };
  };
  return {
    holdsTheMarket: false,
    end: () => child?.kill('SIGTERM'),
    async run({ causes, now }) {
      const { data, update } = options;
      // A history that cannot be completed now is learnt from as it is.
      const updated = update ? await run(['data', 'update', '--data', data]) : { code: EXIT.OK, error: '' };
      const trained = await run([
        ...retrainWords(options, now),
        ...(causes.every((cause) => cause === 'shadow') ? ['--settle'] : []),
      ]);
      const isAnswer = trained.code === EXIT.OK || trained.code === EXIT.NEGATIVE;
      if (!isAnswer) throw new Error(inShort(trained.error) || `the training ended with exit code ${trained.code}`);
      const warning = updated.code === EXIT.OK ? '' : ` (the history is not complete: ${inShort(updated.error)})`;
      return `${outcomeOf(trained.out)}${warning}`;
    },
  };
}

function retrainWords(
  { models, data, symbols, isReplayed, config, riskLevel, set = [] }: RetrainChildOptions,
  now: number,
) {
  return [
    'retrain',
    '--json',
    '--models',
    models,
    '--data',
    data,
    '--symbols',
    symbols.join(','),
    ...(isReplayed ? ['--until', `${isoTime(now).replace(' ', 'T')}Z`] : []),
    ...(config === undefined ? [] : ['--config', config]),
    ...(riskLevel === undefined ? [] : ['--risk-level', riskLevel]),
    ...set.flatMap((setting) => ['--set', setting]),
  ];
}

/** What became of every symbol, in words. */
function outcomeOf(answer: string): string {
  // Written by `retrainJson`.
  const { outcomes } = JSON.parse(answer) as { readonly outcomes: readonly { symbol: string; kind: string }[] };
  return outcomes.map(({ symbol, kind }) => `${symbol} ${kind}`).join(', ');
}

function lower({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system knows no priorities.
  }
}

const LONGEST_WORDS = 300;

const inShort = (text: string): string => text.trim().replaceAll(/\s+/g, ' ').slice(0, LONGEST_WORDS);
