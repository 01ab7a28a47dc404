// How does a long synchronous check stay interruptible? It reports each piece, and now and then the event loop has its turn.
import { setImmediate } from 'node:timers/promises';

/** Longest stretch without a turn of the event loop, apart from single pieces, in milliseconds. */
const STRETCH_MS = 50;

/**
 * The result of `check`; `onPiece` is called after each of its pieces.
 * @throws the reason of `signal` as soon as that is aborted
 */
export async function runCheck<Result>(
  check: Generator<number, Result, void>,
  { onPiece, signal }: { readonly onPiece: () => void; readonly signal: AbortSignal },
): Promise<Result> {
  let turnAt = performance.now();
  for (;;) {
    const piece = check.next();
    if (piece.done === true) return piece.value;
    onPiece();
    signal.throwIfAborted();
    if (performance.now() - turnAt < STRETCH_MS) continue;
    await setImmediate();
    signal.throwIfAborted();
    turnAt = performance.now();
  }
}
