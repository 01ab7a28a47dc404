// Does every frozen run still give exactly what it gave? Statistics, exact money and order hashes of the whole engine on seeded data.
// Every figure is compared bit by bit. Math.exp, Math.log and Math.pow differ in their last bit between JavaScript engines, not
// between machines with the same Node.js: so the runtime is pinned (the package `node` of package.json), and expected.json
// names the version it was made with. A change that is meant is accepted by `node test/golden/frozen/accept.ts` and a line
// in CHANGELOG.md that says why.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { changesOf } from './accept.ts';
import { differences, EXPECTED_FILE, expectedOf, failureOf, HOW_TO_ACCEPT, textOf } from './expected-file.ts';
import { decimalOf, leafOf } from './frozen-figures.ts';
import { FROZEN_RUNS } from './frozen-runs.ts';

const text = readFileSync(EXPECTED_FILE, 'utf8');
const { runs, node } = expectedOf(text);
const runtime = { was: node, is: process.version };

describe('a frozen run', () => {
  it.each([...FROZEN_RUNS])('%s gives what it gave', (name, run) => {
    const lines = differences(name, runs[name], run());
    if (lines.length > 0) expect.fail(`${lines.length} figures differ\n${failureOf(lines, runtime)}`);
  });

  it('stands in the file as often as in the list: none is forgotten, none is gone', () => {
    expect(Object.keys(runs)).toEqual([...FROZEN_RUNS.keys()]);
    expect(FROZEN_RUNS.size).toBeGreaterThanOrEqual(20);
    expect(text).toBe(textOf(new Map(Object.entries(runs)), node));
  });
});

describe('the frozen runs together', () => {
  const all = Object.values(runs);
  const sum = (figure: string): number => all.reduce((total, figures) => total + Number(figures[figure] ?? 0), 0);

  it('all trade, and reach every way out of a position', () => {
    expect(Object.entries(runs).filter(([, { trades }]) => !(Number(trades) > 0))).toEqual([]);
    const exits = ['stop', 'target', 'trailing-stop', 'time-exit', 'signal-exit', 'liquidation', 'delisting'];
    const more = ['end-of-data', 'fold-end'];
    expect([...exits, ...more].filter((reason) => sum(`exit ${reason}`) === 0)).toEqual([]);
  });

  it('reach the guard, the limits, undecided candles, missing funding and losses as well as profits', () => {
    const figures = ['guardChanges', 'limitsReached', 'ambiguousTrades', 'missingFundingStamps'];
    expect(figures.filter((figure) => sum(figure) === 0)).toEqual([]);
    const returns = all.map(({ totalReturn }) => Number(totalReturn));
    expect([Math.min(...returns) < 0, Math.max(...returns) > 0]).toEqual([true, true]);
  });

  it('differ from one another: no setting is without effect', () => {
    const first = new Map<unknown, string>();
    const twins = Object.entries(runs).flatMap(([name, { ordersHash }]) => {
      const other = first.get(ordersHash);
      first.set(ordersHash, name);
      return other === undefined ? [] : [`${name} trades as ${other}`];
    });
    expect(twins).toEqual([]);
  });
});

describe('a difference', () => {
  const was = { trades: 12, sharpe: 1.5, fees: '10.25', profitFactor: null };

  it('is one of the last bit too, and says which run, which figure, was and is', () => {
    expect(differences('a', was, { ...was })).toEqual([]);
    expect(differences('a', was, { ...was, sharpe: 1.5000000000000002 })).toEqual([
      'a: sharpe was 1.5, is 1.5000000000000002 (+2.22e-16)',
    ]);
    expect(differences('a', was, { ...was, fees: '10.75', profitFactor: 2 })).toEqual([
      'a: fees was 10.25, is 10.75 (+0.5)',
      'a: profitFactor was undefined, is 2',
    ]);
    expect(differences('a', was, { trades: 12, sharpe: 1.5, fees: '10.25' })).toEqual([
      'a: profitFactor was undefined, is not there',
    ]);
  });

  it('is a run that is new or gone as well', () => {
    const figures = new Map([['b', was]]);
    expect(changesOf({ a: was }, figures)).toEqual(['b: the run is new', 'a: the run is gone']);
    expect(changesOf({ b: was }, figures)).toEqual([]);
  });

  it('comes with the way to accept it, and with the runtime where that is another one', () => {
    expect(failureOf(['a'], { was: 'v1', is: 'v1' })).toBe(`  a\n${HOW_TO_ACCEPT}`);
    expect(failureOf(['a'], { was: 'v1', is: 'v2' })).toContain('made with Node.js v1; this is v2');
  });

  it('is not lost on the way through JSON', () => {
    expect([leafOf(-0), leafOf(0), leafOf(NaN), leafOf(undefined)]).toEqual(['-0', 0, 'NaN', null]);
    expect([decimalOf(-1_500_000_000_001n), decimalOf(0n), decimalOf(10n ** 13n)]).toEqual([
      '-1.500000000001',
      '0',
      '10',
    ]);
  });
});
