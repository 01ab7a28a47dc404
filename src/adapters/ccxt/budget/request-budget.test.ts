// Does the budget keep to the limits whatever is asked, and keep room for what matters more?
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createManualClock, type ManualClock } from '../../../../test/scenarios/streams/manual-clock.ts';
import { blockedUntil, emptyLedger, grant, LEASE_MS, type Claim, type Limit } from './ledger.ts';
import { createPrivateLedger, createSharedLedger, type LedgerStore } from './ledger-store.ts';
import { createRequestBudget, type Admission, type RequestBudget } from './request-budget.ts';

const LIMIT: Limit = { id: 'orders', max: 10, windowMs: 1_000, scope: 'key', usable: 1 };
const ADDRESS: Limit = { id: 'address', max: 600, windowMs: 5_000, scope: 'address', usable: 0.8 };

function budgetAt(clock: ManualClock, store: LedgerStore = createPrivateLedger(), keyName = 'k'): RequestBudget {
  return createRequestBudget({ limits: [LIMIT, ADDRESS], keyName, store, clock, steady: () => clock.now() });
}
const one = [{ limit: 'orders', tokens: 1 }];
const terms = (claim: Claim, patienceMs = 60_000) => ({ claim, patienceMs });

test('in no window is more granted than the venue allows, by however many processes', () => {
  const claims = constantFrom<Claim>('question', 'order', 'safety');
  const ask = record({
    waitMs: integer({ min: 0, max: 400 }),
    tokens: integer({ min: 1, max: 4 }),
    claim: claims,
  });
  assert(
    property(array(ask, { maxLength: 200 }), (asks) => {
      const state = emptyLedger();
      const granted: { readonly at: number; readonly tokens: number }[] = [];
      let now = 0;
      for (const { waitMs, tokens, claim } of asks) {
        now += waitMs;
        const answer = grant(state, [{ limit: LIMIT, tokens, spare: 1 }], { now, claim });
        if (answer.kind === 'full') {
          expect(answer.until).toBeGreaterThan(now);
          continue;
        }
        granted.push({ at: now, tokens });
        // What is taken ahead is spent as late as it may be.
        granted.push({ at: now + LEASE_MS, tokens: answer.spares[0] });
      }
      for (const { at } of granted) {
        const within = granted.filter((each) => each.at > at - LIMIT.windowMs && each.at <= at);
        expect(within.reduce((sum, each) => sum + each.tokens, 0)).toBeLessThanOrEqual(LIMIT.max);
      }
    }),
  );
});

test('questions leave room for orders, and both for what brings to safety', () => {
  const state = emptyLedger();
  const fill = (claim: Claim): number => {
    let count = 0;
    while (grant(state, [{ limit: LIMIT, tokens: 1, spare: 0 }], { now: 0, claim }).kind === 'granted') count += 1;
    return count;
  };
  expect([fill('question'), fill('order'), fill('safety')]).toEqual([6, 1, 3]);
});

test('a request heavier than its share goes when nothing else is under way', () => {
  const state = emptyLedger();
  const wish = { limit: LIMIT, tokens: 9, spare: 0 };
  expect(grant(state, [wish], { now: 0, claim: 'question' }).kind).toBe('granted');
  expect(grant(state, [wish], { now: 1, claim: 'question' })).toEqual({ kind: 'full', until: 1_200 });
});

test('a block of hours that a clock error made is not believed', () => {
  const state = { ...emptyLedger(), blocks: { '*': 1e9 } };
  expect(blockedUntil(state, [], 0)).toBe(0);
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets time go by, and whatever follows from it happen. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  await turn();
  for (let gone = 0; gone < ms; gone += 10) {
    await clock.advance(10);
    await turn();
  }
}

describe('waiting', () => {
  test('requests wait for their turn, and are counted while they do', async () => {
    const clock = createManualClock(0);
    const budget = budgetAt(clock);
    let done = 0;
    for (let index = 0; index < 20; index += 1)
      void (async () => {
        await budget.admit(one, terms('order'));
        done += 1;
      })();
    await pass(clock, 0);
    expect([done, budget.waiting]).toEqual([7, 13]);
    await pass(clock, 1_300);
    expect([done, budget.waiting]).toEqual([14, 6]);
    await pass(clock, 1_300);
    expect([done, budget.waiting]).toEqual([20, 0]);
  });

  test('who would wait too long is told at once when it could be', async () => {
    const clock = createManualClock(0);
    const budget = budgetAt(clock);
    for (let index = 0; index < 7; index += 1) await budget.admit(one, terms('order'));
    const refused = await budget.admit(one, terms('order', 500));
    expect(refused).toMatchObject({ kind: 'refused', isBlocked: false });
    expect(await budget.admit(one, terms('safety', 0))).toEqual({ kind: 'admitted' });
  });

  test('closing wakes whoever waits', async () => {
    const clock = createManualClock(0);
    const budget = budgetAt(clock);
    const asked: Promise<Admission>[] = [];
    for (let index = 0; index < 9; index += 1) asked.push(budget.admit(one, terms('order')));
    await pass(clock, 0);
    await budget.close();
    const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'closed')).toHaveLength(2);
    expect(clock.waiting).toBe(0);
  });
});

describe('what the venue says', () => {
  test('nothing is sent while it has shut us out, not even for safety', async () => {
    const clock = createManualClock(0);
    const budget = budgetAt(clock);
    budget.heed({ counts: [], blocks: [{ forMs: 600_000, isBan: true }] });
    expect(await budget.admit(one, terms('safety'))).toEqual({ kind: 'refused', isBlocked: true, forMs: 600_000 });
    expect(budget.blockedForMs).toBe(600_000);
    await clock.advance(600_001);
    expect(await budget.admit(one, terms('order'))).toEqual({ kind: 'admitted' });
    expect(budget.blockedForMs).toBeUndefined();
  });

  test('a block of one limit leaves the others alone', async () => {
    const clock = createManualClock(0);
    const budget = budgetAt(clock);
    budget.heed({ counts: [], blocks: [{ limit: 'orders', forMs: 5_000 }] });
    await clock.advance(0);
    expect(await budget.admit(one, terms('order', 0))).toMatchObject({ kind: 'refused' });
    expect(await budget.admit([{ limit: 'address', tokens: 1 }], terms('order', 0))).toEqual({ kind: 'admitted' });
  });

  test('what others have spent is not ours any more', async () => {
    const clock = createManualClock(0);
    const budget = budgetAt(clock);
    budget.heed({ counts: [{ limit: 'orders', used: 9 }], blocks: [] });
    await clock.advance(0);
    expect(await budget.admit(one, terms('order', 0))).toMatchObject({ kind: 'refused' });
    expect(await budget.admit(one, terms('safety', 0))).toEqual({ kind: 'admitted' });
    expect(await budget.admit(one, terms('safety', 0))).toMatchObject({ kind: 'refused' });
  });

  test('a smaller limit than published is heeded', async () => {
    const clock = createManualClock(0);
    const budget = budgetAt(clock);
    budget.heed({ counts: [{ limit: 'orders', max: 4 }], blocks: [] });
    await clock.advance(0);
    const kinds: string[] = [];
    for (let index = 0; index < 5; index += 1) kinds.push((await budget.admit(one, terms('safety', 0))).kind);
    expect(kinds.filter((kind) => kind === 'admitted')).toHaveLength(4);
  });
});

async function inFolder(act: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'perpilot-ledger-'));
  try {
    await act(join(folder, 'deep', 'count.json'));
  } finally {
    await rm(folder, { recursive: true });
  }
}
const shared = (path: string, reasons: string[] = []): LedgerStore =>
  createSharedLedger({ path, startedAt: () => 1_000, unshared: (reason) => reasons.push(reason) });

describe('the count of all processes', () => {
  test('two budgets with one file share the limits of a key, and not those of two keys', async () => {
    await inFolder(async (path) => {
      const clock = createManualClock(0);
      const [first, second] = [budgetAt(clock, shared(path)), budgetAt(clock, shared(path))];
      for (let index = 0; index < 7; index += 1) await first.admit(one, terms('order'));
      expect(await second.admit(one, terms('order', 0))).toMatchObject({ kind: 'refused' });
      const other = budgetAt(clock, shared(path), 'another');
      expect(await other.admit(one, terms('order', 0))).toEqual({ kind: 'admitted' });
    });
  });

  test('a file that cannot be read counts as nothing', async () => {
    await inFolder(async (path) => {
      const clock = createManualClock(0);
      await budgetAt(clock, shared(path)).admit(one, terms('order'));
      for (const text of [
        '',
        'no json',
        '[]',
        '{"version":2}',
        '{"version":1,"startedAt":1000,"state":{"counts":{"k/orders":[[null,1]]}}}',
      ]) {
        await writeFile(path, text);
        expect(await budgetAt(clock, shared(path)).admit(one, terms('order', 0))).toEqual({ kind: 'admitted' });
      }
    });
  });

  test('what was counted before the machine was started anew counts no more', async () => {
    await inFolder(async (path) => {
      const clock = createManualClock(0);
      for (let index = 0; index < 7; index += 1) await budgetAt(clock, shared(path)).admit(one, terms('order'));
      const later = createSharedLedger({ path, startedAt: () => 9_000_000, unshared: () => undefined });
      expect(await budgetAt(clock, later).admit(one, terms('order', 0))).toEqual({ kind: 'admitted' });
    });
  });

  test('without a place to write, a process counts alone and says so once', async () => {
    const clock = createManualClock(0);
    const reasons: string[] = [];
    const budget = budgetAt(clock, shared('/proc/no-such-place/count.json', reasons));
    for (let index = 0; index < 7; index += 1)
      expect(await budget.admit(one, terms('order'))).toEqual({ kind: 'admitted' });
    expect(await budget.admit(one, terms('order', 0))).toMatchObject({ kind: 'refused' });
    expect(reasons).toHaveLength(1);
  });
});
