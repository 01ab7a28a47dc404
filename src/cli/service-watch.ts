// When does the supervisor hear that the bot lives? When its main loop has answered; a loop that hangs is silent, and is started again.
import type { Clock } from '../ports/clock.ts';
import type { Supervisor } from '../ports/supervisor.ts';

export interface ServiceWatchSetup {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  /** Resolves when the main loop has answered. */
  readonly probe: () => Promise<void>;
}

/** Says that the bot is ready, then again and again that it lives; the returned function says that it ends. */
export function beginServiceWatch({ supervisor, clock, probe }: ServiceWatchSetup): () => void {
  const { aliveEveryMs } = supervisor;
  const running: { ended: boolean; stopTimer?: () => void } = { ended: false };
  const speak = async (everyMs: number): Promise<void> => {
    await probe();
    if (running.ended) return;
    supervisor.tell('alive');
    later(everyMs);
  };
  const later = (everyMs: number): void => {
    running.stopTimer = clock.after(everyMs, () => void speak(everyMs));
  };
  supervisor.tell('ready');
  if (aliveEveryMs !== undefined) later(aliveEveryMs);
  return () => {
    running.ended = true;
    running.stopTimer?.();
    supervisor.tell('stopping');
  };
}
