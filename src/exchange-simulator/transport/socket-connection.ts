// How does one client hear from the venue? A WebSocket whose frames go through the faults, in order, within bounds.
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../../ports/clock.ts';
import type { ClientFrameFate, ConnectionView, FaultPipeline, FrameSend } from '../faults/fault-pipeline.ts';
import type { ClientConnection } from '../venues/venue-codec.ts';

/** A client that lets more than this many bytes wait is cut off. */
const WAITING_BYTES_LIMIT = 16 * 1024 * 1024;
/** A connection with more delayed frames than this is cut off. */
const DELAYED_FRAMES_LIMIT = 20_000;

const HEARD: ClientFrameFate = { kind: 'heard' };

interface DelayedFrame {
  /** Wall time, epoch milliseconds. */
  readonly due: number;
  readonly payload: string;
  readonly cancel: () => void;
}

export interface ConnectionParts {
  readonly id: number;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly channel: ConnectionView['channel'];
  readonly socket: WebSocket;
  /** The stream below the WebSocket. */
  readonly stream: Duplex;
  readonly faults: FaultPipeline;
  readonly clock: Clock;
  /** A connection from which nothing came for so long is cut, milliseconds; undefined: never. */
  readonly idleLimitMs: number | undefined;
}

export class SocketConnection implements ClientConnection {
  readonly id: number;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly #parts: ConnectionParts;
  readonly #view: ConnectionView;
  #heardAt: number;
  /** What is to be sent later, by the time at which it is due. */
  readonly #delayed: DelayedFrame[] = [];

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.id = parts.id;
    this.path = parts.path;
    this.query = parts.query;
    this.#heardAt = parts.clock.now();
    this.#view = { connection: parts.id, channel: parts.channel };
  }

  get isDead(): boolean {
    return this.#parts.faults.isDead(this.#view);
  }

  get isOpen(): boolean {
    return this.#parts.socket.readyState === this.#parts.socket.OPEN;
  }

  send(topic: string, payload: string, symbol?: string): void {
    const { faults, channel } = this.#parts;
    if (!this.isOpen || this.isDead) return;
    const frames = faults.frame({ connection: this.id, channel, topic, symbol, payload });
    for (const frame of frames) this.#writeInTime(frame);
    this.dropIfTold();
  }

  #write(payload: string): void {
    const { socket } = this.#parts;
    if (!this.isOpen || this.isDead) return;
    socket.send(payload);
    if (socket.bufferedAmount > WAITING_BYTES_LIMIT) this.drop();
  }

  /** What is due already, and waits for a timer that is late, is not overtaken. */
  #writeInTime({ payload, delayMs, notBefore }: FrameSend): void {
    const now = this.#parts.clock.now();
    this.#writeDue(now);
    if (delayMs <= 0 && (notBefore ?? now) <= now) this.#write(payload);
    else this.#writeLater(payload, Math.max(now + delayMs, notBefore ?? now));
  }

  /** Frames that are due together leave in the order in which they came. */
  #writeLater(payload: string, due: number): void {
    if (this.#delayed.length >= DELAYED_FRAMES_LIMIT) return this.drop();
    const { clock } = this.#parts;
    const place = this.#delayed.findLastIndex((frame) => frame.due <= due) + 1;
    const cancel = clock.after(Math.max(0, due - clock.now()), () => this.#writeDue(due));
    this.#delayed.splice(place, 0, { due, payload, cancel });
  }

  #writeDue(due: number): void {
    const left = this.#delayed.findIndex((frame) => frame.due > due);
    const frames = this.#delayed.splice(0, left < 0 ? this.#delayed.length : left);
    for (const frame of frames) {
      frame.cancel();
      this.#write(frame.payload);
    }
  }

  close(code: number, reason: string): void {
    this.#parts.socket.close(code, reason);
  }

  /** Ends the connection without a word, which clients see as code 1006. */
  drop(): void {
    this.#parts.socket.terminate();
  }

  /** Hands a client's frame to `hear`, unless a fault loses it or answers in its place. */
  receive(text: string, hear: (text: string) => void): void {
    this.#heardAt = this.#parts.clock.now();
    const fate = this.#parts.faults.clientFrame?.({ ...this.#view, payload: text }) ?? HEARD;
    if (fate.kind === 'heard') hear(text);
    if (fate.kind === 'answered') this.#write(fate.payload);
    this.dropIfTold();
  }

  /** Sends what the faults say of themselves, and ends the connection where they say so. */
  dropIfTold(): void {
    const { faults } = this.#parts;
    if (!this.isOpen) return;
    for (const payload of faults.unasked?.(this.#view) ?? []) this.#write(payload);
    if (faults.dropsConnection(this.#view)) this.drop();
  }

  /** Ends a connection from which nothing has come for too long. */
  dropIfIdle(): void {
    const { idleLimitMs, clock } = this.#parts;
    if (idleLimitMs !== undefined && clock.now() - this.#heardAt > idleLimitMs) this.drop();
  }

  /** Resolves when everything sent so far has left this process, or never will. */
  async written(): Promise<void> {
    const { stream } = this.#parts;
    if (!stream.writableNeedDrain || stream.destroyed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    stream.once('drain', resolve).once('close', resolve);
    await promise;
    stream.off('drain', resolve).off('close', resolve);
  }

  /** Takes back what was to be sent later. */
  forget(): void {
    for (const { cancel } of this.#delayed.splice(0)) cancel();
  }
}
