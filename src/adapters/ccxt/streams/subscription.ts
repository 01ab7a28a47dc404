// How are many topics one subscription? Two connections at most, one memory of what was told, one timer, one end.
import type { Clock } from '../../../ports/clock.ts';
import type { StreamEvent, StreamState, StreamSubscription, StreamTopic } from '../../../ports/venue-streams.ts';
import { createBalanceQuestion } from './balance-question.ts';
import { openChannel, type ChannelConnection, type ChannelOptions, type DataMessage } from './channel.ts';
import { createHeardEvents, type HeardEvents } from './heard-events.ts';
import { careForListenKey } from './listen-key.ts';
import type { OpenSocket } from './socket.ts';
import type { StreamClient } from './stream-client.ts';
import type { StreamProtocol } from './stream-protocol.ts';
import type { StreamTiming } from './stream-timing.ts';
import { topicKey } from './topic-key.ts';

export interface SubscriptionOptions {
  readonly client: StreamClient;
  readonly protocol: StreamProtocol;
  readonly clock: Clock;
  /** Milliseconds of a clock that never jumps: waits are counted by it, times told by the other. */
  readonly steady: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly openSocket: OpenSocket;
  readonly timing: StreamTiming;
  readonly topics: readonly StreamTopic[];
  readonly listener: (event: StreamEvent) => void;
}

interface AskedTopic {
  readonly topic: StreamTopic;
  readonly names: readonly string[];
}

interface RefusedTopic {
  readonly topic: StreamTopic;
  readonly reason: string;
}

/** How often deadlines are looked at, in milliseconds. */
const PULSE_MS = 250;

/** Begins at the next turn of the clock; what the venue does not have is `down` for ever. */
export function createSubscription(options: SubscriptionOptions): StreamSubscription {
  const { client, clock, steady, timing } = options;
  let isClosed = false;
  const now = (): number => clock.now();
  const tell = (event: StreamEvent): void => {
    if (!isClosed) options.listener(event);
  };
  const unreadable = (reason: string): void => tell({ kind: 'unreadable', reason, receivedAt: now() });
  const question = createBalanceQuestion({
    now: steady,
    everyMs: timing.balanceEveryMs,
    ask: () => client.balance(),
    answer: (balance) => tell({ kind: 'balance', balance, receivedAt: now() }),
    failed: unreadable,
  });
  const heard = createHeardEvents({ now, tell, balanceChanged: () => question.changed() });
  const { asked, refused } = sortTopics(options);
  const { channels, pulse } = openChannels(options, { asked, heard, unreadable, tell });
  const tellRefused = (): void => {
    for (const { topic, reason } of refused.splice(0))
      tell({ kind: 'stream', topic, state: 'down', reason, gapSince: undefined, receivedAt: now() });
  };
  const refusedKeys = refused.map(({ topic }) => topicKey(topic));
  const stop = keepPulsing(clock, () => {
    tellRefused();
    pulse();
    question.pulse();
  });
  return {
    states: () =>
      new Map<string, StreamState>([
        ...refusedKeys.map((key) => [key, 'down'] as const),
        ...channels.flatMap((channel) => channel.topics.map((watch) => [watch.key, watch.state] as const)),
      ]),
    async close() {
      isClosed = true;
      stop();
      question.close();
      await Promise.all(channels.map((channel) => channel.close()));
    },
  };
}

/** So many fields are told of; a venue that makes up ever new ones is no news any more. */
const MOST_STRANGERS = 200;

/** Each field is told of once. */
function strangersTo(tell: (event: StreamEvent) => void, now: () => number): ChannelOptions['strange'] {
  const met = new Set<string>();
  return (of, names) => {
    for (const name of names) {
      if (met.has(`${of} ${name}`) || met.size >= MOST_STRANGERS) continue;
      met.add(`${of} ${name}`);
      tell({ kind: 'field-unknown', of, name, receivedAt: now() });
    }
  };
}

interface Hearers {
  readonly asked: readonly AskedTopic[];
  readonly heard: HeardEvents;
  readonly unreadable: (reason: string) => void;
  readonly tell: (event: StreamEvent) => void;
}

function openChannels(
  options: SubscriptionOptions,
  { asked, heard, unreadable, tell }: Hearers,
): { readonly channels: readonly ChannelConnection[]; readonly pulse: () => void } {
  const { client, clock, steady, protocol } = options;
  const notice: ChannelOptions['notice'] = (state) => tell({ kind: 'stream', ...state, receivedAt: clock.now() });
  const shared = {
    ...options,
    now: steady,
    venueNow: () => client.venueNow(),
    data: (message: DataMessage) => heard.take(message),
    unreadable,
    strange: strangersTo(tell, () => clock.now()),
    notice,
  };
  const topicsOf = (channel: 'public' | 'private'): readonly AskedTopic[] =>
    asked.filter(({ topic }) => protocol.channelOf(topic) === channel);
  const opened = new Map<'public' | 'private', ChannelConnection>();
  const listenKey = careForListenKey({
    client,
    now: steady,
    everyMs: options.timing.listenKeyEveryMs,
    dead: (reason) => opened.get('private')?.renew(reason),
  });
  const open = (channel: 'public' | 'private', rest: Pick<ChannelOptions, 'address' | 'lost'>): void => {
    const topics = topicsOf(channel);
    if (topics.length > 0) opened.set(channel, openChannel({ ...shared, channel, topics, ...rest }));
  };
  open('public', { address: () => Promise.resolve(client.addresses.public), lost: () => heard.publicLost() });
  open('private', { address: () => listenKey.address(), lost: () => listenKey.forget() });
  const channels = [...opened.values()];
  return {
    channels,
    pulse() {
      for (const channel of channels) channel.pulse();
      listenKey.pulse();
    },
  };
}

function sortTopics({ topics, client, protocol }: SubscriptionOptions): {
  readonly asked: readonly AskedTopic[];
  readonly refused: RefusedTopic[];
} {
  const asked: AskedTopic[] = [];
  const refused: RefusedTopic[] = [];
  const once = new Map(topics.map((topic) => [topicKey(topic), topic]));
  for (const topic of once.values()) {
    const names = protocol.namesOf(topic);
    if (names === undefined) refused.push({ topic, reason: 'the venue has no such stream' });
    else if (protocol.channelOf(topic) === 'private' && client.credentials === undefined)
      refused.push({ topic, reason: 'there is no API key' });
    else asked.push({ topic, names });
  }
  return { asked, refused };
}

/** Calls `beat` at once and then every `PULSE_MS`; the returned function ends it. */
function keepPulsing(clock: Clock, beat: () => void): () => void {
  let isOver = false;
  const turn = (): void => {
    beat();
    if (!isOver) takeBack = clock.after(PULSE_MS, turn);
  };
  let takeBack = clock.after(0, turn);
  return () => {
    isOver = true;
    takeBack();
  };
}
