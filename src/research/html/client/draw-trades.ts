// How is a trade drawn? A line from entry to exit, signs at both ends, and while it lasted its stop and its target.
import type { PageTrade, Scene } from './scene.ts';

// The page carries these functions as text: they must not refer to anything but each other.

/** With fewer bars in sight, stops and targets of all trades are shown. */
export function showsExits(bars: number): boolean {
  return bars <= 500;
}

/** All trades that touch the window, the chosen one last and strongest; returns how many were drawn. */
export function drawTrades(scene: Scene, trades: readonly PageTrade[], chosen: PageTrade | undefined): number {
  const { from, to } = scene.view;
  const inSight = trades.filter(({ entryBar, exitBar }) => exitBar + 1 >= from && entryBar <= to);
  const isNear = showsExits(to - from);
  for (const trade of inSight) if (trade !== chosen) drawTrade(scene, trade, { isNear, isChosen: false });
  if (chosen !== undefined && inSight.includes(chosen)) drawTrade(scene, chosen, { isNear: true, isChosen: true });
  return inSight.length;
}

export function drawTrade(
  scene: Scene,
  trade: PageTrade,
  { isNear, isChosen }: { readonly isNear: boolean; readonly isChosen: boolean },
): void {
  const { drawing, colours } = scene;
  const start = scene.x(trade.entryBar + 0.5);
  const end = scene.x(trade.exitBar + 0.5);
  const colour = trade.net > 0 ? colours.gain : colours.loss;
  if (isChosen) {
    drawing.globalAlpha = 0.09;
    drawing.fillStyle = colour;
    drawing.fillRect(start, 0, Math.max(2, end - start), scene.bottom);
    drawing.globalAlpha = 1;
  }
  if (isNear) {
    drawLevel(scene, { price: trade.stop, from: start, to: end, name: 'stop', dash: [6, 3], isNamed: isChosen });
    drawLevel(scene, { price: trade.target, from: start, to: end, name: 'target', dash: [1, 3], isNamed: isChosen });
  }
  drawing.strokeStyle = colours.ink;
  drawing.lineWidth = isChosen ? 2 : 1.25;
  drawing.beginPath();
  drawing.moveTo(start, scene.y(trade.entry));
  drawing.lineTo(end, scene.y(trade.exit));
  drawing.stroke();
  const size = isChosen ? 7 : isNear ? 5.5 : 4;
  drawEntry(scene, { x: start, y: scene.y(trade.entry), direction: trade.direction, size });
  drawExit(scene, { x: end, y: scene.y(trade.exit), reason: trade.reason, size: size * 0.85, colour });
  if (isChosen)
    drawName(
      scene,
      `${trade.reason} ${trade.multiple === null ? '' : `${trade.multiple.toFixed(2)} R`}`,
      end,
      scene.y(trade.exit),
    );
}

/** A protective price from entry to exit; it reaches a little further, so that it can be seen on a short trade. */
export function drawLevel(
  scene: Scene,
  level: {
    readonly price: number | null;
    readonly from: number;
    readonly to: number;
    readonly name: string;
    readonly dash: readonly number[];
    readonly isNamed: boolean;
  },
): void {
  if (level.price === null) return;
  const { drawing, colours } = scene;
  const y = Math.round(scene.y(level.price)) + 0.5;
  const colour = level.name === 'stop' ? colours.loss : colours.gain;
  drawing.strokeStyle = colour;
  drawing.lineWidth = level.name === 'stop' ? 1.5 : 2;
  drawing.setLineDash(level.dash);
  drawing.beginPath();
  drawing.moveTo(level.from - 6, y);
  drawing.lineTo(Math.max(level.to, level.from) + 6, y);
  drawing.stroke();
  drawing.setLineDash([]);
  if (!level.isNamed) return;
  const text = `${level.name} ${(level.price * scene.tickSize).toFixed(scene.decimals)}`;
  const width = drawing.measureText(text).width;
  drawing.globalAlpha = 0.85;
  drawing.fillStyle = colours.paper;
  drawing.fillRect(level.from - 14 - width, y - 8, width + 8, 16);
  drawing.globalAlpha = 1;
  drawing.fillStyle = colour;
  drawing.textAlign = 'right';
  drawing.textBaseline = 'middle';
  drawing.fillText(text, level.from - 10, y);
}

/** A triangle with its tip in the direction of the trade, below the price for a long and above it for a short. */
export function drawEntry(
  { drawing, colours }: Scene,
  sign: { readonly x: number; readonly y: number; readonly direction: number; readonly size: number },
): void {
  const { x, y, direction, size } = sign;
  const base = y + direction * size * 1.7;
  drawing.fillStyle = colours.ink;
  drawing.strokeStyle = colours.paper;
  drawing.lineWidth = 1;
  drawing.beginPath();
  drawing.moveTo(x, y + direction * 1);
  drawing.lineTo(x - size, base);
  drawing.lineTo(x + size, base);
  drawing.closePath();
  drawing.fill();
  drawing.stroke();
}

/** A cross for a stop or a liquidation, a circle for a target, a square for anything else. */
export function drawExit(
  { drawing, colours }: Scene,
  sign: {
    readonly x: number;
    readonly y: number;
    readonly reason: string;
    readonly size: number;
    readonly colour: string;
  },
): void {
  const { x, y, reason, size, colour } = sign;
  const isStop = reason === 'stop' || reason === 'trailing-stop' || reason === 'liquidation';
  drawing.beginPath();
  if (isStop) {
    drawing.moveTo(x - size, y - size);
    drawing.lineTo(x + size, y + size);
    drawing.moveTo(x + size, y - size);
    drawing.lineTo(x - size, y + size);
    drawing.strokeStyle = colours.paper;
    drawing.lineWidth = 4.5;
    drawing.stroke();
    drawing.strokeStyle = colour;
    drawing.lineWidth = 2;
    drawing.stroke();
    return;
  }
  if (reason === 'target') drawing.arc(x, y, size, 0, 2 * Math.PI);
  else drawing.rect(x - size * 0.85, y - size * 0.85, size * 1.7, size * 1.7);
  drawing.fillStyle = colour;
  drawing.fill();
  drawing.strokeStyle = colours.paper;
  drawing.lineWidth = 1.25;
  drawing.stroke();
}

/** A text beside a point, kept inside the plot. */
export function drawName({ drawing, colours, right }: Scene, text: string, x: number, y: number): void {
  const width = drawing.measureText(text).width + 10;
  const left = x + 12 + width > right ? x - 12 - width : x + 12;
  drawing.fillStyle = colours.ink;
  drawing.fillRect(left, y - 9, width, 18);
  drawing.fillStyle = colours.paper;
  drawing.textAlign = 'left';
  drawing.textBaseline = 'middle';
  drawing.fillText(text, left + 5, y);
}
