import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../adapters/system/interrupt-guard.ts';
import packageFacts from '../../package.json' with { type: 'json' };
import { main } from './main.ts';

const folder = mkdtempSync(join(tmpdir(), 'perpilot-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function perpilot(line: string, { isTTY = false, env = {}, interrupted = false } = {}) {
  let out = '';
  let err = '';
  const interrupt = createInterruptGuard();
  if (interrupted) interrupt.interrupt();
  const code = await main(
    line.split(' ').filter((word) => word !== ''),
    {
      stdout: { write: (text) => (out += text), isTTY },
      stderr: { write: (text) => (err += text), isTTY },
      env,
      interrupt,
    },
  );
  return { code, out, err };
}

const hashLine = (text: string): string => text.slice(0, text.indexOf('\n'));

describe('perpilot', () => {
  it('explains itself', async () => {
    const help = await perpilot('--help');
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toMatch(/Commands:[^]*config[^]*data[^]*Examples:[^]*Exit codes:/);
    const inner = await perpilot('config show --help');
    expect(inner.out).toMatch(/--risk-level[^]*Examples:/);
    expect(await perpilot('--version')).toEqual({ code: 0, out: `${packageFacts.version}\n`, err: '' });
  });

  it.each(['', 'config', 'data'])('shows help for "%s" as an error', async (line) => {
    const { code, out, err } = await perpilot(line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('Usage: perpilot');
  });

  it.each([
    ['confg', "unknown command 'confg'", 'Did you mean config?'],
    ['config shw', "unknown command 'shw'", 'Did you mean show?'],
    ['config show --jsn', "unknown option '--jsn'", 'Did you mean --json?'],
    ['config show --config', "option '-c, --config <file>' argument missing", '--help'],
    ['config show odd', 'too many arguments', '--help'],
    ['config check', "missing required argument 'file'", '--help'],
    ['data check --symbols A,,B', 'Write names with commas', '--help'],
    ['data check --symbols A,B,A', 'A is named twice', '--help'],
    ['data check', 'no data folder is given', '--data DIR'],
  ])('refuses "%s" and says what would be right', async (line, message, hint) => {
    const { code, out, err } = await perpilot(line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('error ARGUMENT_INVALID');
    expect(err).toContain(message);
    expect(err).toContain(hint);
  });

  it('prints errors as one JSON object too when asked for JSON', async () => {
    const { code, out, err } = await perpilot('config show --json --set risk.max_leverag=3 --set guard.enabled=3');
    expect(code).toBe(2);
    expect(err).toContain('did you mean risk.max_leverage?');
    const { error } = JSON.parse(out);
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.problems).toHaveLength(2);
    expect(error.problems[0]).toEqual({
      message: 'there is no setting "risk.max_leverag"',
      where: '--set risk.max_leverag=3',
      hint: 'did you mean risk.max_leverage?',
    });
  });

  it('says that it was interrupted, whatever the command made of it', async () => {
    expect((await perpilot('config show', { interrupted: true })).code).toBe(130);
    expect((await perpilot('config show --set x', { interrupted: true })).code).toBe(130);
  });

  it('colours errors on a terminal only, and never against NO_COLOR', async () => {
    const coloured = await perpilot('confg', { isTTY: true });
    expect(coloured.err).toContain('\u001B[31m');
    for (const setting of [{ isTTY: true, env: { NO_COLOR: '1' } }, { isTTY: true, env: { TERM: 'dumb' } }, {}]) {
      expect((await perpilot('confg', setting)).err).not.toContain('\u001B');
    }
  });
});

describe('perpilot config show', () => {
  it('prints what a file could hold: shown settings are valid and mean the same', async () => {
    const shown = await perpilot('config show --risk-level aggressive --set risk.max_leverage=4');
    expect(shown.out).toMatch(/# risk\.max_leverage: from --set risk\.max_leverage=4\n/);
    expect(shown.out).toMatch(/# regime\.allow_ranging: from .*aggressive\.yaml:\d+\n/);
    const path = join(folder, 'shown.yaml');
    writeFileSync(path, shown.out);
    const again = await perpilot(`config show --config ${path}`);
    expect(hashLine(again.out)).toBe(hashLine(shown.out));
    expect(hashLine(again.out)).toMatch(/^# hash [0-9a-f]{16}$/);
    const { hash, config } = JSON.parse((await perpilot(`config show --json -c ${path}`)).out);
    expect(`# hash ${hash}`).toBe(hashLine(shown.out));
    expect(config.risk.max_leverage).toBe(4);
  });
});

describe('perpilot config check', () => {
  it('answers yes', async () => {
    const path = join(folder, 'good.yaml');
    writeFileSync(path, 'risk: { max_leverage: 2 }\n');
    const { code, out, err } = await perpilot(`config check ${path}`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/good\.yaml is valid \(hash [0-9a-f]{16}\)\n/);
  });

  it('answers no with every problem, also one that only a risk level brings about', async () => {
    const path = join(folder, 'bad.yaml');
    writeFileSync(path, 'risk: { max_leverag: 2 }\nguard: { recovery_win_rate: 0.41 }\n');
    const { code, out, err } = await perpilot(`config check ${path}`);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/bad\.yaml has 2 problems:\n.*bad\.yaml:1: .*\n +did you mean risk\.max_leverage\?\n/);
    expect(out).toMatch(/recovery_win_rate must not be below reduced_win_rate \(.*\), under aggressive\n$/);
    const json = JSON.parse((await perpilot(`config check --json ${path}`)).out);
    expect(json).toMatchObject({ valid: false, problems: [{}, {}] });
  });

  it('fails where there is no file', async () => {
    const { code, err } = await perpilot(`config check ${join(folder, 'none.yaml')}`);
    expect(code).toBe(2);
    expect(err).toContain('error CONFIG_MISSING');
  });
});
