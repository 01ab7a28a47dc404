// Does the Dockerfile build a bot that starts, is well and ends in time? Its steps are run without an engine: in overlays of this (Debian) machine.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readDockerfile, type Step } from './dockerfile.ts';
import { imageScript } from './image-script.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const text = readFileSync(join(root, 'deploy/docker/Dockerfile'), 'utf8');
const ignored = readFileSync(join(root, 'deploy/docker/Dockerfile.dockerignore'), 'utf8');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Overlays are mounted in a name space of their own, which ends with the script. */
const mayMount = (): boolean =>
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', tmpdir()]).status === 0;

function rehearse(steps: readonly Step[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'perpilot-image-'));
  const script = `${folder}.sh`;
  writeFileSync(script, imageScript({ steps, context: root, ignored, folder }));
  const { status } = spawnSync('unshare', ['--mount', '--pid', '--fork', '--mount-proc', 'bash', script], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  rmdirSync(folder);
  return status ?? 1;
}

if (process.platform !== 'linux' || !mayMount())
  say('the image was not rehearsed: that needs Linux and the right to mount');
else process.exitCode = rehearse(readDockerfile(text));
