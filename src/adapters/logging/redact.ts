// Which parts of a text may nobody read? Known secrets in every form that they are written in, and whatever looks like one.

const HIDDEN = '[hidden]';

/** Values after names that say what they are: apiKey, token, signature, password, authorization. */
const NAMED =
  /("?\b(?:api[_-]?key|api[_-]?secret|secret|token|signature|sign|passphrase|password|authorization|listen[_-]?key|x-bapi-(?:sign|api-key)|x-mbx-apikey)"?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|[^\s"&,}]+)/gi;
const TELEGRAM = /\bbot\d{6,}:[A-Za-z0-9_-]{20,}/g;
const WEBHOOK = /(\/api\/webhooks\/)[^\s"]+/g;
const LOGIN = /(\w+:\/\/)[^\s/@":]+:[^\s/@"]+@/g;

/** Makes lines that may be kept. `secrets`: values that stand in the environment. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const forms = secrets
    .flatMap((secret) => (secret.length < 6 ? [] : formsOf(secret)))
    .toSorted((a, b) => b.length - a.length);
  const known = [...new Set(forms)];
  return (text) => {
    let shown = text;
    for (const form of known) shown = shown.replaceAll(form, HIDDEN);
    return shown
      .replace(
        NAMED,
        (_whole, name: string, value: string) => `${name}${value.startsWith('"') ? `"${HIDDEN}"` : HIDDEN}`,
      )
      .replace(TELEGRAM, HIDDEN)
      .replace(WEBHOOK, `$1${HIDDEN}`)
      .replace(LOGIN, `$1${HIDDEN}@`);
  };
}

/** All ways in which it may have been written down. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const written = [encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  return [secret, ...written, bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')];
}

/** Names of environment variables whose values are secrets. */
const SECRET_NAME = /(KEY|SECRET|TOKEN|PASSWORD|PASSPHRASE|WEBHOOK|_URL|SMTP_USER)$/;

/** Values of the environment that may not be shown: of ours, every one; of others, those whose name says so. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value !== '' && SECRET_NAME.test(name) ? [value] : [],
  );
}
