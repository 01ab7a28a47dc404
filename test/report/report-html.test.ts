// Does the report work in a real browser? Every chart is drawn, nothing overflows, nothing is loaded, and it answers to its reader.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageScript } from '../../src/research/html/client/page-script.ts';
import { reportHtml } from '../../src/research/html/report-html.ts';
import { openBrowser, whyNoBrowser, type Browser, type BrowserPage } from '../../tools/open-browser.ts';
import { manySymbols } from './many-symbols.ts';
import { reportFixture } from './report-fixture.ts';

const NASTY = `<script>alert('x')</script>"'\`--><img src=x onerror=alert(2)>`;
/** What the page needs to do well: one symbol without anything optional, and more than anybody scrolls through. */
const ONE = reportFixture({ days: 24, symbols: ['AAAUSDT'], isFull: false, text: 'plain' });
const SYMBOLS = Array.from({ length: 31 }, (_, index) => `SYM${String(index + 1).padStart(2, '0')}USDT`);
const MANY = reportFixture({ days: 40, symbols: SYMBOLS, isFull: true, text: 'plain' });
const FULL = reportFixture({ days: 24, symbols: ['AAAUSDT', `B${NASTY}`], isFull: true, text: NASTY });

/** The script as the runtime's own type stripping makes it: what a user gets. */
function scriptOfNode(): string {
  const module = new URL('../../src/research/html/client/page-script.ts', import.meta.url);
  const program = `const { pageScript } = await import(${JSON.stringify(module.href)}); process.stdout.write(pageScript());`;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
}

/** Values that were printed although they are none, with what stands around them; scripts do not count. */
function nonsenseIn(page: string): string[] {
  return page.replace(/<script[\s\S]*?<\/script>/g, '').match(/.{0,60}(NaN|undefined|Infinity|\[object).{0,30}/g) ?? [];
}

describe('the page', () => {
  it('gives equal bytes for equal data, with and without what may be left out', () => {
    expect(reportHtml(FULL)).toBe(reportHtml(structuredClone(FULL)));
    expect(reportHtml(JSON.parse(JSON.stringify(FULL)) as typeof FULL)).toBe(reportHtml(FULL));
    const bare = reportHtml(reportFixture({ days: 12, symbols: ['AAAUSDT'], isFull: false, text: 'plain' }));
    for (const id of ['sensitivity', 'holdout', 'ablation']) expect(bare).not.toContain(`<section id="${id}"`);
    const empty = reportHtml({
      ...FULL,
      result: { ...FULL.result, rows: [], levels: [] },
      curves: [],
      holds: [],
      candles: [],
    });
    for (const text of [bare, empty]) expect(nonsenseIn(text)).toEqual([]);
  });

  it('holds foreign text only as text, and names nothing outside itself', () => {
    const page = reportHtml(FULL);
    expect(page).not.toContain(NASTY);
    expect(page).not.toMatch(/<img|onerror=alert\(2\)>/);
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page).not.toMatch(/(src|href)="(?!#|data:,")/);
    // The one address is the name of the drawing language, which nobody loads.
    expect(page.match(/https?:\/\/[^"' ]*/g)).toEqual(['http://www.w3.org/2000/svg']);
  });

  it('marks every opening of the holdout after the first', () => {
    const [, section] = reportHtml(FULL).split('<section id="holdout"');
    const lines = section.split('</section>')[0].match(/<tr><td.*/g) ?? [];
    expect(lines.map((line) => line.includes('spent'))).toEqual([false, true, true]);
  });

  it('says no number that is none', () => {
    expect(nonsenseIn(reportHtml(FULL))).toEqual([]);
  });

  it('stays below three megabytes for two symbols and two years of hours', () => {
    const data = reportFixture({ days: 730, symbols: ['AAAUSDT', 'BBBUSDT'], isFull: true, text: 'plain' });
    expect(reportHtml(data).length).toBeLessThan(3_000_000);
  });

  it('stays below eight megabytes for 31 symbols and two years of hours', () => {
    const one = reportFixture({ days: 730, symbols: ['AAAUSDT'], isFull: true, text: 'plain', pause: 60 });
    const many = manySymbols(one, SYMBOLS);
    const page = reportHtml(many);
    expect(page.length).toBeLessThan(8_000_000);
    expect(page).toContain('3 candles are shown as one');
  });

  it('carries a script that runs by itself, under this test and under the bare runtime', () => {
    for (const script of [pageScript(), scriptOfNode()]) {
      // A name that bundlers or type stripping leave behind would be undefined in a browser.
      expect(script).not.toMatch(/__vi|import\(|require\(|\bas const\b|: readonly /);
      expect(() => new Script(script)).not.toThrow();
    }
  });
});

const missing = whyNoBrowser();
if (missing !== undefined) console.warn(`the report is not looked at in a browser: ${missing}`);

describe.skipIf(missing !== undefined)('the page in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'perpilot-report-'));
  const troubles: string[] = [];
  const requests: string[] = [];
  let browser: Browser;
  let page: BrowserPage;

  beforeAll(async () => {
    const program = `
      const { reportHtml } = await import(${JSON.stringify(new URL('../../src/research/html/report-html.ts', import.meta.url).href)});
      const { readFileSync, writeFileSync } = await import('node:fs');
      for (const path of process.argv.slice(1)) writeFileSync(path, reportHtml(JSON.parse(readFileSync(path, 'utf8'))));`;
    const pages = { full: FULL, one: ONE, many: MANY };
    const files = Object.entries(pages).map(([name, data]) => {
      const path = join(folder, `${name}.html`);
      writeFileSync(path, JSON.stringify(data));
      return path;
    });
    // Made by the bare runtime: what it strips is what a user's browser gets.
    execFileSync(process.execPath, ['--input-type=module', '--eval', program, ...files], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    });
    browser = await openBrowser();
    page = await browser.newPage();
    page.on('console', (message) => troubles.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    page.on('dialog', (dialog) => {
      troubles.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
    expect(troubles).toEqual([]);
  });

  interface Look {
    readonly name?: 'one' | 'full' | 'many';
    readonly colorScheme?: 'light' | 'dark';
  }
  /** What is open and has not been touched since; empty: nothing. */
  let untouched = '';

  /** Opens the page anew and waits until it has drawn. */
  async function open(width: number, { name = 'full', colorScheme = 'light' }: Look = {}): Promise<void> {
    untouched = '';
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
    await settle();
  }

  /** For those who only look, and so may look at what the test before has opened: wide pages are light, narrow ones dark. */
  async function lookAt(width: 390 | 1280, name: Look['name'] = 'full'): Promise<void> {
    if (untouched === `${name} ${width}`) return;
    await open(width, { name, colorScheme: width === 390 ? 'dark' : 'light' });
    untouched = `${name} ${width}`;
  }

  const settle = (): Promise<unknown> =>
    page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  const text = (selector: string): Promise<string> =>
    page.evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`);
  const count = (selector: string): Promise<number> =>
    page.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`);
  const drawnCandles = (): Promise<number> =>
    page.evaluate(`Number(document.querySelector('canvas.candles').dataset.candles)`);
  /** How many pixels of a canvas are not empty, and a sum that changes with the picture. */
  const pixels = (selector: string): Promise<{ filled: number; sum: number }> =>
    page.evaluate(`(() => {
      const canvas = document.querySelector('${selector}');
      const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height }).getContext('2d', { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
      let filled = 0, sum = 0;
      for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 0) { filled += 1; sum = (sum * 31 + data[at] + data[at + 1] * 3 + data[at + 2] * 7 + at) % 1000003; }
      return { filled, sum };
    })()`);

  /** Names of the panes in sight. */
  const shown = (): Promise<string[]> =>
    page.evaluate(
      `[...document.querySelectorAll('#equity .pane')].filter((pane) => getComputedStyle(pane).display !== 'none').map((pane) => pane.querySelector('.pane-name').textContent)`,
    );

  /** Names of charts without a mark or with one that is no place. */
  const empty = (): Promise<string[]> =>
    page.evaluate(`[
      ...[...document.querySelectorAll('.plot')].filter((plot) => {
        const shapes = [...plot.querySelectorAll('.drawing path, .drawing rect')];
        const drawn = shapes.filter((shape) => (shape.getAttribute('d') ?? '').length > 3 || (Number(shape.getAttribute('width')) > 0 && Number(shape.getAttribute('height')) > 0));
        return drawn.length === 0 || plot.querySelectorAll('text').length < 2;
      }).map((plot) => plot.querySelector('svg')),
      ...[...document.querySelectorAll('svg[role="img"]')].filter((drawing) => drawing.querySelector('path, rect, line, circle') === null),
      ...[...document.querySelectorAll('svg')].filter((drawing) => /NaN|undefined|Infinity/.test(drawing.innerHTML)),
    ].map((drawing) => drawing.getAttribute('aria-label'))`);

  const CHARTS = { one: 15, full: 40, many: 300 };
  const drawsEverything = (name: keyof typeof CHARTS, width: 390 | 1280): void => {
    it(`draws every chart of ${name} at ${width} pixels, and nothing reaches over the border`, async () => {
      await lookAt(width, name);
      expect(await empty()).toEqual([]);
      expect(await count('.plot')).toBeGreaterThan(CHARTS[name]);
      expect((await pixels('canvas.candles')).filled).toBeGreaterThan(2_000);
      expect((await pixels('canvas.overview')).filled).toBeGreaterThan(300);
      const [whole, seen] = await page.evaluate<[number, number]>(
        '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
      );
      expect(whole).toBe(seen);
    });
  };
  const clippedFigures = (): Promise<number> =>
    page.evaluate(
      `[...document.querySelectorAll('#figures .scroll')].filter((box) => box.scrollWidth > box.clientWidth).length`,
    );

  drawsEverything('one', 1280);

  it('keeps the key figures inside a wide page', async () => {
    await lookAt(1280, 'one');
    expect(await clippedFigures()).toBe(0);
  });

  drawsEverything('one', 390);

  it('makes cards of the key figures on a narrow page', async () => {
    await lookAt(390, 'one');
    expect(await clippedFigures()).toBe(0);
    expect(
      await page.evaluate(`getComputedStyle(document.querySelector('#figures .cards td'), '::before').content`),
    ).toBe('"Return"');
  });

  drawsEverything('full', 390);

  it('lets wide tables scroll inside themselves on a narrow screen, and text keeps its size', async () => {
    await lookAt(390);
    const scrolled = await page.evaluate<number>(
      `[...document.querySelectorAll('.scroll')].filter((box) => box.scrollWidth > box.clientWidth).length`,
    );
    expect(scrolled).toBeGreaterThan(3);
    const smallest = await page.evaluate<number>(
      `Math.min(...[...document.querySelectorAll('.plot text')].map((label) => parseFloat(getComputedStyle(label).fontSize)))`,
    );
    expect(smallest).toBeGreaterThanOrEqual(11);
  });

  drawsEverything('full', 1280);

  it('has a figure in every section that is made of figures', async () => {
    await lookAt(1280);
    for (const id of ['equity', 'folds', 'distributions', 'exposure', 'costs', 'calibration', 'regimes']) {
      expect(await count(`#${id} .plot .drawing path, #${id} .plot .drawing rect`), id).toBeGreaterThan(3);
    }
    for (const id of ['ablation', 'luck']) expect(await count(`#${id} .bar-cell circle`), id).toBeGreaterThan(5);
    expect(await count('#models .bar-cell rect')).toBeGreaterThan(10);
    expect(await count('#months td.heat')).toBeGreaterThan(3);
    expect(await count('#sensitivity td.heat')).toBeGreaterThan(3);
    expect(await count('#calibration .band-area')).toBe(3);
    expect(await count('#calibration .even')).toBe(3);
  });

  it('tells findings of the parts apart by more than their colour, and points without an interval', async () => {
    await lookAt(1280);
    const text = await page.evaluate<string>(`document.querySelector('#ablation .answer').textContent`);
    expect(text).toBe(
      'Shown to earn: regime filter in 6 of 6 comparisons. Shown to cost: meta-model in 6 of 6 comparisons.',
    );
    expect(await count('#ablation td.plus')).toBe(12);
    expect(await page.evaluate(`document.querySelector('#ablation td.plus').textContent`)).toMatch(/^▲ \+/);
    expect(await count('#ablation circle.bare')).toBe(6);
  });

  it('reads the lines under the pointer', async () => {
    await lookAt(1280);
    untouched = '';
    await page.hover('#equity .pane:first-of-type .plot', { position: { x: 300, y: 80 } });
    expect(await text('#equity .readout')).toMatch(/^2024-01-\d\d {3}conservative −?\d+\.\d+ % {3}moderate /);
  });

  drawsEverything('many', 390);
  drawsEverything('many', 1280);

  it('shows one of many symbols at a time, the same everywhere', async () => {
    await lookAt(1280, 'many');
    untouched = '';
    const shown = (id: string): Promise<string[]> =>
      page.evaluate(
        `[...document.querySelectorAll('#${id} .choose > .pane')].filter((pane) => pane.checkVisibility()).map((pane) => pane.querySelector('.pane-name').textContent)`,
      );
    expect(await shown('equity')).toEqual(['All symbols']);
    expect(await shown('costs')).toEqual(['SYM01USDT']);
    await page.selectOption('#costs-symbol', 'SYM07USDT');
    await settle();
    for (const id of ['equity', 'folds', 'costs', 'months', 'regimes', 'ablation', 'calibration']) {
      expect(await shown(id), id).toEqual(['SYM07USDT']);
    }
    expect(await page.evaluate(`document.querySelector('#trade-symbol').selectedOptions[0].textContent`)).toBe(
      'SYM07USDT',
    );
    expect(await count('.trade-list tbody tr')).toBe(MANY.curves[18].trades.length);
    await page.selectOption('#equity-symbol-0', 'All symbols');
    expect(await shown('equity')).toEqual(['All symbols']);
    expect(await shown('folds')).toEqual(['SYM07USDT']);
    const height = await page.evaluate<number>('document.documentElement.scrollHeight');
    expect(height).toBeLessThan(25_000);
  });

  it('follows a button to another of few symbols', async () => {
    await open(1280);
    await page.click('label[for="costs-symbol-1"]');
    await settle();
    for (const id of ['months', 'exposure', 'ablation']) {
      expect(await page.evaluate(`document.querySelector('#${id}-symbol-1').checked`), id).toBe(true);
    }
    expect(await page.evaluate(`document.querySelector('#trade-symbol').selectedIndex`)).toBe(1);
  });

  it('shows the pane that is chosen, one at a time', async () => {
    await open(1280);
    expect(await shown()).toEqual(['Own scale']);
    for (const [index, name] of [
      [2, 'Equal volatility'],
      [1, 'One scale'],
      [0, 'Own scale'],
    ] as const) {
      await page.click(`label[for="equity-view-${index}"]`);
      expect(await shown()).toEqual([name]);
    }
  });

  it('jumps to a trade from the list, on to the next one, and lists what was asked for', async () => {
    await open(1280);
    const trades = FULL.curves[0].trades;
    expect(await count('.trade-list tbody tr')).toBe(trades.length);
    const before = await pixels('canvas.candles');
    const all = await drawnCandles();
    await page.click('.trade-list tbody tr:nth-child(3) button');
    await settle();
    expect(await text('.trades .readout')).toMatch(/^Trade 3, (long|short): /);
    expect(await text('.trade-list tr.chosen th')).toBe('3');
    expect(await drawnCandles()).toBeLessThan(all);
    expect((await pixels('canvas.candles')).sum).not.toBe(before.sum);
    await page.click('[data-action="next"]');
    await settle();
    expect(await text('.trades .readout')).toMatch(/^Trade 4, /);
    await page.selectOption('#trade-filter', '1');
    expect(await count('.trade-list tbody tr')).toBe(trades.filter(({ netPnl }) => netPnl > 0).length);
  });

  it('changes symbol and risk level, zooms and moves by buttons, keys and wheel', async () => {
    await open(1280);
    await page.selectOption('#trade-level', '2');
    expect(await count('.trade-list tbody tr')).toBe(FULL.curves[2].trades.length);
    const first = await pixels('canvas.candles');
    await page.selectOption('#trade-symbol', '1');
    await settle();
    expect((await pixels('canvas.candles')).sum).not.toBe(first.sum);
    expect(await count('.trade-list tbody tr')).toBe(FULL.curves[5].trades.length);
    const widths = [await drawnCandles()];
    const act = async (deed: () => Promise<void>): Promise<void> => {
      await deed();
      await settle();
      widths.push(await drawnCandles());
    };
    for (let times = 0; times < 3; times += 1) await act(() => page.click('[data-action="closer"]'));
    await act(() => page.click('canvas.candles'));
    await act(() => page.keyboard.press('+'));
    const zoomed = await pixels('canvas.candles');
    await page.keyboard.press('ArrowLeft');
    await settle();
    expect((await pixels('canvas.candles')).sum).not.toBe(zoomed.sum);
    await page.hover('canvas.candles');
    expect(await text('.trades .readout')).toMatch(/^2024-\d\d-\d\d \d\d:00 {3}open \d/);
    const near = widths[widths.length - 1];
    expect(near).toBeLessThan(widths[0]);
    await act(() => page.mouse.wheel(0, 240));
    expect(widths[widths.length - 1]).toBeGreaterThan(near);
    await act(() => page.click('[data-action="all"]'));
    expect(widths[widths.length - 1]).toBe(widths[0]);
  });

  it('is dark where the reader wants it dark, canvas included, and prints every pane', async () => {
    const paper = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    await open(1280);
    const light = [await paper(), (await pixels('canvas.candles')).sum];
    await page.emulateMedia({ colorScheme: 'dark' });
    await settle();
    const dark = [await paper(), (await pixels('canvas.candles')).sum];
    expect(dark[0]).not.toBe(light[0]);
    expect(dark[1]).not.toBe(light[1]);
    await page.emulateMedia({ media: 'print' });
    const hidden = await page.evaluate<number>(
      `[...document.querySelectorAll('.pane')].filter((pane) => getComputedStyle(pane).display === 'none').length`,
    );
    await page.setViewportSize({ width: 794, height: 1123 });
    const reach = await page.evaluate<number>('document.documentElement.scrollWidth');
    await page.emulateMedia({ media: 'screen' });
    expect(reach).toBe(794);
    expect(hidden).toBe(0);
  });

  it('loads nothing but itself and complains of nothing', () => {
    const loaded = new Set(requests.filter((url) => !url.startsWith('data:')));
    expect([...loaded].filter((url) => !url.startsWith(pathToFileURL(folder).href))).toEqual([]);
    expect(troubles).toEqual([]);
  });
});
