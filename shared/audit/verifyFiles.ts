import { type AuditRecord, type ChainEnd, parseRecord } from '../domain/audit/auditRecord';
import { dayIn } from '../domain/audit/chainNames';
import { type ChainFault, verifyChain } from '../domain/audit/verifyChain';
import { chainsOf } from './chainsOf';
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

/** What was found so far, over all files. */
type Found = {
  readonly notes: Note[];
  /** By chain: the hash of each record, by its number. */
  readonly hashes: Map<string, Map<number, string>>;
  /** Where each chain has come to, as far as it is intact. */
  readonly ends: Map<string, ChainEnd>;
  readonly broken: Set<string>;
};

/**
 * Verifies each file as a chain, a part of one, or several whole ones after each other, whatever
 * the order of the files, and what the chains of days say about the others. `isComplete`: the files are
 * all there should be, so that a chain that a day names and no file holds is a fault.
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
  const found: Found = {
    notes: [],
    hashes: new Map(),
    ends: new Map(),
    broken: new Set(),
  };
  const files: FileReading[] = [];
  for (const { file } of parts) files.push(await verifyFile(file, openFile(file), found));
  const { notes, hashes, broken } = found;
  return { files, ...judgeNotes(notes, hashes, broken, isComplete) };
}

/** One file, chain by chain; its fault is the first one of any of them. */
async function verifyFile(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  found: Found,
): Promise<FileReading> {
  let whole: FileReading = { file, chain: null, read: 0, fault: null };
  for await (const { first, lines } of chainsOf(linesOf(chunks))) {
    const before = whole.read;
    const after =
      first !== null && first.sequence > 1 ? (found.ends.get(first.chain) ?? null) : null;
    const chainOfFirst = first?.chain ?? '';
    found.hashes.set(chainOfFirst, found.hashes.get(chainOfFirst) ?? new Map<number, string>());
    let line = before;
    const reading = await verifyChain(lines, after, (record) => {
      line += 1;
      const known = found.hashes.get(record.chain) ?? new Map<number, string>();
      found.hashes.set(record.chain, known.set(record.sequence, record.hash));
      const noted = noteIn(record);
      if (noted !== null) found.notes.push({ file, line, end: noted });
    });
    const { chain, last, fault } = reading;
    if (fault === null && last !== null) found.ends.set(last.chain, last);
    // Where such a chain ends nobody knows: it has said already what is wrong with it.
    if (fault !== null) {
      found.broken.add(chain ?? '');
      found.ends.delete(chain ?? '');
    }
    const moved = fault === null ? null : { ...fault, line: fault.line + before };
    whole = {
      file,
      chain: whole.fault === null && (whole.chain === null || moved !== null) ? chain : whole.chain,
      read: before + reading.read,
      fault: whole.fault ?? moved,
    };
  }
  return whole;
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
