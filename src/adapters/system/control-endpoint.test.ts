// L8: switches over HTTP: nothing without the token, a resume after a kill only when confirmed, everything logged.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startControlEndpoint } from './control-endpoint.ts';
import { createHeartbeatFile } from './heartbeat-file.ts';
import { createLatchFiles } from './latch-files.ts';

it('switches go on and off over HTTP with the token alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'perpilot-control-'));
  const latches = createLatchFiles(folder);
  const heartbeats = createHeartbeatFile(folder);
  const endpoint = await startControlEndpoint({ folder, port: 0, latches, heartbeats, now: () => 1_000 });
  try {
    const token = readFileSync(join(folder, 'control-token'), 'utf8').trim();
    expect(statSync(join(folder, 'control-token')).mode & 0o077).toBe(0);
    const ask = async (method: string, path: string, body?: string, key = token) => {
      const reply = await fetch(`http://127.0.0.1:${endpoint.port}${path}`, {
        method,
        headers: { authorization: `Bearer ${key}` },
        ...(body === undefined ? {} : { body }),
      });
      return reply.status;
    };
    expect(await ask('POST', '/kill', undefined, 'x'.repeat(token.length))).toBe(401);
    expect(await ask('POST', '/kill', undefined, '')).toBe(401);
    expect(latches.read('kill')).toBeUndefined();
    expect(await ask('POST', '/pause', '{"reason":"holiday"}')).toBe(200);
    expect(latches.read('pause')).toEqual({ reason: 'holiday', by: 'HTTP', at: 1_000 });
    expect(await ask('POST', '/kill')).toBe(200);
    expect(latches.read('kill')).toMatchObject({ by: 'HTTP' });
    expect(await ask('POST', '/resume')).toBe(409);
    expect(await ask('POST', '/resume', '[1]')).toBe(400);
    expect(latches.read('kill')).toBeDefined();
    expect(await ask('GET', '/status')).toBe(200);
    expect(await ask('GET', '/kill')).toBe(405);
    expect(await ask('POST', '/open')).toBe(404);
    expect(await ask('POST', '/resume', '{"confirm":true}')).toBe(200);
    expect([latches.read('kill'), latches.read('pause')]).toEqual([undefined, undefined]);
    const log = readFileSync(join(folder, 'control-log.jsonl'), 'utf8');
    expect(log.trim().split('\n')).toHaveLength(10);
    expect(log).not.toContain(token);
  } finally {
    await endpoint.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
