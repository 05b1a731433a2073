import { createReadStream, readdirSync, statSync } from 'node:fs';
import { runAuditCommand } from './auditCommand';

// Whoever reads only the first lines closes the pipe: that is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

void runAuditCommand(process.argv.slice(2), {
  readFile: (path) => createReadStream(path),
  listFolder: (path) =>
    statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : null,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
}).then((exitCode) => {
  process.exitCode = exitCode;
});
