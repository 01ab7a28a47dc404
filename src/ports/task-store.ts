// Where do finished pieces of a long run outlive it? In a store of texts, each under a key that stands for all it depends on.

export interface TaskStore {
  /** The text kept under `key`; undefined: there is none, or it is damaged and must not be believed. */
  read(key: string): Promise<string | undefined>;
  /**
   * Keeps `text` under `key`; resolves once it is safe on the disk. Kept is the whole text or nothing.
   * @throws PerpilotError OUTPUT_UNWRITABLE
   */
  write(key: string, text: string): Promise<void>;
}
