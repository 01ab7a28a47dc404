// What can a venue say that nobody here knows? A code of a refusal, or a field of a message.

export interface UnknownWord {
  readonly kind: 'code-unknown' | 'field-unknown';
  /** The code, or where the field stands and what it is called. */
  readonly name: string;
  /** What the venue said with it. */
  readonly words: string;
}
