// How does the trade chart hear its reader? Choices, buttons, pointers, wheel and keys become actions.
import type { hover, setView, showSymbol, showTrades, stepTrade, zoom } from './chart-actions.ts';
import type { axisWidth } from './chart-drawing.ts';
import type { ChartState } from './chart-state.ts';
import type { PageEvent } from './page-types.ts';

// The page carries these functions as text: they must not refer to anything but each other and what they are handed.

export interface ChartActions {
  readonly showSymbol: typeof showSymbol;
  readonly showTrades: typeof showTrades;
  readonly stepTrade: typeof stepTrade;
  readonly setView: typeof setView;
  readonly zoom: typeof zoom;
  readonly hover: typeof hover;
  readonly axisWidth: typeof axisWidth;
}

export function listenToChoices(state: ChartState, actions: ChartActions): void {
  const { root } = state.parts;
  const onChoice = (id: string, change: (index: number) => void): void => {
    const choice = root.querySelector(`#${id}`);
    // What a browser kept of an earlier visit must not disagree with what is drawn.
    if (choice?.value !== undefined) choice.value = '0';
    choice?.addEventListener('change', () => change(Number(choice.value)));
  };
  onChoice('trade-symbol', (index) => {
    state.symbol = index;
    actions.showSymbol(state);
  });
  onChoice('trade-level', (index) => {
    state.level = index;
    actions.showTrades(state);
  });
  onChoice('trade-filter', (index) => {
    state.filter = index;
    actions.showTrades(state);
  });
  const deeds: Readonly<Record<string, () => void>> = {
    previous: () => actions.stepTrade(state, -1),
    next: () => actions.stepTrade(state, 1),
    closer: () => actions.zoom(state, 0.5),
    farther: () => actions.zoom(state, 2),
    all: () => actions.setView(state, { from: 0, to: state.candles().openTime.length }),
  };
  for (const button of root.querySelectorAll('[data-action]')) {
    button.addEventListener('click', () => deeds[button.dataset['action'] ?? '']?.());
  }
}

export function listenToChart(state: ChartState, actions: ChartActions): void {
  const { chart } = state.parts;
  /** Last known place of every finger or button that is down. */
  const held = new Map<number, number>();
  const barAt = (clientX: number): number => {
    const box = chart.getBoundingClientRect();
    const right = box.width - actions.axisWidth(state);
    return state.view.from + ((clientX - box.left) / Math.max(1, right)) * (state.view.to - state.view.from);
  };
  chart.addEventListener('pointerdown', ({ pointerId = 0, clientX = 0 }) => {
    held.set(pointerId, clientX);
    chart.setPointerCapture(pointerId);
    chart.focus({ preventScroll: true });
  });
  for (const type of ['pointerup', 'pointercancel', 'lostpointercapture']) {
    chart.addEventListener(type, ({ pointerId = 0 }) => held.delete(pointerId));
  }
  chart.addEventListener('pointerleave', () => actions.hover(state, undefined));
  chart.addEventListener('pointermove', (event) => movePointer(state, event, { held, barAt, actions }));
  chart.addEventListener(
    'wheel',
    (event) => {
      // The page scrolls on over a chart that was not asked for.
      if (event.ctrlKey !== true && event.metaKey !== true && state.page.document.activeElement !== chart) return;
      event.preventDefault();
      actions.zoom(state, 2 ** Math.max(-1, Math.min(1, (event.deltaY ?? 0) / 240)), barAt(event.clientX ?? 0));
    },
    { passive: false },
  );
  chart.addEventListener('keydown', (event) => pressKey(state, event, actions));
}

/** Hovering without a button, dragging with one, pinching with two. */
export function movePointer(
  state: ChartState,
  { pointerId = 0, clientX = 0 }: PageEvent,
  at: {
    readonly held: Map<number, number>;
    readonly barAt: (clientX: number) => number;
    readonly actions: ChartActions;
  },
): void {
  const { held, barAt, actions } = at;
  const before = held.get(pointerId);
  if (before === undefined) {
    const bar = Math.floor(barAt(clientX));
    actions.hover(state, bar >= 0 && bar < state.candles().openTime.length && bar < state.view.to ? bar : undefined);
    return;
  }
  const other = [...held].find(([id]) => id !== pointerId)?.[1];
  held.set(pointerId, clientX);
  if (other === undefined) {
    const step = barAt(before) - barAt(clientX);
    actions.setView(state, { from: state.view.from + step, to: state.view.to + step });
    return;
  }
  const [apart, now] = [Math.abs(before - other), Math.abs(clientX - other)];
  if (apart > 8 && now > 8) actions.zoom(state, apart / now, barAt((clientX + other) / 2));
}

export function pressKey(state: ChartState, event: PageEvent, actions: ChartActions): void {
  const bars = state.candles().openTime.length;
  const move = (share: number) => (): void => actions.setView(state, state.kit.moveViewport(state.view, share, bars));
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: move(-0.15),
    ArrowRight: move(0.15),
    Home: () => actions.setView(state, { from: 0, to: state.view.to - state.view.from }),
    End: () => actions.setView(state, { from: bars - (state.view.to - state.view.from), to: bars }),
    '+': () => actions.zoom(state, 0.5),
    '=': () => actions.zoom(state, 0.5),
    '-': () => actions.zoom(state, 2),
  };
  const press = keys[event.key ?? ''];
  // With these keys held down it is the browser that is meant.
  if (press === undefined || event.ctrlKey === true || event.metaKey === true) return;
  event.preventDefault();
  press();
}

export function listenToOverview(state: ChartState, actions: ChartActions): void {
  const { overview } = state.parts;
  let isHeld = false;
  const jump = ({ clientX = 0 }: PageEvent): void => {
    const { left, width } = overview.getBoundingClientRect();
    const bar = ((clientX - left) / Math.max(1, width)) * state.candles().openTime.length;
    const half = (state.view.to - state.view.from) / 2;
    actions.setView(state, { from: bar - half, to: bar + half });
  };
  overview.addEventListener('pointerdown', (event) => {
    isHeld = true;
    overview.setPointerCapture(event.pointerId ?? 0);
    jump(event);
  });
  overview.addEventListener('pointermove', (event) => {
    if (isHeld) jump(event);
  });
  for (const type of ['pointerup', 'pointercancel', 'lostpointercapture']) {
    overview.addEventListener(type, () => {
      isHeld = false;
    });
  }
}
