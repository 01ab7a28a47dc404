// How do the charts of a report get into a document? `node tools/write-figures.ts <report.html> <folder>` writes them as pictures.
import { existsSync } from 'node:fs';
import { whyNoBrowser } from './open-browser.ts';
import { writeFigures } from './report-figures.ts';

const [report, folder] = process.argv.slice(2);
const missing = whyNoBrowser();

if (report === undefined || folder === undefined) {
  fail('usage: node tools/write-figures.ts <report.html> <folder>');
} else if (!existsSync(report)) {
  fail(`${report} does not exist; a research run writes a report.html into its run folder`);
} else if (missing !== undefined) {
  fail(`no figures without a browser: ${missing}`);
} else {
  for (const { name, bytes } of await writeFigures(report, folder)) {
    console.log(`${name.padEnd(18)} ${String(Math.ceil(bytes / 1024)).padStart(4)} KB`);
  }
}

function fail(reason: string): void {
  console.error(reason);
  process.exitCode = 1;
}
