// Does every change of the record leave one champion at most, remember what was before, and lose no model that is needed?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Registry } from '../ports/model-store.ts';
import {
  challenged,
  ownFlipsSince,
  promoted,
  prunable,
  refused,
  rolledBack,
  slotOf,
  statusOf,
  withdrawn,
} from './registry-changes.ts';

const EMPTY: Registry = { revision: 0, slots: [], changes: [] };
const cause = (at: number, by = 'retrain') => ({ at, by, reasons: ['a test'] });
const model = (version: string, symbol = 'BTCUSDT') => [{ symbol, version }];

describe('the record of models', () => {
  it('makes a challenger a champion, and goes back to the one before', () => {
    let record = promoted(EMPTY, model('a'), cause(1));
    record = challenged(record, model('b'), cause(2));
    expect(slotOf(record, 'BTCUSDT')).toMatchObject({ champion: 'a', challenger: 'b', challengerSince: 2 });
    expect([statusOf(record, 'a'), statusOf(record, 'b'), statusOf(record, 'c')]).toEqual([
      'champion',
      'challenger',
      'archived',
    ]);
    record = promoted(record, model('b'), cause(3));
    expect(slotOf(record, 'BTCUSDT')).toMatchObject({ champion: 'b', challenger: undefined, predecessors: ['a'] });
    record = rolledBack(record, 'BTCUSDT', cause(4));
    expect(slotOf(record, 'BTCUSDT')).toMatchObject({ champion: 'a', predecessors: [] });
    expect(statusOf(record, 'b')).toBe('archived');
    expect(record.changes.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['promote', undefined, 'a'],
      ['challenge', undefined, 'b'],
      ['promote', 'a', 'b'],
      ['rollback', 'b', 'a'],
    ]);
  });

  it('says that there is nothing to go back to, and can leave a symbol without a model', () => {
    const record = promoted(EMPTY, model('a'), cause(1));
    expect(() => rolledBack(record, 'BTCUSDT', cause(2))).toThrow(
      expect.objectContaining({ code: 'MODEL_MISSING', message: expect.stringContaining('BTCUSDT') }),
    );
    const empty = withdrawn(record, 'BTCUSDT', cause(2));
    expect(slotOf(empty, 'BTCUSDT')).toMatchObject({ champion: undefined, predecessors: ['a'] });
    expect(slotOf(rolledBack(empty, 'BTCUSDT', cause(3)), 'BTCUSDT').champion).toBe('a');
    expect(withdrawn(empty, 'BTCUSDT', cause(3))).toBe(empty);
  });

  it('archives what was refused, with the reasons, and leaves the champion', () => {
    const record = refused(challenged(promoted(EMPTY, model('a'), cause(1)), model('b'), cause(2)), model('b'), {
      at: 3,
      by: 'gate',
      reasons: ['too few trades', 'worse calibration'],
    });
    expect(slotOf(record, 'BTCUSDT')).toMatchObject({ champion: 'a', challenger: undefined });
    expect(record.changes.at(-1)).toMatchObject({
      kind: 'refuse',
      from: 'b',
      reasons: ['too few trades', 'worse calibration'],
    });
  });

  it('counts what the program did by itself, not what a person did', () => {
    let record = promoted(EMPTY, model('a'), cause(1));
    record = promoted(record, model('b'), cause(10, 'person'));
    record = rolledBack(record, 'BTCUSDT', cause(11));
    expect(ownFlipsSince(record, 'BTCUSDT', 0)).toBe(2);
    expect(ownFlipsSince(record, 'BTCUSDT', 1)).toBe(1);
    expect(ownFlipsSince(record, 'ETHUSDT', 0)).toBe(0);
  });

  it('never prunes what trades, challenges or can be gone back to, in any course of events', () => {
    const symbols = ['BTCUSDT', 'ETHUSDT'];
    const action = fc.record({
      kind: fc.constantFrom('challenge', 'promote', 'refuse', 'rollback', 'withdraw'),
      symbol: fc.constantFrom(...symbols),
      version: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), fc.nat(5), (actions, keep) => {
        let record = EMPTY;
        actions.forEach(({ kind, symbol, version }, at) => {
          if (kind === 'challenge') record = challenged(record, model(version, symbol), cause(at));
          if (kind === 'promote') record = promoted(record, model(version, symbol), cause(at));
          if (kind === 'refuse') record = refused(record, model(version, symbol), cause(at));
          if (kind === 'withdraw') record = withdrawn(record, symbol, cause(at));
          if (kind === 'rollback' && slotOf(record, symbol).predecessors.length > 0)
            record = rolledBack(record, symbol, cause(at));
        });
        const gone = prunable(record, ['a', 'b', 'c', 'd', 'e'], keep);
        for (const { champion, challenger, predecessors } of record.slots) {
          for (const needed of [champion, challenger, ...predecessors]) expect(gone).not.toContain(needed);
          expect(predecessors).not.toContain(champion);
        }
        const kept = ['a', 'b', 'c', 'd', 'e'].filter((each) => !gone.includes(each));
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(5, keep));
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
