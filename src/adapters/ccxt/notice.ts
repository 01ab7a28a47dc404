// What happens to a connection that somebody should hear of although nothing failed?

export type ConnectorNotice =
  /** Our clock or the venue's went somewhere else at once, by `byMs`; `offsetMs` is the venue's time minus ours since. */
  | { readonly kind: 'clock-jumped'; readonly whose: 'own' | 'venue'; readonly byMs: number; readonly offsetMs: number }
  /** The requests of other processes on this machine are not counted any more. */
  | { readonly kind: 'budget-unshared'; readonly reason: string }
  /** The venue refused with a code that perpilot does not know. */
  | { readonly kind: 'code-unknown'; readonly venueCode: string; readonly words: string }
  /** A reply has a field that perpilot has never heard of; told once of each. `of`: what was asked. */
  | { readonly kind: 'field-unknown'; readonly of: string; readonly name: string };

/** Must not throw. */
export type NoticeListener = (notice: ConnectorNotice) => void;
