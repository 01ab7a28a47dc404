// O10: do Dockerfile and compose file keep the program small in rights, and call it with words that it knows? Its steps are run by tools/rehearse-image.ts.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readDockerfile } from '../../../tools/dockerfile.ts';

const folder = fileURLToPath(new URL('../../../deploy/docker/', import.meta.url));
const steps = readDockerfile(readFileSync(`${folder}Dockerfile`, 'utf8'));
const nameOf = (instruction: string) => steps.findLast((step) => step.instruction === instruction);
const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

/** Options of a command line that the program does not know. */
function unknownOptions(words: readonly string[]): readonly string[] {
  const { status, stdout } = spawnSync(process.execPath, [main, words[0], '--help'], { encoding: 'utf8' });
  expect(status).toBe(0);
  return words.filter((word) => word.startsWith('--') && !stdout.includes(word));
}

const serviceSchema = z.object({
  image: z.string(),
  command: z.array(z.string()).optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  network_mode: z.string().optional(),
  read_only: z.boolean().optional(),
  privileged: z.undefined().optional(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  mem_limit: z.string(),
});
const compose = z
  .object({ services: z.record(z.string(), serviceSchema), volumes: z.record(z.string(), z.null()) })
  .parse(parse(readFileSync(`${folder}compose.yml`, 'utf8'), { merge: true }));

describe('O10 the image', () => {
  it('ends as a user without rights, from bases with a version, in two stages', () => {
    expect(nameOf('USER')?.rest).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    const bases = steps.filter(({ instruction }) => instruction === 'FROM').map(({ rest }) => rest.split(' ')[0]);
    expect(bases).toHaveLength(2);
    for (const base of bases) expect(base).toMatch(/:(?!latest)\S+/);
    const installed = steps.filter(({ rest }) => rest.includes('npm ci'));
    expect(installed.map(({ rest }) => rest.includes('--omit=dev'))).toEqual([true]);
  });

  it('starts and is asked how it is without a shell, with words that the program knows', () => {
    const state = '/var/lib/perpilot/bot';
    expect(nameOf('ENTRYPOINT')?.words).toEqual(['perpilot']);
    expect(nameOf('HEALTHCHECK')?.words).toEqual(['perpilot', 'status', state]);
    const words = nameOf('CMD')?.words ?? [];
    expect(words).toContain(state);
    expect(words).toContain('paper');
    expect(unknownOptions(words)).toEqual([]);
    expect(nameOf('STOPSIGNAL')?.rest).toBe('SIGTERM');
  });

  it('is not made of anything that is not known to its reader', () => {
    expect(() => readDockerfile('FROM a:1\nADD https://example.invalid/x /')).toThrow('not understood: ADD');
  });
});

describe('O10 the services', () => {
  const { services } = compose;

  it('are reached from this machine alone and may do little', () => {
    for (const service of Object.values(services)) {
      for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
      expect(service.cap_drop).toEqual(['ALL']);
      expect(service.security_opt).toEqual(['no-new-privileges:true']);
      expect(service.image).not.toMatch(/latest$/);
    }
    expect(services['bot'].read_only).toBe(true);
    expect(services['watch'].network_mode).toBe('service:bot');
  });

  it('call the program with words that it knows, and mount what there is', () => {
    for (const name of ['bot', 'watch']) expect(unknownOptions(services[name].command ?? [])).toEqual([]);
    const written = new Set(['./bot.yaml']);
    for (const { volumes } of Object.values(services))
      for (const source of volumes.map((volume) => volume.split(':')[0]).filter((path) => !written.has(path)))
        expect(source.startsWith('.') ? existsSync(resolve(folder, source)) : source in compose.volumes).toBe(true);
  });
});
