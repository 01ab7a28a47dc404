// May these words be shown? Keys, secrets and signatures are taken out of what venues and libraries say.

/** Longest text that is passed on. */
const LONGEST = 240;
/** Signatures, listen keys and the like: long runs of the letters that they are written with. */
const LONG_RUN = /[A-Za-z0-9+/=_]{40,}/g;
/** Bybit repeats what it would have signed. */
const SIGNED_TEXT = /origin_string\[[^\]]*\]?/g;
const HIDDEN = '…';

/** Makes texts that can be shown, free of `secrets` in plain or percent-encoded form. */
export function createWasher(secrets: readonly string[]): (text: string) => string {
  const hidden = secrets.flatMap((secret) => (secret.length < 4 ? [] : [secret, encodeURIComponent(secret)]));
  return (text) => {
    let shown = text.replace(SIGNED_TEXT, `origin_string[${HIDDEN}]`);
    for (const secret of hidden) shown = shown.replaceAll(secret, HIDDEN);
    shown = shown.replace(LONG_RUN, HIDDEN).replace(/\s+/g, ' ').trim();
    return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}${HIDDEN}` : shown;
  };
}
