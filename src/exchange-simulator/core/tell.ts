// How do listeners hear of what happened? In order, each event once, when the exchange is of one piece again.
import type { ExchangeEvent } from './exchange-event.ts';
import type { ExchangeState } from './exchange-state.ts';

/** Notes that something happened; it is told with the next `tellAll`. */
export function note(state: ExchangeState, event: ExchangeEvent): void {
  if (state.listeners.size > 0) state.untold.push(Object.freeze(event));
}

/** Tells what has not been told. A listener may act on the exchange: what that causes is told after what it heard. */
export function tellAll(state: ExchangeState): void {
  if (state.isTelling || state.untold.length === 0) return;
  state.isTelling = true;
  try {
    for (let index = 0; index < state.untold.length; index += 1) {
      for (const listener of state.listeners) listener(state.untold[index]);
    }
  } finally {
    state.untold.length = 0;
    state.isTelling = false;
  }
}
