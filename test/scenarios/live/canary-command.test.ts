// L15: does `perpilot canary` say what it tried, how it went, and with which exit code? Against the exchange simulator, both venues.
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { registerCanary } from '../../../src/cli/commands/canary.ts';
import { PerpilotError } from '../../../src/domain/errors.ts';
import { MINUTE } from '../paper/minute-market.ts';
import { entryOf, KEY, scriptedVenue, SECRET, until, type ScriptedVenue } from '../faults/scripted-venue.ts';
import { SYMBOL } from '../simulated-market.ts';
import { VENUES } from './venue-bot.ts';

interface Said {
  readonly lines: readonly string[];
  readonly exitCode: number | undefined;
}

async function canary(venue: ScriptedVenue, words: readonly string[]): Promise<Said> {
  const lines: string[] = [];
  let exitCode: number | undefined;
  const program = new Command('perpilot').exitOverride();
  registerCanary(program, {
    out: (text) => void lines.push(text),
    stderr: { write: () => true },
    env: { PERPILOT_TESTNET_KEY: KEY, PERPILOT_TESTNET_SECRET: SECRET },
    interrupt: createInterruptGuard(),
    finish: (code) => {
      exitCode = code;
    },
  });
  await program.parseAsync(['canary', '--base-url', venue.running.httpUrl, ...words], { from: 'user' });
  return { lines, exitCode };
}

test('L15: a table with every step, and exit code 0', async () => {
  await using venue = await scriptedVenue();
  const { exchange, running } = venue;
  let isOver = false;
  const said = canary(venue, ['--symbol', SYMBOL, '--patience', '1000000']).finally(() => {
    isOver = true;
  });
  // Time stands still until stop and target of the second entry are there; then the market reaches one of them.
  const bothRest = (): boolean => exchange.openOrders({ symbol: SYMBOL }).length === 2;
  await until(() => isOver || (exchange.executions({}).length === 3 && bothRest()));
  await running.advance(exchange.now + 30 * MINUTE);
  // From here on time only wakes whoever waits for it.
  await until(() => {
    if (!isOver) void running.advance(exchange.now + 1_000);
    return isOver;
  });
  const { lines, exitCode } = await said;
  expect(lines.filter((line) => !line.startsWith('passed')).slice(0, -1)).toEqual([]);
  expect(lines).toHaveLength(12);
  expect(lines.at(-1)).toBe(`${SYMBOL}: passed`);
  expect(exitCode).toBe(0);
  expect(exchange.position(SYMBOL).quantity).toBe(0);
  expect(exchange.openOrders({ symbol: SYMBOL })).toEqual([]);
  expect(exchange.executions({})).toHaveLength(4);
});

describe.each(VENUES)('at %s', (name) => {
  const where = ['--exchange', name, '--symbol', SYMBOL];

  test('L15: the failed step by name, and exit code 1', async () => {
    await using venue = await scriptedVenue({ venue: name });
    await venue.connection.account.place(entryOf('theirs', { type: 'limit', price: 90 }));
    const { lines, exitCode } = await canary(venue, [...where, '--json']);
    expect(JSON.parse(lines[0])).toMatchObject({ passed: false, failedStep: 'nothing is there' });
    expect(exitCode).toBe(1);
  });

  test('L15: a symbol that is not listed, and real money, are refused', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const unlisted = canary(venue, ['--exchange', name, '--symbol', 'NOSUCHUSDT']);
    await expect(unlisted).rejects.toBeInstanceOf(PerpilotError);
    await expect(canary(venue, [...where, '--mode', 'live'])).rejects.toThrow(/Allowed choices are testnet, demo/);
  });
});
