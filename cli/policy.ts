import { readFileSync } from 'node:fs';
import { runPolicyCommand } from './policyCommand';

process.exitCode = runPolicyCommand(process.argv.slice(2), {
  readFile: (path) => readFileSync(path, 'utf8'),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
