import { describe, expect, it } from 'vitest';
import { createProgress, durationText } from './progress.ts';

function reporter({ isTTY = false, columns = 80, total = 100, label = 'folds' } = {}) {
  const written: string[] = [];
  let time = 1_000;
  const stream = { write: (text: string) => written.push(text), isTTY, columns };
  const progress = createProgress({ stream, label, total, now: () => time });
  return { progress, written, wait: (ms: number) => (time += ms) };
}

/** What a terminal shows: the text after the last cleared line. */
const shown = (written: readonly string[]): string => written.join('').split('\r\u001B[2K').at(-1) ?? '';

describe('createProgress on a terminal', () => {
  it('draws share, count, time left and the last note, and clears itself', () => {
    const { progress, written, wait } = reporter({ isTTY: true });
    expect(shown(written)).toBe(`folds [${'-'.repeat(30)}]   0 % 0/100 ? left`);
    wait(5_000);
    progress.advance(25, 'BTCUSDT\nfold 3');
    expect(shown(written)).toBe(`folds [${'#'.repeat(7)}${'-'.repeat(23)}]  25 % 25/100 15 s left BTCUSDT fold 3`);
    wait(5_000);
    progress.advance();
    expect(shown(written)).toMatch(/26 % 26\/100 28 s left BTCUSDT fold 3$/);
    progress.done();
    expect(shown(written)).toBe('');
    progress.done();
    progress.advance();
    expect(shown(written)).toBe('');
  });

  it('redraws at most ten times a second', () => {
    const { progress, written, wait } = reporter({ isTTY: true, total: 10_000 });
    for (let step = 0; step < 10_000; step += 1) {
      wait(0.25);
      progress.advance();
    }
    expect(written.length).toBeGreaterThan(20);
    expect(written.length).toBeLessThanOrEqual(26);
  });

  it.each([1, 5, 8, 20, 30, 40, 60, 79, 200])('stays on one line of %i columns', (columns) => {
    const { progress, written, wait } = reporter({ isTTY: true, columns, label: 'walk-forward' });
    wait(60_000);
    progress.advance(50, 'a long note about what was done last, and more of it than anybody needs');
    wait(60_000);
    progress.advance(50);
    for (const text of written) expect(text.replace('\r\u001B[2K', '').length).toBeLessThan(columns);
  });
});

describe('createProgress elsewhere', () => {
  it('writes a line at the start, about every tenth, and at the end', () => {
    const { progress, written, wait } = reporter();
    for (let step = 0; step < 100; step += 1) {
      wait(100);
      progress.advance(1, `fold ${step + 1}`);
    }
    progress.done();
    expect(written).toHaveLength(11);
    expect(written[0]).toBe('folds: 0 of 100\n');
    expect(written[1]).toBe('folds: 10 of 100, 10 %, 9.0 s left fold 10\n');
    expect(written[10]).toBe('folds: 100 of 100 in 10 s\n');
    expect(written.join('')).not.toContain('\u001B');
  });

  it('says how far it came when it ends early', () => {
    const { progress, written } = reporter({ total: 7 });
    progress.advance(3);
    progress.done();
    expect(written.at(-1)).toBe('folds: 3 of 7 in 0.0 s\n');
  });

  it('copes with nothing to do and with more than was announced', () => {
    const nothing = reporter({ total: 0 });
    nothing.progress.advance();
    nothing.progress.done();
    expect(nothing.written.at(-1)).toBe('folds: 0 of 0 in 0.0 s\n');
    const more = reporter({ total: 2, isTTY: true });
    more.wait(1_000);
    more.progress.advance(5);
    expect(shown(more.written)).toContain('100 % 2/2 0.0 s left');
  });
});

describe('durationText', () => {
  it.each([
    [0, '0.0 s'],
    [9_949, '9.9 s'],
    [9_950, '10 s'],
    [59_499, '59 s'],
    [59_500, '1 min 0 s'],
    [3_599_499, '59 min 59 s'],
    [3_599_500, '1 h 0 min'],
    [7_170_000, '2 h 0 min'],
  ])('%i ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
