// How are the switches thrown over HTTP? On this machine alone, with a token from a file that only its owner may read; every request is logged.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { HeartbeatStore } from '../../ports/heartbeat.ts';
import { LATCH_NAMES, type LatchStore } from '../../ports/latch-store.ts';
import { turnWhenFull } from './turn-when-full.ts';

export interface ControlEndpointSetup {
  /** The bot's folder: `control-token` and `control-log.jsonl` lie there. */
  readonly folder: string;
  readonly port: number;
  readonly latches: LatchStore;
  readonly heartbeats: HeartbeatStore;
  readonly now: () => number;
}

export interface ControlEndpoint {
  readonly port: number;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

const LONGEST_BODY = 2_000;

/** @throws the system's error when the port cannot be had */
export async function startControlEndpoint(setup: ControlEndpointSetup): Promise<ControlEndpoint> {
  const token = tokenOf(setup.folder);
  const server: Server = createServer((request, reply) => void serve(request, reply, { ...setup, token }));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(setup.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : setup.port;
  writeFileSync(join(setup.folder, 'control-port'), `${port}\n`);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Made once; only its owner may read it. */
function tokenOf(folder: string): string {
  const file = join(folder, 'control-token');
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

type Parts = ControlEndpointSetup & { readonly token: string };

async function serve(request: IncomingMessage, reply: ServerResponse, parts: Parts): Promise<void> {
  const { method = '', url = '/' } = request;
  const body = await bodyOf(request);
  const { status, body: answer } = answerTo(
    { method, path: url.split('?')[0], authorization: request.headers.authorization ?? '', body },
    parts,
  );
  log(parts, { method, path: url, status });
  reply.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  reply.end(`${JSON.stringify(answer)}\n`);
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  /** Undefined: no JSON object. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

function answerTo({ method, path, authorization, body }: Asked, parts: Parts): Answer {
  const { latches, heartbeats, now, token } = parts;
  if (!isSame(authorization, `Bearer ${token}`)) {
    return {
      status: 401,
      body: { error: 'the header Authorization: Bearer TOKEN is needed; see the file control-token' },
    };
  }
  if (method === 'GET' && path === '/status') return { status: 200, body: stateOf(latches, heartbeats, now()) };
  if (method !== 'POST') return { status: 405, body: { error: 'POST /kill, /pause or /resume; GET /status' } };
  if (body === undefined) return { status: 400, body: { error: 'the body is no JSON object' } };
  const reason = typeof body['reason'] === 'string' ? body['reason'].slice(0, 200) : 'over HTTP';
  switch (path) {
    case '/kill':
    case '/pause': {
      latches.set(path === '/kill' ? 'kill' : 'pause', { reason, by: 'HTTP', at: now() });
      break;
    }
    case '/resume': {
      if (latches.read('kill') !== undefined && body['confirm'] !== true) {
        return {
          status: 409,
          body: { error: 'the kill switch was thrown: look at the account, then {"confirm": true}' },
        };
      }
      for (const name of LATCH_NAMES) latches.clear(name);
      break;
    }
    default:
      return { status: 404, body: { error: 'POST /kill, /pause or /resume; GET /status' } };
  }
  return { status: 200, body: stateOf(latches, heartbeats, now()) };
}

function stateOf(latches: LatchStore, heartbeats: HeartbeatStore, now: number): object {
  const beat = heartbeats.read();
  return {
    latches: Object.fromEntries(LATCH_NAMES.map((name) => [name, latches.read(name) ?? null])),
    bot: beat === undefined ? null : { running: beat.running, pid: beat.pid, silentMs: now - beat.at },
  };
}

function isSame(given: string, wanted: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Undefined: too long, or no JSON object. An empty body is an empty object. */
async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>> | undefined> {
  let text = '';
  request.setEncoding('utf8');
  for await (const part of request) {
    text += String(part);
    if (text.length > LONGEST_BODY) return undefined;
  }
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function log({ folder, now }: Parts, entry: object): void {
  const file = join(folder, 'control-log.jsonl');
  turnWhenFull(file);
  try {
    appendFileSync(file, `${JSON.stringify({ at: now(), ...entry })}\n`);
  } catch {
    // A full disk does not keep anybody from the switches.
  }
}
