import { parseArmId } from '../../armId';
import { cleanText } from '../../text';
import type { FailedOn } from '../decodeFailure';
import type { CloudName } from '../endpoints';
import type { Entry, EntryError, Outcome, SentWrite } from '../entry';
import type { Retry } from '../failure';
import { type ReasonCode, reasons } from '../reasons';
import type { PlannedWrite } from '../verdict';
import { failureWords } from './failureWords';

/** What is told of one VM, whatever the form of the report. Every text is clean and cut. */
export type ReportLine = {
  readonly vmId: string;
  readonly name: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
  /** `pending`: the run has not come to its end. */
  readonly outcome: ReportOutcome;
  readonly reason: ReasonCode | null;
  /** The reason in words; `''` where there is none. */
  readonly what: string;
  readonly detail: string;
  readonly error: EntryError | null;
  /** What the error means. */
  readonly cause: string;
  /** What somebody can do in the morning. */
  readonly next: string;
  /** When trying again can help; `''`: there is no error. */
  readonly retry: Retry | '';
  /** Where the VM says more. */
  readonly look: readonly string[];
  /** Writes that were made, or, of a dry run, that would be. */
  readonly writes: readonly string[];
  /** What could not be known. */
  readonly notes: readonly string[];
  /** Epoch ms; `null`: not yet. */
  readonly endedAt: number | null;
};

export type ReportOutcome = Outcome | 'pending';

export const reportOutcomes = [
  'ready',
  'fixed',
  'wouldFix',
  'skipped',
  'failed',
  'quarantined',
  'pending',
] as const satisfies readonly ReportOutcome[];

const textMax = 500;
const listMax = 10;

/** What is told of one VM of a run. */
export function reportLine(entry: Entry, cloud: CloudName): ReportLine {
  const { vmId, location, end } = entry;
  const id = parseArmId(vmId);
  const reason = end?.reason ?? null;
  const error = end === null || end.error === null ? null : cleanError(end.error);
  const said = reason === null ? { text: '', next: '' } : reasons[reason];
  const words = error === null ? null : failureWords(error, { family: familyOf(entry), cloud });
  return {
    vmId: clean(vmId),
    name: clean(vmId.slice(vmId.lastIndexOf('/') + 1)),
    subscriptionId: id?.subscriptionId ?? '',
    resourceGroup: id?.resourceGroup ?? '',
    location: clean(location),
    outcome: end?.outcome ?? 'pending',
    reason,
    what: said.text,
    detail: clean(end?.detail ?? ''),
    error,
    cause: words?.cause ?? '',
    next: words?.next ?? said.next,
    retry: words?.retry ?? '',
    look: words?.look ?? [],
    writes: writesOf(entry).slice(0, listMax),
    notes: entry.notes.slice(0, listMax).map((code) => reasons[code].text),
    endedAt: end?.at ?? null,
  };
}

function cleanError({ status, code, message }: EntryError): EntryError {
  return { status, code: clean(code), message: clean(message) };
}

/** By the extension that was, or would be, installed. */
function familyOf({ plan, end }: Entry): FailedOn['family'] {
  const writes = [...plan, ...(end?.writes ?? [])];
  const extension = writes.find((write) => write.what === 'extension');
  if (extension === undefined) return 'unknown';
  return extension.type === 'AADLoginForWindows' ? 'windows' : 'linux';
}

function writesOf({ sent, end }: Entry): string[] {
  return sent.length > 0 ? sent.map(sentText) : (end?.writes ?? []).map(plannedText);
}

function sentText({ what, status, cause }: SentWrite): string {
  const answer = status === null ? 'no answer' : `answered ${status}`;
  return `${what}, ${answer}${cause === '' ? '' : `, again because ${cause}`}`;
}

function plannedText(write: PlannedWrite): string {
  if (write.what === 'extension') {
    const mdm = write.mdmId === null || write.mdmId === '' ? '' : ', enrols in device management';
    return clean(`extension ${write.type} ${write.version} as ${write.name}${mdm}`);
  }
  const kept = write.userAssigned.length;
  return `identity: system-assigned on${kept === 0 ? '' : `, ${kept} user-assigned kept`}`;
}

function clean(text: string): string {
  return cleanText(text, textMax);
}
