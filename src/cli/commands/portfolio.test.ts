// Does `portfolio rank` show every symbol, the selection and every refusal, at any time, and refuse what it cannot do?
import { Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../../adapters/system/interrupt-guard.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { registerPortfolio } from './portfolio.ts';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly error: string | undefined;
}

async function rank(line: string): Promise<Outcome> {
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
  registerPortfolio(program, context);
  for (const command of program.commands[0].commands)
    command.exitOverride().configureOutput({ outputError: () => undefined });
  try {
    await program.parseAsync(['portfolio', 'rank', ...line.split(' ').filter((word) => word !== '')], { from: 'user' });
    return { code, out, error: undefined };
  } catch (error) {
    if (!(error instanceof PerpilotError || error instanceof CommanderError)) throw error;
    const text = error instanceof PerpilotError ? `${error.message} ${JSON.stringify(error.problems)}` : error.message;
    return { code, out, error: text };
  }
}

describe('perpilot portfolio rank', () => {
  it('names every symbol of the market with its place, or why it has none', async () => {
    const { code, out } = await rank('--embedded');
    expect(code).toBe(0);
    expect(out).toMatch(/Synthetic market[^]*Rank[^]*\| selected[^]*outranked[^]*Decided at the close \d{4}-/);
    for (const name of ['ALPHA', 'BRAVO', 'CHARLIE', 'DELTA', 'ECHO', 'FOXTROT']) expect(out).toContain(`${name}USDT`);
    expect(out).toContain('portfolio.cross_sectional.enabled is false');
  });

  it('answers in JSON with components as measured and as they count', async () => {
    const answer = JSON.parse(
      (
        await rank(
          '--embedded --json --symbols ALPHAUSDT,BRAVOUSDT,CHARLIEUSDT --set portfolio.cross_sectional.top_k=2 --set portfolio.selection.rank_buffer=0',
        )
      ).out,
    );
    expect(answer).toMatchObject({ ok: true, enabled: false, synthetic: true, fallback: null });
    expect(answer.selected).toHaveLength(2);
    expect(answer.weights).toEqual([0.5, 0.5]);
    const [first] = answer.ranking;
    expect(first).toMatchObject({ rank: 1, selected: true, refusal: null, symbol: answer.selected[0] });
    expect(first.values).toMatchObject({ confidence: null, sharpe: expect.any(Number), adx: expect.any(Number) });
    expect(first.components.confidence).toBe(0.5);
  });

  it('answers for an earlier time', async () => {
    const now = JSON.parse((await rank('--embedded --json --symbols ALPHAUSDT BRAVOUSDT')).out);
    const at = new Date(now.time - 86_400_000 * 200).toISOString().slice(0, 16);
    const then = JSON.parse((await rank(`--embedded --json --symbols ALPHAUSDT BRAVOUSDT --at ${at}`)).out);
    expect(then.time).toBe(now.time - 86_400_000 * 200);
    expect(then.ranking.map(({ symbol }: { symbol: string }) => symbol).toSorted()).toEqual(
      now.ranking.map(({ symbol }: { symbol: string }) => symbol).toSorted(),
    );
  });

  it('says when nothing can be selected, with exit code 1', async () => {
    const { code, out } = await rank(
      '--embedded --symbols ALPHAUSDT BRAVOUSDT --set portfolio.cross_sectional.min_liquidity=1e15',
    );
    expect(code).toBe(1);
    expect(out).toMatch(/illiquid[^]*nothing selected, 100.00 % in cash[^]*Warning: no symbol can be selected/);
  });

  it.each([
    ['--embedded --symbols ALPHAUSDT --at 2001-01-01', 'no candle has closed by then'],
    ['--embedded --at 2024-02-31', 'Write a time in UTC'],
    ['--embedded --at yesterday', 'Write a time in UTC'],
    ['--embedded --data x', 'cannot be given together'],
    ['--embedded --symbols ALPHUSDT', 'did you mean ALPHAUSDT'],
    ['', 'no data folder is given'],
  ])('refuses %s', async (line, says) => {
    expect((await rank(line)).error).toContain(says);
  });
});
