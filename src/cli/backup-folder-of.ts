// Where do the backups of a bot lie, unless somebody names another folder?
import { resolve } from 'node:path';

export const backupFolderOf = (bot: string): string => `${resolve(bot)}-backups`;
