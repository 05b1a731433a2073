import { Command, Option } from 'commander';
import {
  durationMs,
  durationText,
  keyText,
  pageCount,
  portList,
  timeIso,
  waitSeconds,
} from './arguments';
import { addRemediation } from './remediationCommands';
import type { Session } from './session';
import type { CommonFlags } from './settings';
import { close, type CloseFlags } from './verbs/close';
import { closeAll, type CloseAllFlags } from './verbs/closeAll';
import { connect, type ConnectFlags } from './verbs/connect';
import { extend, type ExtendFlags } from './verbs/extend';
import { audit, type AuditFlags } from './verbs/audit';
import { list, type ListFlags } from './verbs/list';
import { open, type OpenFlags } from './verbs/open';
import { approve, type ApproveFlags, deny, type DenyFlags } from './verbs/approve';
import { review, type ReviewFlags } from './verbs/review';
import { show } from './verbs/show';

/** Runs a verb with a session of these flags. */
export type Act = (flags: CommonFlags, verb: (session: Session) => Promise<void>) => Promise<void>;

const states = ['awaitingApproval', 'planned', 'opening', 'open', 'closing', 'closed', 'refused'];

const keyHelp = 'the Idempotency-Key of an earlier call, to repeat it';

const help = `
An id may be cut to its first four characters where no other window’s begins so.

Exit codes:
  0    done: the window is proved open, or read as gone, or what else was asked
  1    refused: the rule that refused, its code and the next step are printed
  2    the command line or a setting is wrong
  3    not reached (network, 5xx, no answer in time), or not finished within --wait
  4    not signed in, or the token was refused
  130  Ctrl-C; what was asked for goes on

Settings:
  POSTERN_URL    where the API is, https:// but for this machine (http://127.0.0.1:7071)
  POSTERN_SCOPE  api://<client id>/.default: sign in for it, as az login did
  NO_COLOR       no colours
`;

/** The command line: verbs, arguments, flags. `act` does what a verb says. */
export function commandLine(
  act: Act,
  out: { readonly stdout: (text: string) => void; readonly stderr: (text: string) => void },
): Command {
  const command = new Command('postern')
    .description('Windows to VMs, and VMs that are ready for Entra login, over Postern’s HTTP API.')
    .addHelpText('after', help)
    // Of a verb within a verb, as `remediation cancel`, the flags are its own.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: out.stdout, writeErr: out.stderr });
  addOpening(command, act);
  addClosing(command, act);
  addSecond(command, act);
  addReading(command, act);
  addRemediation(command, act, common);
  return command;
}

function addOpening(command: Command, act: Act): void {
  const opening = command
    .command('open <vm...>')
    .description('Opens a window on an active role or a group of yours, from where you call.')
    .requiredOption('--for <duration>', 'how long: 1h, 45m, 1h30m', durationText)
    .requiredOption('--reason <text>', 'why, for the audit')
    .option('--ports <list>', 'ssh,8443; all that policy allows if left out', portList)
    .option('--ticket <text>', 'the ticket that it belongs to')
    .option('--source <cidr>', 'a narrower source than your address')
    .option('--break-glass', 'past roles and duty: loud, short, looked into by somebody else')
    .option('--wait <seconds>', 'how long to wait for the proof', waitSeconds, 30)
    .option('--key <key>', keyHelp, keyText)
    .option('--dry-run', 'only says what it would do');
  common(opening).action((vms: string[], flags: OpenFlags & CommonFlags) =>
    act(flags, (session) => open(session, vms, flags)),
  );
  const extending = command
    .command('extend <id>')
    .description('Moves the deadline of an open window.')
    .option('--until <time>', 'the new deadline: 2026-01-31T16:00:00Z', timeIso)
    .option('--by <duration>', 'so much later than it is now: 30m', durationMs)
    .requiredOption('--reason <text>', 'why, for the audit')
    .option('--wait <seconds>', 'how long to wait for the proof', waitSeconds, 60)
    .option('--key <key>', keyHelp, keyText)
    .option('--dry-run', 'only says what it would do');
  common(extending).action((id: string, flags: ExtendFlags & CommonFlags) =>
    act(flags, (session) => extend(session, id, flags)),
  );
}

function addClosing(command: Command, act: Act): void {
  const closing = command
    .command('close <id>')
    .description('Closes a window now.')
    .option('--reason <text>', 'why, for the audit')
    .option('--wait <seconds>', 'how long to wait for the proof', waitSeconds, 60)
    .option('--key <key>', keyHelp, keyText)
    .option('--dry-run', 'only says what it would do');
  common(closing).action((id: string, flags: CloseFlags & CommonFlags) =>
    act(flags, (session) => close(session, id, flags)),
  );
  const closingAll = command
    .command('close-all')
    .description('Closes every window that you administer.')
    .requiredOption('--reason <text>', 'why, for the audit')
    .option('--person <id>', 'the windows of this person alone, by object id')
    .option('--scope <id>', 'windows whose machines all lie at or under this scope')
    .option('--confirm <words>', '"close all", where nobody can be asked')
    .option('--key <key>', keyHelp, keyText);
  common(closingAll).action((flags: CloseAllFlags & CommonFlags) =>
    act(flags, (session) => closeAll(session, flags)),
  );
}

/** What a second person says. */
function addSecond(command: Command, act: Act): void {
  const approving = command
    .command('approve <id>')
    .description('Agrees to a request that waits for a second person; never to your own.')
    .option('--reason <text>', 'why, for the audit')
    .option('--wait <seconds>', 'how long to wait for the proof', waitSeconds, 30)
    .option('--key <key>', keyHelp, keyText);
  common(approving).action((id: string, flags: ApproveFlags & CommonFlags) =>
    act(flags, (session) => approve(session, id, flags)),
  );
  const denying = command
    .command('deny <id>')
    .description('Says no to a request that waits for a second person.')
    .requiredOption('--reason <text>', 'why; whoever asked is told')
    .option('--key <key>', keyHelp, keyText);
  common(denying).action((id: string, flags: DenyFlags & CommonFlags) =>
    act(flags, (session) => deny(session, id, flags)),
  );
  const reviewing = command
    .command('review <id>')
    .description('Shows the review of a broken glass; with --remark it is closed.')
    .option('--remark <text>', 'what was found, in ten letters at least')
    .option('--key <key>', keyHelp, keyText);
  common(reviewing).action((id: string, flags: ReviewFlags & CommonFlags) =>
    act(flags, (session) => review(session, id, flags)),
  );
}

function addReading(command: Command, act: Act): void {
  const listing = command
    .command('list')
    .description('Lists the windows that live, and that you may see.')
    .addOption(new Option('--state <state>', 'in this phase alone').choices(states))
    .option('--person <id>', 'of this person, by object id')
    .option('--vm <vm>', 'to this VM, by name or id')
    .option('--since <time>', 'asked for from here on: 2026-01-31T16:00:00Z', timeIso)
    .option('--review', 'whose glass was broken, and nobody has looked into it yet')
    .option('--all', 'those of the past as well')
    .option('--pages <number>', 'how many pages of 100 to read', pageCount, 10);
  common(listing).action((flags: ListFlags & CommonFlags) =>
    act(flags, (session) => list(session, flags)),
  );
  const showing = command
    .command('show <id>')
    .description('Shows one window: what it lets in, each rule, each proof.');
  common(showing).action((id: string, flags: CommonFlags) =>
    act(flags, (session) => show(session, id)),
  );
  const auditing = command
    .command('audit')
    .description('Saves what is on record of a period, or verifies it; for auditors.')
    .option('--since <time>', 'of windows asked for from here on; a week if left out', timeIso)
    .option('--until <time>', 'and up to here: 2026-01-31T16:00:00Z', timeIso)
    .option('--person <id>', 'about this person, by object id')
    .option('--vm <vm>', 'about this VM, by name or id')
    .option('--window <id>', 'about this window')
    .option('--out <file>', 'where to save it')
    .option('--csv', 'as CSV, not as the JSON lines that can be verified')
    .option('--force', 'replace the file where there is one')
    .option('--verify', 'have the app walk every chain of the period');
  common(auditing).action((flags: AuditFlags & CommonFlags) =>
    act(flags, (session) => audit(session, flags)),
  );
  const connecting = command
    .command('connect <id>')
    .description('Says what to type to get to the machines of a window.')
    .option('--vm <vm>', 'of this VM alone, by name or id')
    .option('--rdp <file>', 'save the file for Remote Desktop of that VM')
    .option('--force', 'replace the file where there is one');
  common(connecting).action((id: string, flags: ConnectFlags & CommonFlags) =>
    act(flags, (session) => connect(session, id, flags)),
  );
}

/** Adds the flags that all verbs take. */
function common(command: Command): Command {
  return command
    .optionsGroup('Where, who, and how to tell:')
    .option('--json', 'print the JSON of the API, and nothing else')
    .option('--url <url>', 'where the API is (POSTERN_URL)')
    .option('--api-scope <scope>', 'what to sign in for (POSTERN_SCOPE)')
    .option('--device-code', 'sign in by a code where az login did not')
    .option('--as <persona>', 'only the host of this machine: who calls')
    .option('--from <address>', 'only the host of this machine: from where')
    .option('--verbose', 'say each call on stderr');
}
