// How does a value look in a message? As a person would write it.

/** A value as a person would write it, on one line and not too long. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing (null)';
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
