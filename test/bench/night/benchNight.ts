import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../functionsCore';
import { readMachine } from '../machine';
import { readNightOptions } from './nightOptions';
import { nightReport } from './nightReport';
import { printNight } from './nightTables';
import { playNights } from './nightTasks';
import { nightTable } from './openNight';

/** The words under which the conditions of a run stand in its report. */
const conditions = {
  'requests take (ms)': nightTable.requests,
  'Retry-After of accepted writes (s)': nightTable.pollS,
  'Resource Graph lags (s)': nightTable.indexLagMs / 1_000,
  'installs take': nightTable.installs,
  'identities take': nightTable.identities,
  'installs that never end are given up after': nightTable.givenUp,
};

/** `npm run bench -- night`: answers the exit code. `program`: this very one, for its workers. */
export async function benchNight(program: string, args: readonly string[]): Promise<number> {
  const options = readNightOptions(args);
  if ('exit' in options) return options.exit;
  const machine = readMachine(root);
  const results = await playNights(program, options, (name) => {
    process.stderr.write(`${name} …\n`);
  });
  const report = nightReport(options, results, machine, conditions);
  const json = `${JSON.stringify(report, null, 2)}\n`;
  const path = join(root, '.build', 'bench', 'night.json');
  mkdirSync(join(root, '.build', 'bench'), { recursive: true });
  writeFileSync(path, json);
  if (options.json) process.stdout.write(json);
  else process.stdout.write(`${printNight(report)}\n\nAll figures: ${path}\n`);
  return report.faults.length === 0 ? 0 : 1;
}
