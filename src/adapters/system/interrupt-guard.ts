// What must still be done when the program is told to stop? What was registered here, newest first.
import { PerpilotError } from '../../domain/errors.ts';

/** Tells running work to stop and knows what must not be left behind. Knows no process: the command line feeds it. */
export interface InterruptGuard {
  /** Aborted as soon as `interrupt` was called; `throwIfAborted()` throws PerpilotError INTERRUPTED then. */
  readonly signal: AbortSignal;
  /** Registers a synchronous clean-up; the returned function takes it back once the work is done. */
  onInterrupt(cleanup: () => void): () => void;
  /** Aborts the signal; nothing is cleaned up yet, so that running work can end by itself. */
  interrupt(): void;
  /** Runs every clean-up still registered, newest first and each once; returns what they threw. */
  cleanUp(): readonly unknown[];
}

/** A guard with nothing registered. */
export function createInterruptGuard(): InterruptGuard {
  const controller = new AbortController();
  const cleanups = new Set<{ readonly run: () => void }>();
  return {
    signal: controller.signal,
    onInterrupt(run) {
      const entry = { run };
      cleanups.add(entry);
      return () => {
        cleanups.delete(entry);
      };
    },
    interrupt: () => controller.abort(new PerpilotError('INTERRUPTED', 'stopped before the end')),
    cleanUp() {
      const errors: unknown[] = [];
      for (const { run } of [...cleanups].toReversed()) {
        // One clean-up that fails must not keep the others from running.
        try {
          run();
        } catch (error) {
          errors.push(error);
        }
      }
      cleanups.clear();
      return errors;
    },
  };
}
