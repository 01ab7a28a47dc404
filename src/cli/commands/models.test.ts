// Can a person train, look at, judge, promote, roll back, check, prune and restore models, and does everything wrong have its code?
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../../adapters/system/interrupt-guard.ts';
import { main } from '../main.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-models-command-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

async function perpilot(line: string | readonly string[]): Promise<Outcome> {
  let out = '';
  let error = '';
  const code = await main([...(typeof line === 'string' ? line.split(' ') : line), '--models', folder], {
    stdout: { write: (text: string) => Boolean((out += text)) },
    stderr: { write: (text: string) => Boolean((error += text)) },
    env: {},
    interrupt: createInterruptGuard(),
  });
  return { code, out, error };
}

const QUICK = '--embedded --set model.boosting.trees=10 --set model.bags=1';
const json = async (line: string): Promise<any> => JSON.parse((await perpilot(`${line} --json`)).out);
const versionsOf = async (symbol: string): Promise<string[]> =>
  (await json('models list')).models
    .filter((each: any) => each.card.symbol === symbol)
    .map((each: any) => each.version);

describe('the life of a model', () => {
  it('begins with a training that leaves a challenger and its card', async () => {
    const answer = await json(`train ${QUICK} --symbols ALPHAUSDT,FOXTROTUSDT --until 2025-02-01 --days 200`);
    const [alpha, foxtrot] = answer.symbols;
    expect(answer.ok).toBe(false);
    expect(foxtrot).toMatchObject({
      symbol: 'FOXTROTUSDT',
      kind: 'blocked',
      reasons: [expect.stringMatching(/are needed/)],
    });
    expect(alpha).toMatchObject({
      symbol: 'ALPHAUSDT',
      kind: 'trained',
      provenance: { codeVersion: expect.stringMatching(/\+/) },
    });
    expect(alpha.profile.history).toMatchObject({ days: 200, coverage: 1 });
    expect(alpha.profile.labels).toMatchObject({ profitBarrier: 0.02, horizonHours: 24 });
    expect(alpha.profile.importance).toHaveLength(alpha.card.features.length);
    expect(alpha.profile.importance.some(({ contribution }: any) => contribution > 0)).toBe(true);
    const labels = alpha.profile.calibration.reduce((sum: number, { count }: any) => sum + count, 0);
    expect(labels).toBe(alpha.card.validationSamples);
    expect((await json('models list')).models).toMatchObject([{ version: alpha.version, status: 'challenger' }]);
  });

  it('is the same again for the same data and settings, and challenges nobody twice', async () => {
    const before = await json('models list');
    const again = await json(`train ${QUICK} --symbols ALPHAUSDT --until 2025-02-01 --days 200`);
    expect(again.symbols[0].version).toBe(before.models[0].version);
    expect((await json('models list')).revision).toBe(before.revision);
    const other = await json(`train ${QUICK} --symbols ALPHAUSDT --until 2025-02-01 --days 200 --seed 2`);
    expect(other.symbols[0].version).not.toBe(before.models[0].version);
  });

  it('is judged in trades, and told every reason when it is refused', async () => {
    const [, model] = await versionsOf('ALPHAUSDT');
    const { code, out } = await perpilot(`models promote ${model.slice(0, 12)} ${QUICK}`);
    expect(code).toBe(1);
    expect(out).toMatch(/challenger +\|[^]*against .*trades, 50 are needed[^]*Not promoted: ALPHAUSDT/);
    const { changes, status } = await json(`models show ${model.slice(0, 12)}`);
    expect(status).toBe('archived');
    expect(changes.at(-1)).toMatchObject({ kind: 'refuse', from: model });
    expect(changes.at(-1).reasons.join()).toMatch(/against: \d+ trades, 50 are needed/);
  });

  it("trades by a person's word, gives way, and comes back by rollback in less than five seconds", async () => {
    const [first, second] = await versionsOf('ALPHAUSDT');
    expect((await perpilot(`models promote ${first} --force --reason trial`)).code).toBe(0);
    expect((await perpilot(`models promote ${second} --force`)).code).toBe(0);
    expect((await perpilot('models list')).out).toMatch(/champion[^]*archived|archived[^]*champion/);
    const begun = performance.now();
    const { slot } = await json('models rollback ALPHAUSDT');
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(slot).toMatchObject({ champion: first, predecessors: [] });
    const { code, error } = await perpilot('models rollback ALPHAUSDT');
    expect(code).toBe(2);
    expect(error).toMatch(/MODEL_MISSING[^]*--withdraw/);
    expect((await perpilot('models rollback ALPHAUSDT --withdraw')).out).toContain('nobody trades it');
    expect((await json('models rollback ALPHAUSDT')).slot.champion).toBe(first);
    expect((await perpilot('models rollback OMEGAUSDT')).error).toContain('there are ALPHAUSDT');
  });

  it('stands beside another', async () => {
    const [first, second] = await versionsOf('ALPHAUSDT');
    const { out } = await perpilot(`models compare ${first} ${second}`);
    expect(out).toMatch(/Seed[^\n]*differs/);
    expect(out).not.toMatch(/Symbol[^\n]*differs/);
  });

  it('survives a disk that forgets, by a backup', async () => {
    const [first] = await versionsOf('ALPHAUSDT');
    const file = join(folder, 'versions', `${first}.json`);
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, 1_000));
    const damaged = await perpilot('models verify');
    expect(damaged.code).toBe(1);
    expect(damaged.out).toContain(`${first}.json`);
    const { error, code } = await perpilot(`models show ${first}`);
    expect(code).toBe(2);
    expect(error).toMatch(/MODEL_CORRUPT[^]*restore/);
    expect((await perpilot('models restore --reason disk')).code).toBe(0);
    expect(readFileSync(file).equals(whole)).toBe(true);
    expect((await perpilot('models verify')).out).toContain('are whole');
  });

  it('ends when nobody needs it', async () => {
    const before = readdirSync(join(folder, 'versions')).length;
    const { removed } = await json('models prune --keep 0');
    const left = readdirSync(join(folder, 'versions')).length;
    expect(before - left).toBe(removed.length);
    const { slots } = await json('models list');
    expect(readdirSync(join(folder, 'versions'))).toContain(`${slots[0].champion}.json`);
  });
});

describe('a renewal by command', () => {
  const line = `retrain ${QUICK} --symbols ALPHAUSDT,FOXTROTUSDT --set renewal.train_days=200 --set renewal.gate.days=60`;

  it('says what it would do, and does none of it', async () => {
    const before = await json('models list');
    const { code, out } = await perpilot(`${line} --dry-run`);
    expect(code).toBe(0);
    expect(out).toMatch(/The schedule asks for it: first[^]*FOXTROTUSDT: block, .*of the candles[^]*Nothing was done/);
    expect(await json('models list')).toEqual(before);
  });

  it('trains, judges and records, and is not due again so soon', async () => {
    await perpilot('models restore');
    const answer = await json(line);
    expect(answer.kind).toBe('done');
    expect(answer.outcomes.map(({ symbol, kind }: any) => [symbol, kind === 'blocked'])).toEqual([
      ['ALPHAUSDT', false],
      ['FOXTROTUSDT', true],
    ]);
    expect((await perpilot(`${line} --if-due`)).out).toMatch(/Nothing is due: the next training is due \d{4}/);
    const weekly = `${line} --if-due --set renewal.schedule.every_days=null`;
    expect((await perpilot(weekly)).out).toContain('the schedule asks for nothing');
    expect((await perpilot(`${weekly} --set renewal.schedule.min_hours_between=1000`)).out).toContain('Nothing is due');
    const wrong = await perpilot([...line.split(' '), '--set', 'renewal.schedule.cron=60 * * * *']);
    expect(wrong.error).toMatch(/CONFIG_INVALID[^]*renewal.schedule.cron: 60 is no minute/);
    const monthly = [
      '--if-due',
      '--set',
      'renewal.schedule.every_days=null',
      '--set',
      'renewal.schedule.cron=0 3 1 * *',
    ];
    expect((await perpilot([...line.split(' '), ...monthly])).out).toMatch(/due \d{4}-\d\d-01 03:00/);
  });
});

describe('the watch by command', () => {
  const watch = `models watch ${QUICK} --symbols ALPHAUSDT`;

  it('measures a champion on what came after its training', async () => {
    const { watched } = await json(watch);
    expect(watched).toMatchObject([
      { symbol: 'ALPHAUSDT', report: { brier: expect.any(Number), promisedBrier: expect.any(Number) } },
    ]);
    expect(watched[0].report.outcomes).toBeGreaterThan(500);
    expect(watched[0].report.drift.length).toBeGreaterThan(20);
    expect((await perpilot(watch)).out).toMatch(/Champion[^]*ALPHAUSDT/);
  });

  it('asks for a retraining when the guard does, where the settings let it', async () => {
    const due = `retrain ${QUICK} --symbols ALPHAUSDT --if-due --dry-run --set renewal.schedule.min_hours_between=1`;
    const off = '--set renewal.schedule.on_drift=false --set renewal.schedule.on_guard=false';
    expect((await perpilot(`${due} --guard`)).code).toBe(0);
    expect((await perpilot(`${due} ${off} --guard`)).out).toContain('Nothing is due');
  });
});

describe('what cannot be', () => {
  it.each([
    ['models show ffffff', 2, /MODEL_MISSING[^]*models list/],
    ['models restore 999', 2, /MODEL_MISSING[^]*999/],
    ['models restore x', 2, /Write a whole number/],
    ['train --embedded --data x', 2, /cannot be given together/],
    ['train --embedded --symbols ALPHAUSDT --until 2030-01-01', 2, /DATA_TOO_SHORT[^]*end at 2025/],
    ['train --embedded --symbols NOPEUSDT', 2, /DATA_MISSING/],
    ['train --embedded --symbols ALPHAUSDT --set renewal.min_train_days=700 --until 2023-06-01', 1, /^$/],
  ])('%s ends with %i', async (line, code, words) => {
    const outcome = await perpilot(line);
    expect(outcome.code).toBe(code);
    expect(outcome.error).toMatch(words);
  });

  it('blocks a history with more holes than allowed', async () => {
    const line = `train ${QUICK} --symbols ALPHAUSDT --days 200 --until 2025-02-01`;
    expect((await json(`${line} --set renewal.min_coverage=1.0`)).ok).toBe(true);
    expect(
      (await perpilot(`${line} --set renewal.min_train_days=201 --set renewal.train_days=300 --days 200`)).out,
    ).toContain('blocked');
  });
});
