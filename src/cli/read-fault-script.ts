// Which faults does a script file ask for? YAML, read whole or refused with everything that is wrong with it.
import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { PerpilotError } from '../domain/errors.ts';
import type { FaultScript } from '../exchange-simulator/faults/fault-entry.ts';
import { readScript } from '../exchange-simulator/faults/read-script.ts';

/** The script in `file`; `seed` counts unless it names one of its own. @throws PerpilotError ARGUMENT_INVALID with every problem */
export function readFaultScript(file: string, seed: number): FaultScript {
  const lines = new LineCounter();
  const document = parseDocument(textOf(file), { lineCounter: lines, prettyErrors: false });
  const broken = [...document.errors, ...document.warnings].map(({ message, pos }) => ({
    message: `not valid YAML: ${message}`,
    where: `${file}:${lines.linePos(pos[0]).line}`,
  }));
  if (broken.length > 0) throw new PerpilotError('ARGUMENT_INVALID', broken);
  const read = readScript(document.toJS({ maxAliasCount: 0 }) ?? {}, seed);
  if (read.kind === 'read') return read.script;
  throw new PerpilotError(
    'ARGUMENT_INVALID',
    read.problems.map(({ where, ...problem }) => ({
      ...problem,
      where: where === undefined ? file : `${file}, ${where}`,
    })),
  );
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new PerpilotError('ARGUMENT_INVALID', [{ message: `${file} cannot be read (${reason})`, where: '--faults' }]);
  }
}
