// How do the topics of one connection come and stay? It logs in, subscribes, listens for silence, and begins anew after a loss.
import type { StreamTopic } from '../../../ports/venue-streams.ts';
import { createLink, type Link } from './link.ts';
import { createRequests, type Requests } from './requests.ts';
import type { OpenSocket } from './socket.ts';
import type { Channel, StreamMessage, StreamProtocol } from './stream-protocol.ts';
import type { StreamTiming } from './stream-timing.ts';
import { topicKey } from './topic-key.ts';
import { createTopicWatch, type StateNotice, type TopicWatch } from './topic-watch.ts';

export type DataMessage = Extract<
  StreamMessage,
  { readonly kind: 'candle' | 'ticker' | 'order' | 'execution' | 'position' | 'balance' }
>;

export interface ChannelOptions {
  readonly channel: Channel;
  readonly protocol: StreamProtocol;
  /** Each with its names at the venue. */
  readonly topics: readonly { readonly topic: StreamTopic; readonly names: readonly string[] }[];
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
  readonly venueNow: () => number;
  readonly random: () => number;
  readonly openSocket: OpenSocket;
  readonly address: () => Promise<string>;
  readonly timing: StreamTiming;
  readonly data: (message: DataMessage) => void;
  readonly notice: (notice: StateNotice) => void;
  readonly unreadable: (reason: string) => void;
  /** Of a message that was understood: fields that nobody here has heard of. */
  readonly strange: (of: string, names: readonly string[]) => void;
  /** The connection is gone: what was merged from its messages is worth nothing now. */
  readonly lost: () => void;
}

export interface ChannelConnection {
  readonly topics: readonly TopicWatch[];
  pulse(): void;
  /** Makes the connection new. */
  renew(reason: string): void;
  close(): Promise<void>;
}

/** What the steps below share. */
interface Work {
  readonly options: ChannelOptions;
  readonly link: Link;
  readonly requests: Requests;
  readonly watches: ReadonlyMap<string, TopicWatch>;
  /** Topics by name; a name belongs to one topic. */
  readonly byName: ReadonlyMap<string, TopicWatch>;
  loginSentAt: number | undefined;
  renewedForSilenceAt: number;
}

export function openChannel(options: ChannelOptions): ChannelConnection {
  const { protocol } = options;
  const watches = options.topics.map(({ topic, names }) =>
    createTopicWatch({ topic, names, now: options.now, venueNow: options.venueNow, tell: options.notice }),
  );
  const link = createLink({
    ...options,
    ping: protocol.ping,
    listener: {
      opened: () => opened(work),
      text: (payload) => {
        for (const message of protocol.read(payload)) receive(work, message);
      },
      unreadable: options.unreadable,
      lost: (reason) => lost(work, reason),
    },
  });
  const work: Work = {
    options,
    link,
    requests: createRequests(),
    watches: new Map(watches.map((watch) => [watch.key, watch])),
    byName: new Map(watches.flatMap((watch) => watch.names.map((name) => [name, watch]))),
    loginSentAt: undefined,
    renewedForSilenceAt: -Infinity,
  };
  return {
    topics: watches,
    pulse: () => pulse(work),
    renew: (reason) => link.renew(reason),
    close: () => link.close(),
  };
}

function opened(work: Work): void {
  const { options, link } = work;
  const login = options.protocol.login(options.channel);
  if (login === undefined) return subscribeAll(work);
  work.loginSentAt = options.now();
  link.send(login);
}

function lost(work: Work, reason: string): void {
  work.loginSentAt = undefined;
  work.requests.forget();
  const { now, venueNow } = work.options;
  const heardAt = work.link.heardAt;
  const heardUntil = heardAt === undefined ? undefined : heardAt + (venueNow() - now());
  for (const watch of work.watches.values())
    watch.broken('down', reason, Number.isFinite(silenceOf(watch.topic, work.options.timing)) ? undefined : heardUntil);
  work.options.lost();
}

function subscribeAll(work: Work): void {
  for (const watch of work.watches.values()) watch.asking();
  ask(work, [...work.byName.keys()], 1);
}

function ask({ options, link, requests }: Work, names: readonly string[], tries: number): void {
  const size = options.protocol.namesPerRequest;
  for (let start = 0; start < names.length; start += size) {
    const request = requests.open(names.slice(start, start + size), options.now(), tries);
    link.send(options.protocol.subscribe(request.names, request.id));
  }
}

function receive(work: Work, message: StreamMessage): void {
  switch (message.kind) {
    case 'answer':
      answered(work, message.id, message.refusal);
      break;
    case 'login':
      work.loginSentAt = undefined;
      if (message.refusal === undefined) subscribeAll(work);
      else work.link.renew(`the login was refused: ${message.refusal}`, work.options.timing.refusedAgainMs);
      break;
    case 'over':
      work.link.renew(message.reason);
      break;
    case 'unreadable':
      work.options.unreadable(message.reason);
      break;
    case 'strangers':
      work.options.strange(message.of, message.names);
      break;
    default: {
      const watch = work.watches.get(topicOf(message));
      if (watch === undefined) return;
      watch.heard(message.kind === 'candle' ? message.candle.openTime : undefined);
      work.options.data(message);
    }
  }
}

function topicOf(message: DataMessage): string {
  switch (message.kind) {
    case 'candle':
      return topicKey({ kind: 'candle', symbol: message.symbol, intervalMs: message.intervalMs });
    case 'ticker':
      return topicKey({ kind: 'ticker', symbol: message.symbol });
    case 'order':
      return 'orders';
    case 'execution':
      return 'executions';
    case 'position':
      return 'positions';
    default:
      return 'balance';
  }
}

function answered(work: Work, id: string | undefined, refusal: string | undefined): void {
  const request = work.requests.take(id);
  if (request === undefined) return;
  if (refusal === undefined) {
    for (const name of request.names) work.byName.get(name)?.acknowledged(name);
    return;
  }
  // One bad name spoils a whole request: each is asked for by itself.
  if (request.names.length > 1) {
    for (const name of request.names) ask(work, [name], request.tries);
    return;
  }
  const againAt = work.options.now() + work.options.timing.refusedAgainMs;
  for (const name of request.names) work.byName.get(name)?.refused(`refused: ${refusal}`, againAt);
}

function pulse(work: Work): void {
  const { link, options } = work;
  link.pulse();
  if (!link.isOpen) return;
  const now = options.now();
  const { answerMs } = options.timing;
  if (work.loginSentAt !== undefined) {
    if (now - work.loginSentAt >= answerMs) link.renew(`the login was not answered for ${answerMs} ms`);
    return;
  }
  for (const request of work.requests.takeOlder(now - answerMs)) {
    const names = request.names.filter((name) => work.byName.get(name)?.isSubscribed === false);
    if (names.length === 0) continue;
    if (request.tries > 1) return link.renew(`the subscription to ${names.join(', ')} was not answered`);
    ask(work, names, request.tries + 1);
  }
  for (const watch of work.watches.values()) {
    if (!link.isOpen) return;
    if (watch.againAt !== undefined && now >= watch.againAt) {
      watch.asking();
      ask(work, watch.names, 1);
    }
    listenForSilence(work, watch, now);
  }
}

/** A silent topic is subscribed anew; if that does not help, the connection is made new, but not for ever and ever. */
function listenForSilence(work: Work, watch: TopicWatch, now: number): void {
  const { timing, protocol } = work.options;
  const longest = silenceOf(watch.topic, timing);
  if (!watch.isSubscribed || watch.againAt !== undefined || now - watch.quietSince < longest) return;
  const reason = `nothing heard for ${now - watch.quietSince} ms`;
  if (watch.state === 'stale' && now - work.renewedForSilenceAt >= timing.renewForSilenceEveryMs) {
    work.renewedForSilenceAt = now;
    return work.link.renew(`${watch.key}: ${reason}`);
  }
  watch.broken('stale', reason, undefined);
  const unsubscription = work.requests.open([], now, 1);
  work.link.send(protocol.unsubscribe(watch.names, unsubscription.id));
  watch.asking();
  ask(work, watch.names, 1);
}

/** Twice what it should take at most; account topics have nothing to tell for days, their connection is watched by its pongs. */
function silenceOf(topic: StreamTopic, timing: StreamTiming): number {
  switch (topic.kind) {
    case 'candle':
      return 2 * Math.min(topic.intervalMs, timing.candleEveryMs);
    case 'ticker':
      return 2 * timing.tickerEveryMs;
    default:
      return Infinity;
  }
}
