import { type Command, Option } from 'commander';
import { keyText, pageCount } from './arguments';
import type { Act } from './commandLine';
import type { CommonFlags } from './settings';
import { quarantine, release } from './verbs/quarantine';
import { readiness, type ReadinessFlags } from './verbs/readiness';
import { remediate, type RemediateFlags } from './verbs/remediate';
import {
  cancelRemediation,
  remediation,
  type RemediationFlags,
  remediations,
} from './verbs/remediation';

type Common = (command: Command) => Command;
type Pages = { readonly pages: number };

/** Adds the verbs of the remediation. `common`: adds the flags that all verbs take. */
export function addRemediation(command: Command, act: Act, common: Common): void {
  addAsking(command, act, common);
  addRuns(command, act, common);
  addMachines(command, act, common);
}

function addAsking(command: Command, act: Act, common: Common): void {
  const asking = command
    .command('remediate')
    .description('Asks for a run that makes VMs ready for Entra login; a dry one if not said.')
    .requiredOption('--reason <text>', 'why, for the audit')
    .option('--scope <id...>', 'VMs at or under these alone, by id')
    .option('--dry-run', 'write nothing, tell everything: what it does if nothing is said')
    .option('--for-real', 'change VMs')
    .option('--follow', 'wait for its end, and say how far it is')
    .option('--key <key>', 'the Idempotency-Key of an earlier call, to repeat it', keyText);
  common(asking).action((flags: RemediateFlags & CommonFlags) =>
    act(flags, (session) => remediate(session, flags)),
  );
}

function addRuns(command: Command, act: Act, common: Common): void {
  const listing = command
    .command('remediations')
    .description('Lists runs, the newest first.')
    .option('--pages <count>', 'how many pages of a hundred to read', pageCount, 1);
  common(listing).action((flags: Pages & CommonFlags) =>
    act(flags, (session) => remediations(session, flags)),
  );
  const showing = command
    .command('remediation')
    .argument('<id>', 'of a run, or how it begins')
    .description('Shows one run, follows it, or saves its report.')
    .option('--follow', 'wait for its end, and say how far it is')
    .addOption(new Option('--report <form>', 'save what each VM came to').choices(forms))
    .option('--output <file>', 'where to save it')
    .option('--outcome <outcome>', 'of the report: VMs that came to this alone')
    .option('--why <code>', 'of the report: VMs with this reason alone')
    .option('--force', 'replace the file where there is one');
  common(showing).action((id: string, flags: RemediationFlags & CommonFlags) =>
    act(flags, (session) => remediation(session, id, flags)),
  );
  const cancelling = showing
    .command('cancel <id>')
    .description('Ends a run: nothing new is begun, what was sent is watched to its end.')
    .option('--reason <text>', 'why, for the audit');
  common(cancelling).action((id: string, flags: { reason?: string } & CommonFlags) =>
    act(flags, (session) => cancelRemediation(session, id, flags)),
  );
}

const forms = ['json', 'csv', 'html'];

function addMachines(command: Command, act: Act, common: Common): void {
  const reading = command
    .command('readiness [vm]')
    .description('Says whether somebody could sign in to a VM with Entra ID, and what is missing.')
    .option('--rdp <file>', 'save its file for Remote Desktop')
    .option('--csv <file>', 'save a line for every VM instead, for a spreadsheet')
    .option('--force', 'replace the file where there is one');
  common(reading).action((vm: string | undefined, flags: ReadinessFlags & CommonFlags) =>
    act(flags, (session) => readiness(session, vm, flags)),
  );
  const listing = command
    .command('quarantine')
    .description('Lists VMs that are left alone since they failed too often.')
    .option('--pages <count>', 'how many pages of a hundred to read', pageCount, 5);
  common(listing).action((flags: Pages & CommonFlags) =>
    act(flags, (session) => quarantine(session, flags)),
  );
  const releasing = command
    .command('release <vm>')
    .description('Lets a VM out of quarantine, by its id or name.')
    .requiredOption('--reason <text>', 'why, for the audit');
  common(releasing).action((vm: string, flags: { reason: string } & CommonFlags) =>
    act(flags, (session) => release(session, vm, flags)),
  );
}
