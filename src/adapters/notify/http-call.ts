// How is a channel called over HTTP? With a limit in time and size, and failures that name no address: it may hold the secret.

export interface HttpCall {
  readonly channel: string;
  readonly url: string;
  readonly method?: 'POST' | 'GET';
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Never shown, besides every long part of the address. */
  readonly secrets?: readonly (string | undefined)[];
  readonly signal: AbortSignal;
}

const LONGEST = 160;

/** The text of the answer. @throws Error, free of the address, for every answer but 2xx */
export async function callHttp(call: HttpCall): Promise<string> {
  const { channel, url, method = 'POST', body, headers = {}, secrets = [], signal } = call;
  const options = { method, headers, signal, redirect: 'error', ...(body === undefined ? {} : { body }) } as const;
  // What went wrong inside may name the address, so only its code is passed on.
  const reply = await fetch(url, options).catch(codeOf);
  if (typeof reply === 'string') {
    throw new Error(`${channel}: ${signal.aborted ? 'no answer in time' : `cannot be reached (${reply})`}`);
  }
  const text = await reply.text().catch(() => '');
  if (reply.ok) return text;
  const said = washed(text, url, secrets).replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST);
  throw new Error(`${channel}: answered ${reply.status}${said === '' ? '' : ` (${said})`}${mendOf(reply.status)}`);
}

function washed(text: string, url: string, secrets: readonly (string | undefined)[]): string {
  const hidden = [...secrets, ...url.split(/[/?&=:@]+/)].flatMap((part) =>
    part === undefined || part.length < 8 ? [] : [part],
  );
  return hidden.reduce((shown, part) => shown.replaceAll(part, '…'), text);
}

function mendOf(status: number): string {
  if (status === 401 || status === 403) return ': look at its token';
  if (status === 404) return ': look at its address or token';
  if (status === 400) return ': look at its settings, such as the number of the chat';
  return '';
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (typeof cause === 'object' && cause !== null && 'code' in cause) return String(cause.code);
  return 'no connection';
}
