// Where does the program say what it does? Lines with facts, for people and machines; writing one never fails.

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Logger {
  log(level: LogLevel, message: string, facts?: Readonly<Record<string, unknown>>): void;
  /** Resolves when everything is on the disk. */
  close(): Promise<void>;
}
