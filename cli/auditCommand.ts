import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { auditCsvHead, auditCsvRow } from '../shared/domain/audit/auditCsv';
import { parseRecord } from '../shared/domain/audit/auditRecord';
import { linesOf } from '../shared/audit/linesOf';
import { type OpenFile, type Verification, verifyFiles } from '../shared/audit/verifyFiles';

/** What the command needs of its surroundings. */
export type AuditSurroundings = {
  readonly readFile: OpenFile;
  /** Paths of all files in a folder, below it; `null`: it is no folder. Throws where nothing is. */
  readonly listFolder: (path: string) => readonly string[] | null;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
};

/** Intact, broken, not usable at all: what scripts branch on. */
export const auditExitCodes = { intact: 0, broken: 1, unusable: 2 } as const;

type VerifyOptions = { readonly json?: boolean; readonly complete?: boolean };

/** Runs `audit verify FILE…` or `audit csv FILE…` with `args`, and answers the exit code. */
export async function runAuditCommand(
  args: readonly string[],
  surroundings: AuditSurroundings,
): Promise<number> {
  let exitCode: number = auditExitCodes.intact;
  const command = new Command('audit')
    .description('Verifies the audit of Postern, offline, and shows it.')
    .exitOverride()
    .configureOutput({ writeOut: surroundings.out, writeErr: surroundings.err });
  command
    .command('verify')
    .description(
      'Says of each chain whether a record was edited, removed, reordered, inserted or cut.',
    )
    .argument('<file...>', 'files of the audit container, or folders of them')
    .option('--complete', 'all files of a period are given: none that a day names may be absent')
    .option('--json', 'answer in JSON')
    .action(async (paths: string[], { json, complete }: VerifyOptions) => {
      const verification = await verifyFiles(
        filesIn(paths, surroundings),
        surroundings.readFile,
        complete === true,
      );
      surroundings.out(json === true ? asJson(verification) : asText(verification));
      exitCode = isIntact(verification) ? auditExitCodes.intact : auditExitCodes.broken;
    });
  command
    .command('csv')
    .description('Prints the records as CSV (RFC 4180) in which no cell is a formula.')
    .argument('<file...>', 'files of the audit container, or folders of them')
    .action(async (paths: string[]) => {
      exitCode = await printCsv(filesIn(paths, surroundings), surroundings);
    });
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? auditExitCodes.intact : auditExitCodes.unusable;
    }
    if (!isOfFiles(error)) throw error;
    surroundings.err(`${error.path ?? 'A file'} cannot be read (${error.code}).\n`);
    return auditExitCodes.unusable;
  }
  return exitCode;
}

/** What Node throws for a file that is not there or may not be read. */
function isOfFiles(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

function filesIn(paths: readonly string[], { listFolder }: AuditSurroundings): string[] {
  return paths.flatMap((path) => {
    const found = listFolder(path);
    if (found === null) return [path];
    return found.filter((name) => name.endsWith('.jsonl')).map((name) => join(path, name));
  });
}

function isIntact({ files, notes }: Verification): boolean {
  return notes.length === 0 && files.every(({ fault }) => fault === null);
}

function asJson(verification: Verification): string {
  return `${JSON.stringify({ ok: isIntact(verification), ...verification }, null, 2)}\n`;
}

function asText({ files, notes, absent }: Verification): string {
  const lines = [
    ...files.map(({ file, read, fault }) =>
      fault === null
        ? `${file}: intact, ${counted(read, 'record')}.`
        : `${file}:${fault.line}  ${fault.kind}  ${fault.what} ${fault.next}`,
    ),
    ...notes.map(({ file, line, kind, what, next }) => `${file}:${line}  ${kind}  ${what} ${next}`),
  ];
  if (absent.length > 0) {
    lines.push(`${counted(absent.length, 'chain')} named by a day and not among the files.`);
  }
  const broken = files.filter(({ fault }) => fault !== null).length + notes.length;
  const all = files.reduce((sum, { read }) => sum + read, 0);
  const end = broken === 0 ? 'All intact' : counted(broken, 'fault');
  lines.push(`${end}: ${counted(all, 'line')} read in ${counted(files.length, 'file')}.`);
  return `${lines.join('\n')}\n`;
}

function counted(count: number, word: string): string {
  return `${count} ${count === 1 ? word : `${word}s`}`;
}

/** Lines that are no records are told of and left out: to verify is another command. */
async function printCsv(
  files: readonly string[],
  { readFile, out, err }: AuditSurroundings,
): Promise<number> {
  let left = 0;
  out(auditCsvHead);
  for (const file of files) {
    for await (const { text } of linesOf(readFile(file))) {
      const record = parseRecord(text);
      if (record === null) left += 1;
      else out(auditCsvRow(record));
    }
  }
  if (left === 0) return auditExitCodes.intact;
  err(`${counted(left, 'line')} left out: no record. "audit verify" names the first of them.\n`);
  return auditExitCodes.broken;
}
