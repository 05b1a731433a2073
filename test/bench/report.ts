import type { ApiFigures } from './api';
import type { WindowCount } from './counting';
import type { LifetimeFigures } from './lifetimes';
import type { Machine } from './machine';
import type { ProcessMemory } from './processMemory';

/** Everything a run of the bench found, as it is written to the JSON file. */
export type Report = {
  machine: Machine;
  seeds: { counts: number[]; lifetimes: number[] };
  conditions: Record<string, string | number>;
  counts: WindowCount[];
  lifetimes: LifetimeFigures;
  api: ApiFigures;
  memory: ProcessMemory;
  /** What each figure does not show. */
  notes: string[];
  /** Counts that are not as they must be. The exit code is 1 when there is one. */
  faults: string[];
};

/** What is wanted of the two figures that have a mark. */
export const wanted = { lifetimesPerSecond: 100, memoryMb: 450 };

/** What nobody should read into the figures. */
export const notes = [
  'Calls: counted at the local Resource Manager, whose operations take the times above; slower ' +
    'operations mean more reads, never more writes. Nothing is throttled, locked or busy here. ' +
    'The first window of a process does not know yet how long they take, and looks too soon. ' +
    'The sweep reads each NSG that holds a rule of ours once per run: its share grows with the ' +
    'length of the window, so it is counted apart.',
  'History: of one generation. A window that looks more often (a longer life does not, an outage ' +
    'does) replays more; after 50 turns a successor begins with an empty history. Bytes are JSON as ' +
    'the engine hands it over, not what Azure Storage bills.',
  'Lifetimes: CPU time (all threads, compiler and collector too) of app, SDK clients, ' +
    'durable-functions executor, local engine and local Resource Manager in one process on virtual ' +
    'time; no sockets, no TLS, no storage, no throttling (50 activations in one second meet the ' +
    'limits of Azure long before those of our CPU). The activations end after the proof, and what ' +
    'that costs is not timed. Not the rate of a deployment. Other work on the machine, and a cold ' +
    'start, make it lower, never higher.',
  'API: each call after the one before it, from the request to the text of its answer: our check of ' +
    'the token, the form, the ledger in memory, the local Resource Manager in this process. No socket, ' +
    'no platform before it, no storage; limits per caller are off. One window is opened for real, the ' +
    'others are its row under other ids, people and NSGs; for the dry run there is one fewer, which ' +
    'is what policy lets in at most. The heap holds the local Azure as well.',
  'Memory: resident pages counted for each process, shared ones several times; one window on a ' +
    'fresh start, not a day of work.',
];
