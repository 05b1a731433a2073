import { createHash } from 'node:crypto';
import type { PipelineRequest } from '@azure/core-rest-pipeline';
import { type ChainStoreMemory, createChainStoreMemory } from '../../../shared/auditMemory';
import type { Crossing } from '../boundaries';
import { isDone } from '../http/call';
import { ledgerLosses } from './calm';
import type { History } from './history';
import { partsOf, pathOf } from './history';
import type { Circumstances, Violation } from './judge';

/** Keeps what a run puts on record, and listens to the PUTs. */
export type AuditWatch = {
  readonly chains: ChainStoreMemory;
  begins(crossing: Crossing): void;
  faults(history: History, circumstances: Circumstances): Violation[];
};

/** A record, as far as it matters here. */
type Told = {
  readonly chain: string;
  readonly sequence: number;
  readonly previous: string;
  readonly hash: string;
  readonly id: string;
  readonly step: string;
  readonly what: Readonly<Record<string, unknown>>;
};

const ends = new Set(['closed', 'refused']);

/**
 * Each chain is whole and tells each thing once, and the day's chain has noted it; each PUT that
 * lets somebody in was on record before it was sent, and each end that was told is on record.
 */
export function watchAudited(): AuditWatch {
  const chains = createChainStoreMemory();
  const found: Violation[] = [];
  const fault = (what: string, atMs: number): void => {
    found.push({ invariant: 'what is done is on record', what, atMs });
  };
  return {
    chains,
    begins: ({ kind, name, subject, input, atMs }) => {
      if (kind !== 'request' || name !== 'put securityrules') return;
      const { method, body } = input as PipelineRequest;
      if (method !== 'PUT' || typeof body !== 'string' || /"access":"Deny"/.test(body)) return;
      const rule = subject.split('/').at(-1) ?? '';
      const windowId = partsOf(rule)?.windowId ?? '';
      const told = recordsOf(chains, windowId).some(({ step, what }) => {
        if (step !== 'opening' && step !== 'extending') return false;
        const nsgId = String((what['nsgIds'] as readonly string[])[0]);
        const isRule = pathOf({ nsgId, name: rule }) === subject.toLowerCase();
        return isRule && untilIn(body) <= Date.parse(String(what['until'])) / 1_000;
      });
      if (!told) fault(`the PUT of ${rule} was not on record when it was sent`, atMs);
    },
    faults: (history, circumstances) => {
      const { endMs } = circumstances;
      for (const what of [
        ...brokenChains(chains),
        ...unnoted(chains, circumstances),
        ...untold(chains, history, circumstances),
        ...unrecorded(chains, history),
      ]) {
        fault(what, endMs);
      }
      return found;
    },
  };
}

/** The deadline in a rule's marker, epoch seconds; one that cannot be found is later than any. */
function untilIn(body: string): number {
  const seconds = /postern1\|(\d+)\|/.exec(body)?.[1];
  return seconds === undefined ? Infinity : Number(seconds);
}

function recordsOf(chains: ChainStoreMemory, windowId: string): Told[] {
  return [...chains.files].flatMap(([file, text]) =>
    file.endsWith(`/${windowId}.jsonl`) ? recordsIn(text) : [],
  );
}

function recordsIn(text: string): Told[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Told);
}

/** By its own reckoning: keys in order, nothing between them. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([name, part]) => `${JSON.stringify(name)}:${canonical(part)}`).join(',')}}`;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function brokenChains({ files }: ChainStoreMemory): string[] {
  return [...files].flatMap(([file, text]) => {
    const records = recordsIn(text);
    const broken = records.find(({ hash, ...rest }, index) => {
      const before = records[index - 1];
      const previous = before?.hash ?? sha256(rest.chain);
      const isNext = rest.sequence === index + 1 && rest.previous === previous;
      return !isNext || sha256(canonical(rest)) !== hash;
    });
    const ids = records.map(({ id }) => id);
    const again = ids.find((id, index) => ids.indexOf(id) !== index);
    return [
      ...(broken === undefined ? [] : [`${file} is broken at record ${broken.sequence}`]),
      ...(again === undefined ? [] : [`${file} tells ${again} twice`]),
    ];
  });
}

/** Notes hold, and of each chain there is one, unless a fault or a death came between. */
function unnoted({ files }: ChainStoreMemory, { afflictions, outages }: Circumstances): string[] {
  const hashes = new Map<string, string>();
  const noted: Told[] = [];
  const begun = new Set<string>();
  for (const text of files.values()) {
    for (const record of recordsIn(text)) {
      hashes.set(`${record.chain} ${record.sequence}`, record.hash);
      if (record.step === 'noted') noted.push(record);
      else if (record.sequence === 1) begun.add(record.chain);
    }
  }
  const wrong = noted.filter(
    ({ what }) =>
      hashes.get(`${String(what['chain'])} ${String(what['sequence'])}`) !== what['hash'],
  );
  const isDisturbed = afflictions.length > 0 || outages.length > 0;
  const names = new Set(noted.map(({ what }) => String(what['chain'])));
  const without = isDisturbed
    ? []
    : [...begun].filter((chain) => chain.includes('/windows/') && !names.has(chain));
  return [
    ...wrong.map(({ id }) => `${id} is not what the chain says`),
    ...without.map((chain) => `${chain} was never noted`),
  ];
}

/** Judged where a run comes to rest: until then somebody may still be about to write it. */
function untold(
  chains: ChainStoreMemory,
  { lines, standingAtRest }: History,
  { afflictions, outages }: Circumstances,
): string[] {
  // Where the main app is dead for ever nobody is left to write.
  if (standingAtRest === null || outages.some(({ isSwept }) => isSwept)) return [];
  const isAfflicted = afflictions.some(({ group }) => group === 'audit');
  // The rows that still waited for their record went with the ledger.
  if (isAfflicted && ledgerLosses({ afflictions }).length > 0) return [];
  const told = lines
    .filter(({ fields }) =>
      /^(?:window\.(?:closed|refused)|intake\.refused)$/.test(String(fields['event'])),
    )
    .flatMap(({ fields }) => (typeof fields['windowId'] === 'string' ? [fields['windowId']] : []));
  return [...new Set(told)]
    .filter((id) => !recordsOf(chains, id).some(({ step }) => ends.has(step)))
    .map((id) => `the end of window ${id} is not on record`);
}

/** A marker holds whole seconds: whoever asks for the same second once more has changed nothing. */
function isSameSecond(oneMs: number, otherMs: number): boolean {
  return Math.floor(oneMs / 1_000) === Math.floor(otherMs / 1_000);
}

/** Whoever is told that their extend is accepted has it on record: nothing else says who wanted it. */
function unrecorded(
  chains: ChainStoreMemory,
  { accepted, calls }: Pick<History, 'accepted' | 'calls'>,
): string[] {
  const asked = accepted.flatMap(({ windowId, untilMs }) =>
    untilMs === null ? [] : [{ windowId, untilMs }],
  );
  const called = calls
    .filter((call) => call.door === 'extendWindow' && !call.isDry && isDone(call))
    .map(({ windowId, body }) => ({ windowId, untilMs: Date.parse(String(body?.['until'])) }));
  return [...asked, ...called]
    .filter(
      ({ windowId, untilMs }) =>
        !recordsOf(chains, windowId).some(
          ({ step, what }) =>
            step === 'extendWished' && isSameSecond(Date.parse(String(what['until'])), untilMs),
        ),
    )
    .map(({ windowId }) => `the accepted extend of window ${windowId} is not on record`);
}
