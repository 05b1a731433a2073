import type { CandidateExtension } from './candidate';
import type { Entry, EntryError, SentWrite } from './entry';
import { retryOf } from './retryOf';
import { fingerprintOf } from './fingerprintOf';
import { ended } from './firstEntry';
import { judgeCandidate } from './judgeCandidate';
import { findExtension, stateOf } from './loginExtension';
import type { MachineReading } from './machineReading';
import { nightTimes, writesMax } from './nightTimes';
import type { ReasonCode } from './reasons';
import type { RemediationRules } from './remediationRules';
import type { LoginExtensionType, PlannedWrite, Verdict } from './verdict';

/** What is done about a VM after a look at it. */
export type NextMove =
  /** Nothing now: the entry says when to look again, or that it is at its end. */
  | { readonly kind: 'keep'; readonly entry: Entry }
  /** This write, as soon as there is room; `entry` holds it as its plan. */
  | {
      readonly kind: 'write';
      readonly entry: Entry;
      readonly write: PlannedWrite;
      readonly etag: string;
    };

/**
 * One look at one VM (`null`: it is gone). Level, not edge: it answers from what the VM is now, so
 * that a look that comes twice, late, or after a crash in the middle of a write ends in the same
 * place. Pure; `now` is epoch ms by the host's clock.
 */
export function lookAtMachine(
  entry: Entry,
  reading: MachineReading | null,
  rules: RemediationRules,
  isDry: boolean,
  now: number,
): NextMove {
  if (reading === null) return skipped(entry, 'vanished', '', now);
  if (reading.candidate.vmGuid !== entry.vmGuid) return skipped(entry, 'replaced', '', now);
  const seen = { ...entry, fingerprint: fingerprintOf(reading.candidate) };
  const installing = entry.sent.findLast(({ what, over }) => what === 'extension' && !over);
  if (installing !== undefined) {
    const landed = lookAtInstall(seen, installing, reading, now);
    if (landed !== null) return landed;
  }
  return judgedAnew({ ...seen, sent: allOver(entry) }, reading, rules, isDry, now);
}

/** From here on nothing is awaited: whatever is written is written for what the VM lacks now. */
function judgedAnew(
  entry: Entry,
  reading: MachineReading,
  rules: RemediationRules,
  isDry: boolean,
  now: number,
): NextMove {
  const candidate = { ...reading.candidate, outbound: entry.outbound };
  const { duplicateName } = entry;
  // What policy installs was judged by the index, and never came this far.
  const surroundings = { duplicateName, policyAssignmentId: '' };
  const verdict = judgeCandidate(candidate, surroundings, rules);
  const looked = { ...entry, attempts: 0 };
  return byVerdict(looked, verdict, reading, isDry, now);
}

function byVerdict(
  entry: Entry,
  verdict: Verdict,
  reading: MachineReading,
  isDry: boolean,
  now: number,
): NextMove {
  if (verdict.kind === 'ready') {
    // Where all of ours were refused it was somebody else who made it ready.
    const isOurs = entry.sent.some(({ status }) => status === null || status < 300);
    const outcome = isOurs ? 'fixed' : 'ready';
    return { kind: 'keep', entry: ended(entry, { outcome, at: now }) };
  }
  if (verdict.kind === 'skip') {
    const { reason, detail } = verdict;
    return skipped(entry, reason === 'notRunning' ? 'stoppedMeanwhile' : reason, detail, now);
  }
  const { writes, notes } = verdict;
  if (isDry) {
    const end = ended({ ...entry, notes }, { outcome: 'wouldFix', at: now, writes });
    return { kind: 'keep', entry: end };
  }
  const [write] = writes;
  const { etag } = reading;
  if (write === undefined) return skipped(entry, 'changedByOthers', '', now);
  // Without a condition, what somebody adds between the look and the write would be gone.
  if (write.what === 'identity' && etag === '') return skipped(entry, 'noEtag', '', now);
  const before = entry.sent.filter(({ what }) => what === write.what).length;
  // Whoever undoes it each time is stronger: three times is enough.
  if (before >= writesMax) return skipped(entry, 'changedByOthers', '', now);
  const mends = failureIn(loginExtensionIn(writes, reading), reading);
  return { kind: 'write', entry: { ...entry, notes, plan: writes, mends }, write, etag };
}

/** What became of an install of ours; `null`: there is none, so the VM is judged anew. */
function lookAtInstall(
  entry: Entry,
  { at: sentAt, status }: SentWrite,
  reading: MachineReading,
  now: number,
): NextMove | null {
  const found = loginExtensionIn(entry.plan, reading);
  if (found === undefined) return null;
  const state = stateOf(found);
  if (state === 'succeeded') return null;
  // Ours, whose answer was lost, has perhaps never arrived: not if it was seen to install since then,
  // and not if what failed is not the failure that it was sent to mend.
  const isTheSame = failureIn(found, reading) === entry.mends;
  const mayBeOlder = status === null && entry.stage !== 'extensionSent' && isTheSame;
  const isLast = installsOf(entry) >= writesMax;
  if (state === 'failed' && mayBeOlder && !isLast) return null;
  if (state === 'failed') return failedInstall(entry, errorOf(found.name, reading), now);
  if (now - sentAt >= nightTimes.givenUp) {
    const end = ended(entry, { outcome: 'failed', at: now, reason: 'neverEnded' });
    return { kind: 'keep', entry: end };
  }
  const nextAt = Math.min(now + nightTimes.unheard, sentAt + nightTimes.givenUp);
  return { kind: 'keep', entry: { ...entry, stage: 'extensionSent', nextAt, attempts: 0 } };
}

const loginTypes: readonly LoginExtensionType[] = ['AADLoginForWindows', 'AADSSHLoginForLinux'];

/** The extension that is there of the type that is to be written, or of any. */
function loginExtensionIn(plan: readonly PlannedWrite[], { candidate }: MachineReading) {
  const planned = plan.find((write) => write.what === 'extension')?.type;
  for (const type of planned === undefined ? loginTypes : [planned]) {
    const found = findExtension(candidate, type);
    if (found !== null) return found;
  }
  return undefined;
}

/** A new identity is not seen by the machine at once; an old one that is not has to be mended. */
const identityUnseen = 'DSREG_E_MSI_TENANTID_UNAVAILABLE';

/** What passes by itself is tried again in the same night; everything else is told. */
function failedInstall(entry: Entry, error: EntryError, now: number): NextMove {
  const { name, retry, reason } = retryOf(error);
  const isEarly = name === identityUnseen && entry.sent.some(({ what }) => what === 'identity');
  const isWindows = entry.plan.some((write) => write.what === 'extension' && write.mdmId !== null);
  // On Linux a failed one has to be removed before it is added again, which is not ours to do.
  if ((retry === 'soon' || isEarly) && isWindows && installsOf(entry) < writesMax) {
    const nextAt = now + nightTimes.retry;
    return { kind: 'keep', entry: { ...entry, sent: allOver(entry), stage: 'waiting', nextAt } };
  }
  const end = ended(entry, { outcome: 'failed', at: now, reason, error });
  return { kind: 'keep', entry: end };
}

function installsOf({ sent }: Entry): number {
  return sent.filter(({ what }) => what === 'extension').length;
}

/** What tells one failed install from the next: when its handler says that it failed. */
function failureIn(found: CandidateExtension | undefined, { statuses }: MachineReading): string {
  if (found === undefined || stateOf(found) !== 'failed') return '';
  return statuses.find(({ name }) => name === found.name.toLowerCase())?.at || 'unknown';
}

/** The handler's own words, else the VM's: a silent agent is told of by the VM alone. */
function errorOf(name: string, { statuses, provisioning }: MachineReading): EntryError {
  const own = statuses.find((one) => one.name === name.toLowerCase())?.error;
  return own ?? provisioning.error ?? { status: 0, code: '', message: '' };
}

function allOver({ sent }: Entry): SentWrite[] {
  return sent.map((one) => (one.over ? one : { ...one, over: true }));
}

function skipped(entry: Entry, reason: ReasonCode, detail: string, now: number): NextMove {
  const end = ended(entry, { outcome: 'skipped', at: now, reason, detail });
  return { kind: 'keep', entry: end };
}
