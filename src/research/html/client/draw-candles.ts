// How are candles drawn? Hollow where the price rose, filled where it fell, several bars in one where there are too many.
import type { niceTicks, tickDigits, timeTicks } from '../plot/ticks.ts';
import type { Scene } from './scene.ts';
import type { barAtTime, barsPerCandle } from './viewport.ts';

// The page carries these functions as text: they must not refer to anything but each other and what they are handed.

export interface CandleKit {
  readonly niceTicks: typeof niceTicks;
  readonly tickDigits: typeof tickDigits;
  readonly timeTicks: typeof timeTicks;
  readonly barAtTime: typeof barAtTime;
  readonly barsPerCandle: typeof barsPerCandle;
}

/** Grid lines with prices on the right and times below. */
export function drawAxes(scene: Scene, kit: CandleKit): void {
  const { drawing, colours, right, bottom, candles, view, prices, tickSize, width } = scene;
  drawing.font = `11px ${colours.font}`;
  drawing.lineWidth = 1;
  drawing.strokeStyle = colours.faint;
  drawing.fillStyle = colours.soft;
  drawing.textBaseline = 'middle';
  drawing.textAlign = 'left';
  const ticks = kit.niceTicks(prices[0] * tickSize, prices[1] * tickSize, bottom / 56);
  const digits = kit.tickDigits(ticks);
  drawing.beginPath();
  for (const price of ticks) {
    const y = Math.round(scene.y(price / tickSize)) + 0.5;
    drawing.moveTo(0, y);
    drawing.lineTo(right, y);
    drawing.fillText(price.toFixed(digits), right + 8, y);
  }
  const first = Math.max(0, Math.floor(view.from));
  const last = Math.min(candles.openTime.length - 1, Math.ceil(view.to) - 1);
  drawing.textAlign = 'center';
  for (const { at, text } of kit.timeTicks(candles.openTime[first], candles.openTime[last], Math.max(2, width / 110))) {
    const x = Math.round(scene.x(kit.barAtTime(candles.openTime, at))) + 0.5;
    if (x < 18 || x > right - 12) continue;
    drawing.moveTo(x, 0);
    drawing.lineTo(x, bottom);
    drawing.fillText(text, x, bottom + 13);
  }
  drawing.stroke();
}

/** The candles in sight; returns how many were drawn. */
export function drawCandles(scene: Scene, kit: CandleKit): number {
  const { drawing, colours, candles, view, right } = scene;
  const { open, high, low, close } = candles;
  const group = kit.barsPerCandle(view, right, 3);
  const room = (right / (view.to - view.from)) * group;
  const body = Math.max(1, Math.min(14, Math.floor(room * 0.68)));
  const end = Math.min(open.length, Math.ceil(view.to));
  let drawn = 0;
  drawing.lineWidth = 1;
  // Groups begin at multiples of their length, so that they do not flicker while the window moves.
  for (let bar = Math.floor(Math.max(0, view.from) / group) * group; bar < end; bar += group) {
    const last = Math.min(bar + group, open.length) - 1;
    let top = high[bar];
    let bottom = low[bar];
    for (let at = bar + 1; at <= last; at += 1) {
      if (high[at] > top) top = high[at];
      if (low[at] < bottom) bottom = low[at];
    }
    const isUp = close[last] >= open[bar];
    const middle = Math.round(scene.x((bar + last + 1) / 2));
    const upper = Math.round(scene.y(Math.max(open[bar], close[last])));
    const lower = Math.round(scene.y(Math.min(open[bar], close[last])));
    const colour = isUp ? colours.gain : colours.loss;
    drawing.strokeStyle = colour;
    drawing.fillStyle = isUp && body > 3 ? colours.paper : colour;
    drawing.beginPath();
    drawing.moveTo(middle + 0.5, Math.round(scene.y(top)));
    drawing.lineTo(middle + 0.5, Math.round(scene.y(bottom)));
    drawing.stroke();
    const left = middle - Math.floor(body / 2);
    const height = Math.max(1, lower - upper);
    drawing.fillRect(left, upper, body, height);
    if (isUp && body > 3) drawing.strokeRect(left + 0.5, upper + 0.5, body - 1, Math.max(0, height - 1));
    drawn += 1;
  }
  return drawn;
}

/** Hair lines through the pointer, with the price at the axis. */
export function drawCrosshair(scene: Scene, bar: number): void {
  const { drawing, colours, right, bottom, candles, tickSize, decimals } = scene;
  const x = Math.round(scene.x(bar + 0.5)) + 0.5;
  const y = Math.round(scene.y(candles.close[bar])) + 0.5;
  drawing.strokeStyle = colours.soft;
  drawing.lineWidth = 1;
  drawing.setLineDash([2, 3]);
  drawing.beginPath();
  drawing.moveTo(x, 0);
  drawing.lineTo(x, bottom);
  drawing.moveTo(0, y);
  drawing.lineTo(right, y);
  drawing.stroke();
  drawing.setLineDash([]);
  const text = (candles.close[bar] * tickSize).toFixed(decimals);
  drawing.fillStyle = colours.ink;
  drawing.fillRect(right + 3, y - 9, drawing.measureText(text).width + 10, 18);
  drawing.fillStyle = colours.paper;
  drawing.textAlign = 'left';
  drawing.textBaseline = 'middle';
  drawing.fillText(text, right + 8, y);
}

/** The whole test as one line, with the part in sight marked. */
export function drawOverview(scene: Scene, inSight: { readonly from: number; readonly to: number }): void {
  const { drawing, colours, candles, width, height } = scene;
  const { close } = candles;
  const stride = Math.max(1, Math.floor(close.length / Math.max(1, width * 2)));
  drawing.strokeStyle = colours.soft;
  drawing.lineWidth = 1;
  drawing.beginPath();
  for (let bar = 0; bar < close.length; bar += stride) {
    if (bar === 0) drawing.moveTo(scene.x(bar), scene.y(close[bar]));
    else drawing.lineTo(scene.x(bar), scene.y(close[bar]));
  }
  drawing.stroke();
  const left = scene.x(inSight.from);
  const right = Math.max(left + 3, scene.x(inSight.to));
  drawing.globalAlpha = 0.14;
  drawing.fillStyle = colours.accent;
  drawing.fillRect(left, 0, right - left, height);
  drawing.globalAlpha = 1;
  drawing.strokeStyle = colours.accent;
  drawing.strokeRect(Math.round(left) + 0.5, 0.5, Math.max(2, Math.round(right - left) - 1), height - 1);
}
