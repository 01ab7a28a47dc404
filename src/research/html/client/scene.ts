// What does a drawing function know? The canvas, where bars and prices lie on it, and the colours of the page.
import type { UnpackedCandles } from '../candle-code.ts';
import type { Drawing } from './page-types.ts';
import type { Viewport } from './viewport.ts';

export interface Colours {
  readonly ink: string;
  readonly soft: string;
  readonly faint: string;
  readonly paper: string;
  readonly gain: string;
  readonly loss: string;
  readonly accent: string;
  readonly font: string;
}

/** Lengths in CSS pixels, prices in ticks. */
export interface Scene {
  readonly drawing: Drawing;
  readonly width: number;
  readonly height: number;
  /** The plot is [0, right) by [0, bottom); axes stand to the right and below. */
  readonly right: number;
  readonly bottom: number;
  readonly candles: UnpackedCandles;
  readonly tickSize: number;
  readonly decimals: number;
  readonly view: Viewport;
  readonly prices: readonly [low: number, high: number];
  readonly colours: Colours;
  /** Pixel of a bar's left border, fractions inside the bar. */
  readonly x: (bar: number) => number;
  /** Pixel of a price in ticks. */
  readonly y: (ticks: number) => number;
}

/** A trade as the page's script uses it; prices in ticks, bars as indices. */
export interface PageTrade {
  readonly number: number;
  readonly direction: number;
  readonly entryTime: number;
  readonly exitTime: number;
  readonly entryBar: number;
  readonly exitBar: number;
  readonly entry: number;
  readonly exit: number;
  readonly stop: number | null;
  readonly target: number | null;
  readonly reason: string;
  readonly probability: number | null;
  readonly regime: string;
  readonly multiple: number | null;
  readonly net: number;
  readonly ambiguous: boolean;
}
