import { type AuditRecord, type ChainEnd, parseRecord } from '../domain/audit/auditRecord';
import { dayIn } from '../domain/audit/chainNames';
import { type ChainFault, verifyChain } from '../domain/audit/verifyChain';
import { linesOf } from './linesOf';

/** Opens a file; throws, now or while it is read, where there is none. */
export type OpenFile = (path: string) => AsyncIterable<Uint8Array>;

export type FileReading = {
  readonly file: string;
  readonly chain: string | null;
  readonly read: number;
  readonly fault: ChainFault | null;
};

/** What the chain of a day says of another chain, against what that chain says. */
export type NoteFault = {
  readonly file: string;
  readonly line: number;
  readonly chain: string;
  readonly kind: 'chainMissing' | 'chainCut' | 'chainReplaced';
  readonly what: string;
  readonly next: string;
};

export type Verification = {
  readonly files: readonly FileReading[];
  readonly notes: readonly NoteFault[];
  /** Chains that a day's chain names and no file holds; broken only if all should be there. */
  readonly absent: readonly string[];
};

type Note = { readonly file: string; readonly line: number; readonly end: ChainEnd };

/**
 * Verifies each file as a chain or a part of one, whatever their order, and what the chains of days
 * say about the others. `isComplete`: the files are all there should be, so that a chain that a day
 * names and no file holds is a fault.
 */
export async function verifyFiles(
  paths: readonly string[],
  openFile: OpenFile,
  isComplete: boolean,
): Promise<Verification> {
  const parts: { readonly file: string; readonly chain: string; readonly sequence: number }[] = [];
  // One after another: a folder may hold more files than a process may have open.
  for (const file of paths) parts.push({ file, ...(await startOf(openFile(file))) });
  parts.sort((one, other) => compare(one.chain, other.chain) || one.sequence - other.sequence);
  const files: FileReading[] = [];
  const notes: Note[] = [];
  const hashes = new Map<string, Map<number, string>>();
  let end: ChainEnd | null = null;
  for (const { file, chain, sequence } of parts) {
    const after: ChainEnd | null = end?.chain === chain && sequence > 1 ? end : null;
    let line = 0;
    const known = hashes.get(chain) ?? new Map<number, string>();
    const reading = await verifyChain(linesOf(openFile(file)), after, (record) => {
      line += 1;
      known.set(record.sequence, record.hash);
      const noted = noteIn(record);
      if (noted !== null) notes.push({ file, line, end: noted });
    });
    hashes.set(chain, known);
    end = reading.fault === null ? (reading.last ?? end) : null;
    files.push({ file, chain: reading.chain, read: reading.read, fault: reading.fault });
  }
  // Where such a chain ends nobody knows: it has said already what is wrong with it.
  const broken = new Set(files.flatMap((one) => (one.fault === null ? [] : [one.chain ?? ''])));
  return { files, ...judgeNotes(notes, hashes, broken, isComplete) };
}

/** Which chain a file belongs to, and with which record it begins. */
async function startOf(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly chain: string; readonly sequence: number }> {
  for await (const { text } of linesOf(chunks)) {
    const record = parseRecord(text);
    return { chain: record?.chain ?? '', sequence: record?.sequence ?? 0 };
  }
  return { chain: '', sequence: 0 };
}

function noteIn({ step, what }: AuditRecord): ChainEnd | null {
  const { chain, sequence, hash } = what;
  if (step !== 'noted' && step !== 'dayBegun') return null;
  return typeof chain === 'string' && typeof sequence === 'number' && typeof hash === 'string'
    ? { chain, sequence, hash }
    : null;
}

function judgeNotes(
  notes: readonly Note[],
  hashes: ReadonlyMap<string, ReadonlyMap<number, string>>,
  broken: ReadonlySet<string>,
  isComplete: boolean,
): Pick<Verification, 'notes' | 'absent'> {
  const faults: NoteFault[] = [];
  const absent = new Set<string>();
  // Chains of days before the first that was given belong to another period.
  const firstDay = [...hashes.keys()].map(dayIn).filter(Boolean).toSorted(compare)[0] ?? '';
  for (const note of notes) {
    const { chain, sequence, hash } = note.end;
    const known = hashes.get(chain);
    if (known === undefined) {
      if (dayIn(chain) < firstDay) continue;
      absent.add(chain);
      if (isComplete) faults.push(faultOf(note, 'chainMissing'));
    } else if (!known.has(sequence)) {
      if (sequence > 0 && !broken.has(chain)) faults.push(faultOf(note, 'chainCut'));
    } else if (known.get(sequence) !== hash) {
      faults.push(faultOf(note, 'chainReplaced'));
    }
  }
  return { notes: faults, absent: [...absent] };
}

function faultOf({ file, line, end }: Note, kind: NoteFault['kind']): NoteFault {
  const { chain, sequence } = end;
  const whats = {
    chainMissing: `No file holds ${chain}, which had come to record ${sequence}.`,
    chainCut: `${chain} had come to record ${sequence}, and its file does not reach so far.`,
    chainReplaced: `Record ${sequence} of ${chain} is not the one that was noted.`,
  } as const;
  const next =
    'Fetch the blob of that chain again from the container; if it says the same, somebody changed it there.';
  return { file, line, chain, kind, what: whats[kind], next };
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
