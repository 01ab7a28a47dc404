// What does the trade chart know of its reader? The choices made, the part in sight, and how to draw it again.
import type { UnpackedCandles, unpackCandles } from '../candle-code.ts';
import type { PagePayload, PageSymbol } from '../page-payload.ts';
import type { CandleKit, drawAxes, drawCandles, drawCrosshair, drawOverview } from './draw-candles.ts';
import type { drawTrades } from './draw-trades.ts';
import type { Page, PageCanvas, PageElement } from './page-types.ts';
import type { PageTrade } from './scene.ts';
import type {
  fillTradeList,
  isListed,
  markTrade,
  minuteText,
  plainText,
  readTrades,
  tradeSentence,
} from './trade-list.ts';
import type { clampViewport, moveViewport, priceRange, Viewport, viewportAround, zoomViewport } from './viewport.ts';

/** Functions of other files that the chart is built of. */
export interface ChartKit extends CandleKit {
  readonly unpackCandles: typeof unpackCandles;
  readonly clampViewport: typeof clampViewport;
  readonly moveViewport: typeof moveViewport;
  readonly zoomViewport: typeof zoomViewport;
  readonly viewportAround: typeof viewportAround;
  readonly priceRange: typeof priceRange;
  readonly drawAxes: typeof drawAxes;
  readonly drawCandles: typeof drawCandles;
  readonly drawCrosshair: typeof drawCrosshair;
  readonly drawOverview: typeof drawOverview;
  readonly drawTrades: typeof drawTrades;
  readonly readTrades: typeof readTrades;
  readonly isListed: typeof isListed;
  readonly tradeSentence: typeof tradeSentence;
  readonly fillTradeList: typeof fillTradeList;
  readonly markTrade: typeof markTrade;
  readonly minuteText: typeof minuteText;
  readonly plainText: typeof plainText;
}

export interface ChartParts {
  readonly root: PageElement;
  readonly chart: PageCanvas;
  readonly overview: PageCanvas;
  readonly readout: PageElement;
  readonly list: PageElement;
}

export interface ChartState {
  readonly page: Page;
  readonly kit: ChartKit;
  readonly payload: PagePayload;
  readonly parts: ChartParts;
  /** Index of the chosen symbol, risk level and kind of trades. */
  symbol: number;
  level: number;
  filter: number;
  view: Viewport;
  /** Trades listed. */
  trades: readonly PageTrade[];
  chosen: PageTrade | undefined;
  /** Bar under the pointer. */
  hovered: number | undefined;
  /** Candles of the chosen symbol. */
  readonly candles: () => UnpackedCandles;
  readonly shown: () => PageSymbol;
  /** Draws before the next frame. */
  readonly redraw: () => void;
}
