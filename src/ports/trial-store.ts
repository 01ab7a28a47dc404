// Where are trials and holdout openings kept? In a log that only grows, and that shows when somebody touched it.

export interface TrialStore<Entry> {
  /**
   * Every whole entry, oldest first; none where nothing was written yet. A last line that a crash cut off is left out.
   * @throws PerpilotError with the number of the first line that was changed, removed or moved
   */
  entries(): Promise<readonly Entry[]>;
  /**
   * Appends what `plan` makes of the entries so far; resolves with what was appended once it is safe on the disk. No
   * other process can append between the two. All entries are written or, when `plan` or the disk fails, none.
   * @throws PerpilotError as `entries` does, OUTPUT_UNWRITABLE when the log cannot be written; whatever `plan` throws
   */
  append(plan: (known: readonly Entry[]) => readonly Entry[]): Promise<readonly Entry[]>;
}
