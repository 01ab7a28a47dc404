// Who starts this program again when it dies or hangs? It wants to hear that the program is ready, lives, and ends.

export interface Supervisor {
  /** It waits for a word at least so often; undefined: it does not ask for any. */
  readonly aliveEveryMs: number | undefined;
  tell(state: 'ready' | 'alive' | 'stopping'): void;
}
