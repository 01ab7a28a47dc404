// Do the pictures of a report show what the page shows, small enough for a document, and the same every time?
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { reportHtml } from '../../src/research/html/report-html.ts';
import { whyNoBrowser } from '../../tools/open-browser.ts';
import { writeFigures } from '../../tools/report-figures.ts';
import { readPng, smallPng } from '../../tools/small-png.ts';
import { reportFixture } from './report-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'perpilot-figures-'));
const report = join(folder, 'report.html');
writeFileSync(
  report,
  reportHtml(reportFixture({ days: 30, symbols: ['AAAUSDT', 'BBBUSDT'], isFull: true, text: 'plain' })),
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COMMAND = fileURLToPath(new URL('../../tools/write-figures.ts', import.meta.url));

function complaintOf(...names: readonly string[]): string {
  try {
    execFileSync(process.execPath, [COMMAND, ...names], { encoding: 'utf8', stdio: 'pipe' });
    return '';
  } catch (error) {
    return String((error as { stderr?: unknown }).stderr);
  }
}

describe('the command', () => {
  it('says what it needs', () => {
    expect(complaintOf(report)).toMatch(/^usage: /);
    expect(complaintOf(join(folder, 'none.html'), folder)).toMatch(/none\.html does not exist; a research run writes/);
  });
});

const missing = whyNoBrowser();
if (missing !== undefined) console.warn(`no pictures are taken of the report: ${missing}`);

describe.skipIf(missing !== undefined)('the pictures', () => {
  it('are named after their charts, drawn, small, and the same every time', async () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    // At once: most of the time goes by in waiting for the browsers.
    const [written] = await Promise.all([first, second].map((each) => writeFigures(report, each)));
    expect(written.map(({ name }) => name.replace('.png', '')).join(' ')).toBe(
      'verdict equity drawdown folds distribution monthly exposure costs ablation trades calibration importance regimes funnel sensitivity luck',
    );
    expect(readdirSync(first).toSorted()).toEqual(written.map(({ name }) => name).toSorted());
    for (const { name, bytes } of written) {
      const file = readFileSync(join(first, name));
      expect(file.equals(readFileSync(join(second, name))), name).toBe(true);
      expect(bytes, name).toBe(file.length);
      expect(bytes, name).toBeLessThan(150_000);
      expect(bytes, name).toBeGreaterThan(3_000);
    }
  });
});

describe('a small picture', () => {
  it('is the same picture where the colours are few, in the kinds that browsers write', () => {
    const original = Buffer.from(RGB_2X2, 'base64');
    const { width, height, colours } = readPng(original);
    expect([width, height]).toEqual([2, 2]);
    expect([...colours]).toEqual([0xff0000, 0x00ff00, 0x0000ff, 0xffffff]);
    const small = Buffer.from(smallPng(original));
    expect(small.subarray(1, 4).toString()).toBe('PNG');
    expect(() => readPng(small)).toThrow('a PNG of kind 3, 8 bits, cannot be read');
    expect(() => readPng(Buffer.from('no picture'))).toThrow('this is no PNG');
  });
});

/** Red and green above blue and white; the first row told by its left neighbours, the second by Paeth's guess. */
const RGB_2X2 =
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFUlEQVR4nGP8z8DA+J+BhZHhP5AFAB0rBASFmh0FAAAAAElFTkSuQmCC';
