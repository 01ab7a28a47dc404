// What do people write to the bot in Telegram? Long polling: each message once, again after a failure with a pause.
import { z } from 'zod';
import { callHttp } from './http-call.ts';

export interface TelegramMessage {
  readonly user: number;
  readonly chat: number;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface TelegramPolling {
  readonly token: string;
  readonly baseUrl: string;
  readonly signal: AbortSignal;
  /** What it returns is answered in the chat that the message came from; undefined: nothing. */
  readonly onMessage: (message: TelegramMessage) => Promise<string | undefined>;
  readonly onFailure: (message: string) => void;
  readonly pause: (ms: number) => Promise<void>;
}

const updatesSchema = z.object({
  result: z.array(
    z.object({
      update_id: z.int(),
      message: z
        .object({
          date: z.int(),
          text: z.string().optional(),
          from: z.object({ id: z.int() }).optional(),
          chat: z.object({ id: z.int() }),
        })
        .optional(),
    }),
  ),
});

/** The server holds a question open for so long. */
const HOLD_SECONDS = 25;
const LIMIT_MS = (HOLD_SECONDS + 10) * 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Goes on until `signal` aborts; never throws. */
export async function pollTelegram(polling: TelegramPolling): Promise<void> {
  const { signal, onFailure, pause } = polling;
  let offset = 0;
  let failures = 0;
  while (!signal.aborted) {
    try {
      for (const update of await updates(polling, offset)) {
        // Taken before it is acted on: a wish is better lost than done twice.
        offset = update.update_id + 1;
        await answer(polling, update.message);
      }
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      onFailure(error instanceof Error ? error.message : String(error));
      await pause(Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** failures));
    }
  }
}

type Update = z.output<typeof updatesSchema>['result'][number];

async function updates({ token, baseUrl, signal }: TelegramPolling, offset: number): Promise<readonly Update[]> {
  const body = JSON.stringify({ offset, timeout: HOLD_SECONDS, allowed_updates: ['message'] });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  const text = await call({ token, baseUrl, signal: limit }, 'getUpdates', body);
  return updatesSchema.parse(JSON.parse(text)).result;
}

async function answer(polling: TelegramPolling, message: Update['message']): Promise<void> {
  if (message?.text === undefined || message.from === undefined) return;
  const { chat, text, from, date } = message;
  const reply = await polling.onMessage({ user: from.id, chat: chat.id, text, at: date * 1_000 });
  if (reply === undefined) return;
  await call(polling, 'sendMessage', JSON.stringify({ chat_id: chat.id, text: reply.slice(0, 4_000) }));
}

function call(
  { token, baseUrl, signal }: Pick<TelegramPolling, 'token' | 'baseUrl' | 'signal'>,
  method: string,
  body: string,
): Promise<string> {
  const url = `${baseUrl}/bot${token}/${method}`;
  const headers = { 'content-type': 'application/json' };
  return callHttp({ channel: 'telegram', url, body, headers, secrets: [token], signal });
}
