// Do the checks below `research` answer, refuse and exit as they should, next to a parent with options of the same names?
import { Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../../adapters/system/interrupt-guard.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { registerLookahead } from './research-lookahead.ts';
import { registerWarmup } from './research-warmup.ts';

/** A short synthetic market and periods short enough for it. */
const SMALL =
  '--embedded --symbols ALPHAUSDT --set research.years=0.25 --set data.finer_intervals=[] --set features.ema_trend=15 --set features.adx_period=6 ' +
  '--set regime.adx_period=6 --set regime.ema_period=15 --set model.min_train_samples=30 --set model.boosting.trees=5';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly error: PerpilotError | undefined;
  readonly parentRan: boolean;
}

async function research(line: string, interrupted = false): Promise<Outcome> {
  let out = '';
  let err = '';
  let code = 0;
  let parentRan = false;
  const interrupt = createInterruptGuard();
  if (interrupted) interrupt.interrupt();
  const context = {
    out: (text: string) => void (out += `${text}\n`),
    stderr: { write: (text: string) => (err += text) },
    env: {},
    interrupt,
    finish: (exitCode: number) => void (code = exitCode),
  };
  const program = new Command('perpilot')
    .exitOverride()
    .configureOutput({ writeOut: context.out, outputError: () => undefined });
  const parent = program
    .command('research')
    .option('--symbols <names...>')
    .option('-d, --data <dir>')
    .option('--embedded')
    .option('--seed <number>')
    .option('-s, --set <key=value>')
    .option('--json')
    .action(() => void (parentRan = true));
  registerLookahead(parent, context);
  registerWarmup(parent, context);
  try {
    await program.parseAsync(['research', ...line.split(' ').filter((word) => word !== '')], { from: 'user' });
    return { code, out, err, error: undefined, parentRan };
  } catch (error) {
    if (!(error instanceof PerpilotError)) throw error;
    return { code, out, err, error, parentRan };
  }
}

describe('perpilot research lookahead', () => {
  it('finds nothing in the shipped strategy and says what it looked at', async () => {
    const { code, out, err, parentRan } = await research(`lookahead ${SMALL} --cuts 6 --risk-level aggressive`);
    expect({ code, parentRan }).toEqual({ code: 0, parentRan: false });
    expect(out).toMatch(
      /Synthetic market[^]*\| ALPHAUSDT \| +2190 \| +6 \| +4 \|[^]*No look-ahead[^]*aggressive, regime/,
    );
    expect(err).toContain('look-ahead: 6 of 6');
  });

  it('answers in JSON', async () => {
    const answer = JSON.parse((await research(`lookahead ${SMALL} --cuts 4 --seed 7 --json`)).out);
    expect(answer).toMatchObject({ leaks: false, seed: 7, synthetic: true, riskLevel: 'none' });
    expect(answer.symbols[0]).toMatchObject({
      symbol: 'ALPHAUSDT',
      cuts: 4,
      wholeCuts: 4,
      noModel: null,
      findings: [],
    });
    expect(answer.symbols[0].ordersCompared).toBeGreaterThan(0);
  });

  it('looks at one account over all symbols too, with each allocation', async () => {
    const two = SMALL.replace('ALPHAUSDT', 'ALPHAUSDT,BRAVOUSDT');
    const { code, out } = await research(`lookahead ${two} --cuts 5 --portfolio --json`);
    const { leaks, symbols } = JSON.parse(out);
    expect({ code, leaks }).toEqual({ code: 0, leaks: false });
    const accounts = ['portfolio/equal', 'portfolio/inverse_volatility', 'portfolio/risk_parity'];
    expect(symbols.map(({ symbol, cuts }: { symbol: string; cuts: number }) => [symbol, cuts])).toEqual([
      ['ALPHAUSDT', 5],
      ['BRAVOUSDT', 5],
      ...accounts.map((name) => [name, 2]),
    ]);
    for (const { valuesCompared } of symbols) expect(valuesCompared).toBeGreaterThan(1_000);
  });

  it('leaves the parent its own work', async () => {
    expect((await research('--symbols A')).parentRan).toBe(true);
  });

  it('refuses everything that is wrong at once', async () => {
    const { error } = await research('lookahead --embedded --data x --cuts 0 --seed -1 --set risk.max_leverag=2');
    expect(error?.code).toBe('ARGUMENT_INVALID');
    expect(error?.problems.map(({ where }) => where)).toEqual([
      '--embedded',
      '--cuts',
      '--set risk.max_leverag=2',
      '--seed',
    ]);
  });

  it.each([
    ['lookahead', 'no data folder is given'],
    ['lookahead --embedded --symbols NOPE', 'NOPE: no candles'],
    ['lookahead --embedded --symbols ALPHAUSDT,ALPHAUSDT', 'named twice'],
    ['lookahead --embedded --symbols ALPHAUSDT --set research.years=0.1', '876 candles, the check needs 1484'],
    ['lookahead --embedded --risk-level wild', 'no risk level "wild"'],
    ['warmup --embedded --starts x', 'a whole number from 1 to 10000 is needed'],
  ])('refuses "%s"', async (line, message) => {
    const { error, out } = await research(line);
    expect(error?.message).toContain(message);
    expect(out).toBe('');
  });

  it('stops when it is told to', async () => {
    const { error, out } = await research(`lookahead ${SMALL} --cuts 50`, true);
    expect(error?.code).toBe('INTERRUPTED');
    expect(out).toBe('');
  });
});

describe('perpilot research warmup', () => {
  it('lists needs beside what is declared, longest first', async () => {
    const { code, out, err } = await research(`warmup ${SMALL} --starts 3 --set regime.enabled=false`);
    expect(code).toBe(0);
    expect(out).toMatch(/Candles needed \| Declared \| Enough[^]*Every declared warm-up is long enough/);
    const needs = [...out.matchAll(/^\| \S+ +\| .*? \| +(\d+) \| +\d+ \| yes/gm)].map(([, need]) => Number(need));
    expect(needs.length).toBeGreaterThan(25);
    expect(needs).toEqual(needs.toSorted((a, b) => b - a));
    expect(err).toContain('warm-up: 3 of 3');
  });
});

it('explains itself', async () => {
  await expect(research('lookahead --help')).rejects.toBeInstanceOf(CommanderError);
});
