// Which script does the page carry? The functions of this folder as text, put side by side and started once.
import { pushInteger, readInteger, unpackCandles } from '../candle-code.ts';
import { monthName, niceTicks, tickDigits, timeTickAt, timeTicks } from '../plot/ticks.ts';
import { chooseTrade, hover, setView, showSymbol, showTrades, stepTrade, zoom } from './chart-actions.ts';
import { axisWidth, drawChart, readColours, readoutText, sceneOn } from './chart-drawing.ts';
import { listenToChart, listenToChoices, listenToOverview, movePointer, pressKey } from './chart-input.ts';
import { drawAxes, drawCandles, drawCrosshair, drawOverview } from './draw-candles.ts';
import { drawEntry, drawExit, drawLevel, drawName, drawTrade, drawTrades, showsExits } from './draw-trades.ts';
import { heightAt, pathPoints, readLines, startLineReading } from './read-lines.ts';
import { startSymbolChoice } from './symbol-choice.ts';
import { createChartState, partsOf, startTradeChart } from './trade-chart.ts';
import { fillTradeList, isListed, markTrade, minuteText, plainText, readTrades, tradeSentence } from './trade-list.ts';
import {
  barAtTime,
  barsPerCandle,
  clampViewport,
  moveViewport,
  priceRange,
  viewportAround,
  zoomViewport,
} from './viewport.ts';

/** Name in the page and function; a function may call those of its own file by name, and those of others through the kit. */
const PARTS = {
  niceTicks,
  tickDigits,
  timeTicks,
  timeTickAt,
  monthName,
  pushInteger,
  readInteger,
  unpackCandles,
  clampViewport,
  zoomViewport,
  moveViewport,
  viewportAround,
  barAtTime,
  barsPerCandle,
  priceRange,
  drawAxes,
  drawCandles,
  drawCrosshair,
  drawOverview,
  showsExits,
  drawTrades,
  drawTrade,
  drawLevel,
  drawEntry,
  drawExit,
  drawName,
  readTrades,
  isListed,
  minuteText,
  plainText,
  tradeSentence,
  fillTradeList,
  markTrade,
  createChartState,
  partsOf,
  startTradeChart,
  showSymbol,
  showTrades,
  chooseTrade,
  stepTrade,
  listenToChoices,
  setView,
  zoom,
  listenToChart,
  movePointer,
  pressKey,
  listenToOverview,
  hover,
  axisWidth,
  drawChart,
  sceneOn,
  readColours,
  readoutText,
  pathPoints,
  heightAt,
  startLineReading,
  readLines,
  startSymbolChoice,
};

/** The script as text. The payload stands in the element `#page-data`. */
export function pageScript(): string {
  const functions = Object.entries(PARTS).map(([name, part]) => `const ${name} = ${functionText(part)};`);
  return `(() => {
'use strict';
${functions.join('\n')}
const kit = { ${Object.keys(PARTS).join(', ')} };
const data = document.querySelector('#page-data');
if (data !== null) startTradeChart(window, JSON.parse(data.textContent), kit);
startLineReading(window, kit);
startSymbolChoice(window);
})();
`;
}

/** What the runtime runs: types are gone from it already. Blank lines and the blanks that types left behind are taken out. */
function functionText(part: (...handed: never[]) => unknown): string {
  return part
    .toString()
    .replaceAll(/[ \t]+$/gm, '')
    .replaceAll(/\n{2,}/g, '\n');
}
