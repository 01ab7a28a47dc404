// What does one fault of a script say? Which row of the catalogue, when it begins, how long it lasts, what it is about.

export type ParameterValue = number | string | boolean | undefined;

/** When a fault begins. */
export type FaultTrigger =
  /** With the script, once. */
  | { readonly kind: 'start' }
  /** At a market time, epoch milliseconds, once. */
  | { readonly kind: 'at'; readonly time: number }
  /** Again and again, market time in milliseconds after the script came into force. */
  | { readonly kind: 'every'; readonly spanMs: number }
  /** With the n-th match, once. */
  | { readonly kind: 'nth'; readonly nth: number }
  /** With every match by chance, 0 to 1. */
  | { readonly kind: 'rate'; readonly rate: number };

/** How long a fault lasts once it has begun: until the first of these. All undefined: until it is cleared. */
export interface FaultExtent {
  /** So many matches. */
  readonly count?: number | undefined;
  /** Market time, milliseconds. */
  readonly marketMs?: number | undefined;
  /** Wall time, milliseconds. */
  readonly wallMs?: number | undefined;
  /** It happens and is over. */
  readonly moment?: boolean | undefined;
}

export type FaultChannel = 'public' | 'private' | 'trade';

/** What a fault is about; undefined: whatever its row is about. */
export interface FaultNarrowing {
  readonly symbol?: string | undefined;
  /** Beginning of the path of a request. It takes the place of the paths that the row names. */
  readonly path?: string | undefined;
  /** Beginning of the topic of a frame. It takes the place of the topics that the row names. */
  readonly topic?: string | undefined;
  readonly channel?: FaultChannel | undefined;
}

export interface FaultEntry {
  /** Row of the catalogue. */
  readonly row: number;
  readonly trigger: FaultTrigger;
  readonly extent: FaultExtent;
  readonly narrowing: FaultNarrowing;
  /** It begins at most so many times. */
  readonly atMost: number;
  /** Every parameter of the row, given or default. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
}

export interface FaultScript {
  readonly seed: number;
  readonly faults: readonly FaultEntry[];
}
