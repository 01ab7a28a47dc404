// In which state is one topic, and since when is something missing of it? Told once per change.
import type { StreamState, StreamTopic } from '../../../ports/venue-streams.ts';
import { topicKey } from './topic-key.ts';

export interface StateNotice {
  readonly topic: StreamTopic;
  readonly state: StreamState;
  readonly reason: string;
  readonly gapSince: number | undefined;
}

export interface TopicWatch {
  readonly topic: StreamTopic;
  readonly key: string;
  readonly names: readonly string[];
  readonly state: StreamState;
  /** When its last message came, or else its last acknowledgement, by `now`. */
  readonly quietSince: number;
  /** Every name is acknowledged, or data came. */
  readonly isSubscribed: boolean;
  /** Refused: ask again then, by `now`. */
  readonly againAt: number | undefined;
  /** The names are being asked for. */
  asking(): void;
  acknowledged(name: string): void;
  refused(reason: string, againAt: number): void;
  /** Data came; `mark`: the venue's time up to which nothing is missing, where the data tell. */
  heard(mark: number | undefined): void;
  /**
   * Silent for too long, or not connected; `heardUntil`: the venue's time of the last sign of life of the connection, where
   * that proves that nothing was missed before.
   */
  broken(state: 'stale' | 'down', reason: string, heardUntil: number | undefined): void;
}

export interface WatchOptions {
  readonly topic: StreamTopic;
  readonly names: readonly string[];
  readonly now: () => number;
  readonly venueNow: () => number;
  readonly tell: (notice: StateNotice) => void;
}

/** A topic that nobody has asked for yet. */
export function createTopicWatch(options: WatchOptions): TopicWatch {
  const { topic, names, now } = options;
  const unanswered = new Set<string>(names);
  const turning = createTurning(options);
  let quietSince = now();
  let againAt: number | undefined;
  let mark: number | undefined;
  return {
    topic,
    key: topicKey(topic),
    names,
    get state() {
      return turning.state;
    },
    get quietSince() {
      return quietSince;
    },
    get isSubscribed() {
      return unanswered.size === 0;
    },
    get againAt() {
      return againAt;
    },
    asking() {
      for (const name of names) unanswered.add(name);
      againAt = undefined;
      if (turning.state === 'down') turning.to('connecting', 'subscribing');
      if (names.length === 0) turning.to('live', 'connected');
    },
    acknowledged(name) {
      unanswered.delete(name);
      if (unanswered.size > 0) return;
      quietSince = Math.max(quietSince, now());
      // What was silent is live again when it is heard, not when it is promised.
      if (turning.state !== 'stale') turning.to('live', 'subscribed');
    },
    refused(reason, at) {
      againAt = at;
      turning.to('down', reason);
    },
    heard(latest) {
      unanswered.clear();
      againAt = undefined;
      quietSince = now();
      turning.to('live', turning.state === 'stale' ? 'heard again' : 'subscribed');
      if (latest !== undefined) mark = Math.max(mark ?? latest, latest);
    },
    broken(next, reason, heardUntil) {
      turning.missing(mark ?? heardUntil);
      turning.to(next, reason);
    },
  };
}

/** The state, told once per change, with what was missed when it is live again. */
function createTurning({ topic, venueNow, tell }: WatchOptions) {
  let state: StreamState = 'connecting';
  let gapSince: number | undefined;
  let firstLiveAt: number | undefined;
  return {
    get state(): StreamState {
      return state;
    },
    /** Something is missing since `time`, or else since it was first live; before that, nothing can be missing. */
    missing(time: number | undefined): void {
      gapSince ??= firstLiveAt === undefined ? undefined : (time ?? firstLiveAt);
    },
    to(next: StreamState, reason: string): void {
      if (next === state) return;
      state = next;
      const gap = next === 'live' ? gapSince : undefined;
      if (next === 'live') {
        gapSince = undefined;
        firstLiveAt ??= venueNow();
      }
      tell({ topic, state: next, reason, gapSince: gap });
    },
  };
}
