// Does real money need a mode, a confirmation and a report of readiness, each by itself? (L18)
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeVersion } from '../../../src/adapters/system/code-version.ts';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { CONFIRMATION } from '../../../src/cli/bot-modes.ts';
import { main } from '../../../src/cli/main.ts';
import { hashOf } from '../../../src/config/hash.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import { accountId, sealOf, type ReadinessReport } from '../../../src/live/start/readiness-report.ts';

const KEYS = { PERPILOT_LIVE_KEY: 'the-key', PERPILOT_LIVE_SECRET: 'the-secret' };
const CONFIRMED = { [CONFIRMATION.name]: CONFIRMATION.value };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-live-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A report that passed now, for this key and these settings. */
function reportWith(more: Partial<ReadinessReport> = {}, riskLevel?: string): string {
  const report: ReadinessReport = {
    format: 'perpilot-readiness',
    version: 1,
    createdAt: Date.now() - DAY_MS,
    result: 'passed',
    account: accountId('bybit', 'live', KEYS.PERPILOT_LIVE_KEY),
    configHash: hashOf({ all: loadConfig({ riskLevel }).resolved }),
    codeVersion: codeVersion(),
    lines: [{ id: 'L8', what: 'the kill switch ends flat', result: 'passed' }],
    ...more,
  };
  return JSON.stringify({ ...report, seal: sealOf(report) });
}

let states = 0;

/** Codes that `perpilot bot` fails with; nobody listens at the address, so UNREACHABLE: all gates let it pass. */
async function codesOf(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  report?: string,
): Promise<readonly string[]> {
  states += 1;
  const state = join(folder, String(states));
  mkdirSync(state);
  if (report !== undefined) writeFileSync(join(state, 'readiness.json'), report);
  let out = '';
  const nowhere = ['--base-url', 'http://127.0.0.1:9', '--state', state, '--json'];
  const code = await main(['bot', ...words, ...nowhere], {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: () => undefined },
    env,
    interrupt: createInterruptGuard(),
  });
  const { error } = JSON.parse(out.trim().split('\n').at(-1) ?? '');
  expect(code).toBe(error.code === 'UNREACHABLE' ? 1 : 2);
  return error.code === 'START_REFUSED'
    ? error.problems.map((problem: { code: string }) => problem.code)
    : [error.code];
}

describe('real money', () => {
  test('is traded with mode, keys, confirmation and report together', async () => {
    expect(await codesOf(['--mode', 'live'], { ...KEYS, ...CONFIRMED }, reportWith())).toEqual(['UNREACHABLE']);
  });

  test('needs keys of its own: those of the testnet are not looked at', async () => {
    const testnet = { PERPILOT_TESTNET_KEY: 'the-key', PERPILOT_TESTNET_SECRET: 'the-secret' };
    expect(await codesOf(['--mode', 'live'], { ...testnet, ...CONFIRMED }, reportWith())).toEqual(['KEY_MISSING']);
    expect(await codesOf(['--mode', 'testnet'], { ...KEYS, ...CONFIRMED })).toEqual(['KEY_MISSING']);
  });

  test.each<readonly [string, Readonly<Record<string, string>>, string | undefined, readonly string[]]>([
    ['everything else', {}, undefined, ['REAL_MONEY_UNCONFIRMED', 'READINESS_MISSING']],
    ['the confirmation', {}, 'passed', ['REAL_MONEY_UNCONFIRMED']],
    ['the right words', { [CONFIRMATION.name]: 'yes' }, 'passed', ['REAL_MONEY_UNCONFIRMED']],
    ['the report', CONFIRMED, undefined, ['READINESS_MISSING']],
  ])('is not traded without %s', async (_name, env, report, expected) => {
    const text = report === undefined ? undefined : reportWith();
    expect(await codesOf(['--mode', 'live'], { ...KEYS, ...env }, text)).toEqual(expected);
  });

  test.each<readonly [string, () => string, string]>([
    ['that failed', () => reportWith({ result: 'failed' }), 'READINESS_FAILED'],
    ['of eight days ago', () => reportWith({ createdAt: Date.now() - 8 * DAY_MS }), 'READINESS_OUTDATED'],
    ['of tomorrow', () => reportWith({ createdAt: Date.now() + DAY_MS }), 'READINESS_OUTDATED'],
    ['that was edited', () => reportWith({ result: 'failed' }).replace('"failed"', '"passed"'), 'READINESS_UNREADABLE'],
    ['for another account', () => reportWith({ account: 'a'.repeat(16) }), 'READINESS_FOREIGN'],
    ['for other settings', () => reportWith({}, 'aggressive'), 'READINESS_FOREIGN'],
  ])('is not traded on a report %s', async (_name, report, code) => {
    expect(await codesOf(['--mode', 'live'], { ...KEYS, ...CONFIRMED }, report())).toEqual([code]);
  });

  test('settings of how the bot trades count for the report as well', async () => {
    const words = ['--mode', 'live', '--set', 'live.foreign_positions=alarm'];
    expect(await codesOf(words, { ...KEYS, ...CONFIRMED }, reportWith())).toEqual(['READINESS_FOREIGN']);
  });

  test('is never what a bot trades by itself: without a mode it rehearses, and no setting changes that', async () => {
    const settings = JSON.stringify(loadConfig().resolved);
    expect(settings).not.toMatch(/"mode":"live"/);
    // Options of the exchange mean nothing in the mode that is the default.
    expect(await codesOf([], { ...KEYS, ...CONFIRMED }, reportWith())).toEqual(['ARGUMENT_INVALID']);
  });
});
