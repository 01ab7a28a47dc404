import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { withEnvFile } from './env-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'env-'));
const file = join(folder, '.env');
afterEach(() => rmSync(file, { force: true }));

describe('the file .env', () => {
  it('gives what the environment does not, of perpilot alone', () => {
    writeFileSync(file, '# keys\nPERPILOT_A="one two"\nPERPILOT_B=file\nNODE_OPTIONS=--inspect\n', { mode: 0o600 });
    expect(withEnvFile({ PERPILOT_B: 'set', HOME: '/x' }, folder)).toEqual({
      env: { PERPILOT_A: 'one two', PERPILOT_B: 'set', HOME: '/x' },
    });
  });

  it.each([
    [0o600, undefined],
    [0o400, undefined],
    [0o640, 'mode 640'],
    [0o644, 'mode 644'],
  ])('with rights %o is used, and complained of where others may read it', (mode, fault) => {
    writeFileSync(file, 'PERPILOT_A=1\n', { mode });
    const read = withEnvFile({}, folder);
    expect(read.env['PERPILOT_A']).toBe('1');
    if (fault === undefined) expect(read.fault).toBeUndefined();
    else expect(read.fault).toMatch(new RegExp(`${fault}.*chmod 600`));
  });

  it('may lie elsewhere, or not be there', () => {
    writeFileSync(file, 'PERPILOT_A=1\n', { mode: 0o600 });
    expect(withEnvFile({ PERPILOT_ENV_FILE: file }, tmpdir()).env['PERPILOT_A']).toBe('1');
    expect(withEnvFile({ PERPILOT_ENV_FILE: '/nowhere/.env' }, folder).env).toEqual({
      PERPILOT_ENV_FILE: '/nowhere/.env',
    });
  });
});
