import { readOptions } from './supervisor/options';
import { runNight } from './supervisor/night/runNight';
import { run } from './supervisor/run';

/** `npm start`: the product on one machine. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if ('exit' in options) return options.exit;
  return options.night ? runNight(options) : run(options);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
