// Where does this program begin? For processes beside this one: from its sources, or built.
import { fileURLToPath } from 'node:url';

export const MAIN = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url),
);
