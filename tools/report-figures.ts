// What does a report look like without opening it? One picture per chart, taken from the page in a real browser.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openBrowser, type BrowserPage } from './open-browser.ts';
import { smallPng } from './small-png.ts';

export interface WrittenFigure {
  /** Name of the file in the folder. */
  readonly name: string;
  readonly bytes: number;
}

/** What is in a picture, and what of it is left out. */
interface Figure {
  readonly name: string;
  readonly selector: string;
  readonly without?: string;
}

/** Tables stand in the summary as text. */
const TABLES = '.scroll:has(>table:not([class]))';

const FIGURES: readonly Figure[] = [
  { name: 'verdict', selector: '#verdict' },
  { name: 'symbols', selector: '#figures:has(.wide-map)', without: TABLES },
  { name: 'equity', selector: '#equity', without: '.falling,.pane-name' },
  { name: 'drawdown', selector: '#equity', without: '.growth,.pane-name' },
  { name: 'folds', selector: '#folds', without: `${TABLES},.failures,.pane-name` },
  { name: 'distribution', selector: '#distributions' },
  { name: 'monthly', selector: '#months' },
  { name: 'exposure', selector: '#exposure' },
  { name: 'costs', selector: '#costs', without: TABLES },
  { name: 'ablation', selector: '#ablation', without: TABLES },
  { name: 'trades', selector: '#trades:has(canvas)', without: '.controls,.trades .scroll' },
  { name: 'calibration', selector: '#calibration:has(figure)', without: '.pane-name' },
  { name: 'importance', selector: '#models:has(table)' },
  { name: 'regimes', selector: '#regimes:has(figure)' },
  { name: 'funnel', selector: '#funnel' },
  { name: 'sensitivity', selector: '#sensitivity' },
  { name: 'luck', selector: '#luck', without: `${TABLES},h3,h3~*,.switch,.choose` },
];

/** What only a reader needs: explanations, choices, the list of sections; a pane says its name instead. */
const PICTURE_STYLE = `*{pointer-events:none!important}
nav,.lead,details,.readout,.switch>label,.choose>label{display:none!important}
section{border:0!important;margin:0 -28px!important;padding:28px 28px 8px!important}
.pane-name{display:block!important;font-weight:600;margin:4px 0 8px}
.scroll.tall{max-height:none!important}`;

const WIDTH = 1280;

/**
 * Writes one PNG per chart of the report into `folder`, in light colours, and tells their names in the order of the page.
 * Of many symbols each picture shows the first. Charts that the report does not have are left out.
 * @throws Error where there is no browser; see `whyNoBrowser`
 */
export async function writeFigures(report: string, folder: string): Promise<WrittenFigure[]> {
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.setViewportSize({ width: WIDTH, height: 900 });
    await page.emulateMedia({ colorScheme: 'light', media: 'screen' });
    await page.goto(pathToFileURL(resolve(report)).href);
    await showOneTrade(page);
    mkdirSync(folder, { recursive: true });
    const written: WrittenFigure[] = [];
    for (const figure of FIGURES) {
      if (!(await isThere(page, figure.selector))) continue;
      const picture = await pictureOf(page, figure);
      const name = `${figure.name}.png`;
      writeFileSync(join(folder, name), picture);
      written.push({ name, bytes: picture.length });
    }
    return written;
  } finally {
    await browser.close();
  }
}

function isThere(page: BrowserPage, selector: string): Promise<boolean> {
  return page.evaluate(`document.querySelector(${JSON.stringify(selector)}) !== null`);
}

async function pictureOf(page: BrowserPage, { selector, without = '' }: Figure): Promise<Uint8Array> {
  const hidden =
    without === ''
      ? ''
      : `${without
          .split(',')
          .map((part) => `${selector} ${part}`)
          .join(',')}{display:none!important}`;
  await page.evaluate(`(() => {
    const style = document.querySelector('#picture-style') ?? document.head.appendChild(Object.assign(document.createElement('style'), { id: 'picture-style' }));
    style.textContent = ${JSON.stringify(`${PICTURE_STYLE}\n${hidden}`)};
    scrollTo(0, 0);
  })()`);
  await settle(page);
  return smallPng(await page.locator(selector).screenshot({ animations: 'disabled', scale: 'css' }));
}

/** Brings the first trade near that reached its target, else the first of all, at the last risk level, which trades most. */
async function showOneTrade(page: BrowserPage): Promise<void> {
  if (!(await isThere(page, '#trade-level'))) return;
  const last = await page.evaluate<number>(`document.querySelector('#trade-level').options.length - 1`);
  await page.selectOption('#trade-level', String(last));
  const isListed = (): Promise<boolean> => isThere(page, '.trade-list tbody tr');
  await page.selectOption('#trade-filter', TARGETS);
  if (!(await isListed())) await page.selectOption('#trade-filter', '0');
  if (await isListed()) await page.click('[data-action="next"]');
  await settle(page);
}

/** Place of the targets among the kinds of trades that the page lists. */
const TARGETS = '4';

async function settle(page: BrowserPage): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}
