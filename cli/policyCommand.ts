import { Command, CommanderError } from 'commander';
import { policyJsonSchema } from '../shared/policy/fileSchema';
import { readPolicy } from '../shared/policy/readPolicy';
import type { PolicyReading } from '../shared/policy/readPolicy';

/** What the command needs of its surroundings. `readFile` throws when there is no such file. */
export type Surroundings = {
  readonly readFile: (path: string) => string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
};

/** Sound, faulty, not usable at all: what scripts and pipelines branch on. */
export const exitCodes = { sound: 0, faulty: 1, unusable: 2 } as const;

/** Runs `policy check FILE` or `policy schema` with `args`, and answers the exit code. */
export function runPolicyCommand(args: readonly string[], surroundings: Surroundings): number {
  let exitCode: number = exitCodes.sound;
  const command = new Command('policy')
    .description('Checks the policy of Postern.')
    .exitOverride()
    .configureOutput({ writeOut: surroundings.out, writeErr: surroundings.err });
  command
    .command('check')
    .description(
      'Reads a policy file, tells all its faults with line and column, runs its examples.',
    )
    .argument('<file>', 'the file, for example policy.yaml')
    .option('--json', 'answer in JSON')
    .action((file: string, { json }: { json?: boolean }) => {
      exitCode = check(file, json === true, surroundings);
    });
  command
    .command('schema')
    .description('Prints the JSON Schema of the file, for editors (policy.schema.json).')
    .action(() => surroundings.out(schemaText()));
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.sound : exitCodes.unusable;
  }
  return exitCode;
}

/** The text of `policy.schema.json`. */
export function schemaText(): string {
  return `${JSON.stringify(policyJsonSchema(), null, 2)}\n`;
}

function check(file: string, json: boolean, { readFile, out, err }: Surroundings): number {
  let text: string;
  try {
    text = readFile(file);
  } catch {
    err(`${file} cannot be read.\n`);
    return exitCodes.unusable;
  }
  const reading = readPolicy(text);
  out(json ? asJson(file, reading) : asText(file, reading));
  return 'policy' in reading ? exitCodes.sound : exitCodes.faulty;
}

function asJson(file: string, reading: PolicyReading): string {
  const answer =
    'policy' in reading
      ? { file, ok: true, version: reading.policy.version, faults: [] }
      : { file, ok: false, faults: reading.faults };
  return `${JSON.stringify(answer, null, 2)}\n`;
}

function asText(file: string, reading: PolicyReading): string {
  if ('policy' in reading) {
    const { version, allow, deny } = reading.policy;
    return `${file} is sound: ${allow.length} allow, ${deny.length} deny, version ${version}.\n`;
  }
  const lines = reading.faults.map(
    ({ line, column, code, message }) => `${file}:${line}:${column}  ${code}  ${message}\n`,
  );
  const count = lines.length === 1 ? '1 fault' : `${lines.length} faults`;
  return `${lines.join('')}${count}: with this file nothing would be opened.\n`;
}
