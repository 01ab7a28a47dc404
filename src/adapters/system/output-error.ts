// Why could an output not be written? The system's error as a sentence that says what to do.
import { PerpilotError } from '../../domain/errors.ts';

const REASONS: Readonly<Record<string, { readonly reason: string; readonly hint: string }>> = {
  EACCES: { reason: 'permission denied', hint: 'choose another folder or change its permissions' },
  EPERM: { reason: 'permission denied', hint: 'choose another folder or change its permissions' },
  EROFS: { reason: 'the file system is read-only', hint: 'choose a folder on another file system' },
  ENOSPC: { reason: 'no space is left', hint: 'free some space or choose another disk' },
  EDQUOT: { reason: 'the disk quota is used up', hint: 'free some space or choose another disk' },
  EEXIST: { reason: 'a file is in the way', hint: 'choose another name or move that file away' },
  ENOTDIR: { reason: 'a file is in the way', hint: 'choose another name or move that file away' },
  EISDIR: { reason: 'a folder is in the way', hint: 'choose another name or move that folder away' },
  ENAMETOOLONG: { reason: 'the name is too long', hint: 'choose a shorter name' },
  ENOENT: { reason: 'its folder does not exist', hint: 'create the folder first' },
  EMFILE: { reason: 'too many files are open', hint: 'raise the limit of open files' },
};

/** OUTPUT_UNWRITABLE for `path` with the reason; an error that the system did not raise comes back unchanged. */
export function outputError(path: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return error;
  const known = REASONS[error.code];
  const reason = known?.reason ?? error.message;
  const problem = { message: `cannot write ${path}: ${reason}`, where: path };
  return new PerpilotError('OUTPUT_UNWRITABLE', [known === undefined ? problem : { ...problem, hint: known.hint }]);
}
