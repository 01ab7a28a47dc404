// Where do models live? Versions that never change, named by what they hold, and one record of who trades what.

/** A version is the SHA-256 of its text: 64 hexadecimal digits. */
export type ModelVersion = string;

/** champion: trades; challenger: may become champion; archived: neither. */
export type ModelStatus = 'champion' | 'challenger' | 'archived';

/** Who trades one symbol. */
export interface ModelSlot {
  readonly symbol: string;
  /** Undefined: none, so nothing is opened. */
  readonly champion: ModelVersion | undefined;
  readonly challenger: ModelVersion | undefined;
  /** Since when the challenger is one, by the market's time: its days of shadow count from here. */
  readonly challengerSince: number | undefined;
  /** Champions before this one that a rollback may go back to, newest first. */
  readonly predecessors: readonly ModelVersion[];
}

export type ChangeKind = 'challenge' | 'promote' | 'refuse' | 'rollback' | 'withdraw' | 'restore';

/** One change of a slot, or a challenger that was refused, with everything that spoke for or against it. */
export interface RegistryChange {
  readonly revision: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: ChangeKind;
  readonly symbol: string;
  readonly from: ModelVersion | undefined;
  readonly to: ModelVersion | undefined;
  /** Who: `person`, or the part of the program that decided. */
  readonly by: string;
  readonly reasons: readonly string[];
}

/** The one record: what it says is the whole truth about who trades. */
export interface Registry {
  /** Rises by one with every change; 0: nothing was ever recorded. */
  readonly revision: number;
  /** By symbol, in the order of their names. */
  readonly slots: readonly ModelSlot[];
  /** Oldest first; only so many are kept. */
  readonly changes: readonly RegistryChange[];
}

/** What is wrong with one file of the store. */
export interface ModelFault {
  /** Its path inside the store. */
  readonly file: string;
  readonly problem: string;
}

export interface ModelBackup {
  /** The revision that it holds. */
  readonly revision: number;
  readonly champions: number;
}

export interface ModelStore {
  /** Where it lies, for messages. */
  readonly place: string;
  /** Keeps a model for good, whole or not at all; returns its version. @throws PerpilotError OUTPUT_UNWRITABLE */
  add(text: string): Promise<ModelVersion>;
  /** The text of a version. @throws PerpilotError MODEL_MISSING, MODEL_CORRUPT naming the file whose content is another */
  read(version: ModelVersion): Promise<string>;
  /** Every version that is there, in rising order, whatever its state. */
  versions(): Promise<readonly ModelVersion[]>;
  /** @throws PerpilotError MODEL_CORRUPT when the record was touched, or is gone while backups are there */
  registry(): Promise<Registry>;
  /** A text that is another one after every change of the record; cheap enough to be asked for every second. */
  mark(): Promise<string>;
  /**
   * Puts what `plan` makes of the record in its place, in one step: whatever happens, the old or the new one is there.
   * A backup of the old one with its champions comes first. No other process changes it meanwhile.
   * @throws PerpilotError as `read` when a model that the new record names cannot be loaded; whatever `plan` throws
   */
  change(plan: (registry: Registry) => Registry): Promise<Registry>;
  /** What a bot says of a challenger that decides beside its champion; takes the place of what it said before. */
  noteShadow(version: ModelVersion, by: string, text: string): Promise<void>;
  /** What bots have said of it, by their names in rising order. */
  shadowNotes(version: ModelVersion): Promise<readonly { readonly by: string; readonly text: string }[]>;
  /** Removes versions; the caller knows that nobody needs them. */
  remove(versions: readonly ModelVersion[]): Promise<void>;
  /** Looks at every file. */
  verify(): Promise<readonly ModelFault[]>;
  /** Newest first. */
  backups(): Promise<readonly ModelBackup[]>;
  /**
   * Brings back the slots of a backup as a new revision, and any of their models that are damaged or gone. Without a
   * revision who trades stays as it is, and only damaged champions come back; a record that is damaged itself comes back from
   * the newest backup.
   * @throws PerpilotError MODEL_MISSING without such a backup, MODEL_CORRUPT when it is damaged itself
   */
  restore(
    revision: number | undefined,
    by: { readonly at: number; readonly by: string; readonly reason: string },
  ): Promise<Registry>;
  /** Runs `action` while nobody else retrains. @throws PerpilotError RETRAINING_UNDER_WAY */
  whileRetraining<Value>(action: () => Promise<Value>): Promise<Value>;
}
