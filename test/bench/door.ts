import { AsyncLocalStorage } from 'node:async_hooks';
import type { PipelineRequest } from '@azure/core-rest-pipeline';
import type { Simulation } from '../support/simulatedAzure';

/** Requests of one function of the app, as the local Resource Manager received them. */
export type Calls = {
  reads: number;
  queries: number;
  writes: number;
  deletes: number;
  /** Of all these, how many were refused. */
  refused: number;
};

/** Counts every request of the app at the local Resource Manager's door. */
export type Door = {
  /** To be handed to the simulation: sees each request and its answer. */
  onAnswer(request: PipelineRequest, status: number): void;
  /** From now on each request is counted for the function in whose call it is made. */
  watch(simulation: Simulation): void;
  /** What functions of these names sent; of all when none is named. */
  sent(...names: string[]): Calls;
  /** How often a function was called since `watch`. */
  runs(name: string): number;
  /** Counts anew from here. */
  forget(): void;
  /** Ends the watching: context that follows promises makes all later ones dearer. */
  close(): void;
};

const none: Calls = { reads: 0, queries: 0, writes: 0, deletes: 0, refused: 0 };

/** What is sent outside any function: the start hook's own sweep. */
const startHook = 'appStart';

/** A door that has counted nothing yet. */
export function createDoor(): Door {
  const caller = new AsyncLocalStorage<string>();
  const counts = new Map<string, Calls>();
  const runs = new Map<string, number>();
  return {
    onAnswer: ({ method, url }, status) => {
      const name = caller.getStore() ?? startHook;
      const calls = counts.get(name) ?? { ...none };
      counts.set(name, calls);
      calls[kindOf(method, url)] += 1;
      if (status >= 400 && status !== 404) calls.refused += 1;
    },
    watch: (simulation) => {
      const { functions } = simulation.host().registry;
      for (const [name, { metadata, callback }] of functions) {
        functions.set(name, {
          metadata,
          callback: (...args) => {
            runs.set(name, (runs.get(name) ?? 0) + 1);
            return caller.run(name, callback, ...args);
          },
        });
      }
    },
    sent: (...names) => {
      const wanted = [...counts].filter(([name]) => names.length === 0 || names.includes(name));
      return wanted.reduce((sum, [, calls]) => added(sum, calls), none);
    },
    runs: (name) => runs.get(name) ?? 0,
    forget: () => {
      counts.clear();
      runs.clear();
    },
    close: () => caller.disable(),
  };
}

function kindOf(method: string, url: string): Exclude<keyof Calls, 'refused'> {
  if (method === 'PUT') return 'writes';
  if (method === 'DELETE') return 'deletes';
  if (method === 'GET') return 'reads';
  if (/\/Microsoft\.ResourceGraph\//i.test(url)) return 'queries';
  // The app asks Resource Graph by POST and does nothing else by it.
  throw new Error(`The app sent ${method} ${url}, which the bench does not know.`);
}

function added(one: Calls, other: Calls): Calls {
  return {
    reads: one.reads + other.reads,
    queries: one.queries + other.queries,
    writes: one.writes + other.writes,
    deletes: one.deletes + other.deletes,
    refused: one.refused + other.refused,
  };
}
