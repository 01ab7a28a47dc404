// Does a rehearsal trade through the real connector, keep the exchange's ledger to the last digit, and replay bit for bit?
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Command, CommanderError } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../../adapters/system/interrupt-guard.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { registerBot } from './bot.ts';
import { registerJournal } from './journal.ts';
import { registerReplay } from './replay.ts';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly error: string | undefined;
}

async function call(...words: readonly string[]): Promise<Outcome> {
  let out = '';
  let code = 0;
  const context = {
    out: (text: string) => void (out += `${text}\n`),
    stderr: { write: () => true },
    env: {},
    interrupt: createInterruptGuard(),
    finish: (exitCode: number) => void (code = exitCode),
  };
  const program = new Command('perpilot').exitOverride().configureOutput({ outputError: () => undefined });
  for (const register of [registerBot, registerReplay, registerJournal]) register(program, context);
  for (const command of program.commands) command.exitOverride().configureOutput({ outputError: () => undefined });
  try {
    await program.parseAsync(words, { from: 'user' });
    return { code, out, error: undefined };
  } catch (error) {
    if (error instanceof PerpilotError) return { code, out, error: `${error.code} ${JSON.stringify(error.problems)}` };
    if (error instanceof CommanderError) return { code, out, error: error.message };
    throw error;
  }
}

let folder: string;
let journal: string;
let answer: {
  readonly sameLedger: boolean;
  readonly trades: readonly { readonly symbol: string }[];
  readonly incidents: readonly unknown[];
  readonly models: readonly { readonly id?: string }[];
  readonly equity: number;
  readonly startEquity: number;
};

/** Without a meta-model threshold and with near barriers something is traded within days. */
const LIVELY = ['--set', 'risk.confidence_threshold=0', '--set', 'exits.max_hold_hours=4'];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-bot-'));
  const out = join(folder, 'one');
  journal = join(out, 'journal.sqlite');
  const symbols = ['--symbols', 'ALPHAUSDT', 'BRAVOUSDT'];
  const outcome = await call('bot', '--embedded', ...symbols, '--days', '6', '--out', out, '--json', ...LIVELY);
  expect(outcome.error).toBeUndefined();
  answer = JSON.parse(outcome.out);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a rehearsal', () => {
  it('trades with its models through the wire and books what the exchange books', () => {
    expect(answer.models.every(({ id }) => id !== undefined)).toBe(true);
    expect(answer.trades.length).toBeGreaterThan(2);
    expect(answer.equity).not.toBe(answer.startEquity);
    expect(answer.sameLedger).toBe(true);
    expect(answer.incidents).toEqual([]);
  });

  it('is replayed bit for bit by its own settings and models', async () => {
    const { code, out } = await call('replay', journal, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ same: true, trades: answer.trades.length });
  });

  it('does not replay once a recorded command was changed', async () => {
    const forged = join(folder, 'forged');
    rmSync(forged, { recursive: true, force: true });
    writeFileSync(join(folder, 'forged.sqlite'), readFileSync(journal));
    const database = new DatabaseSync(join(folder, 'forged.sqlite'));
    database.exec(
      "DROP TRIGGER rows_stay; UPDATE rows SET payload = replace(payload, '\"buy\"', '\"sell\"') WHERE stream = 'event'",
    );
    database.close();
    expect((await call('replay', join(folder, 'forged.sqlite'))).error).toContain('JOURNAL_CORRUPT');
  });

  it('has a journal that can be filtered and exported', async () => {
    const orders = await call('journal', journal, '--stream', 'order', '--format', 'json');
    const rows = orders.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.length).toBeGreaterThan(4);
    expect(new Set(rows.map(({ payload }) => payload.phase))).toContain('done');
    const file = join(folder, 'rows.csv');
    expect((await call('journal', journal, '--last', '3', '--format', 'csv', '--out', file)).code).toBe(0);
    expect(readFileSync(file, 'utf8').split('\n').length).toBe(5);
    expect((await call('journal', journal, '--stream', 'execution', '--last', '1')).out).toMatch(/^\d+ {2}20\d\d-/);
  });
});

describe('what is wrong with a call', () => {
  it.each([
    ['a folder that was used', ['bot', '--embedded', '--out', '.'], 'is not empty'],
    ['a folder without data', ['bot', '--data', '/tmp/perpilot-never', '--out', '/tmp/perpilot-never'], 'DATA_MISSING'],
    ['an option of another mode', ['bot', '--take-over'], '--take-over means nothing in mode rehearsal'],
    ['a rehearsal on an account', ['bot', '--mode', 'testnet', '--days', '3'], '--days means nothing in mode testnet'],
    ['two risk levels', ['bot', '--profile', 'moderate', '--risk-level', 'moderate'], 'the same: give one of them'],
    ['a risk level that does not exist', ['bot', '--profile', 'moderat'], 'did you mean moderate'],
    ['a setting that does not exist', ['bot', '--mode', 'demo', '--set', 'live.instanc=a'], 'did you mean'],
    ['a key that is not there', ['bot', '--mode', 'testnet'], 'KEY_MISSING'],
    [
      'a time without enough history',
      ['bot', '--embedded', '--from', '2023-02-01', '--out', '/tmp/perpilot-never'],
      'DATA_TOO_SHORT',
    ],
    ['a mode that does not exist', ['bot', '--mode', 'lvie'], 'Allowed choices'],
    ['a journal that is none', ['replay', 'package.json'], 'JOURNAL_CORRUPT'],
    ['a journal that is not there', ['journal', '/tmp/perpilot-never/journal.sqlite'], 'JOURNAL_UNWRITABLE'],
  ])('%s is said', async (_name, words, text) => {
    expect((await call(...words)).error).toContain(text);
  });
});
