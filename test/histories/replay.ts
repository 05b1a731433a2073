import * as df from 'durable-functions';
import type { OrchestrationHandler } from 'durable-functions';
import type { CoreRegistry } from '../../local/functions/index';
import type { Answer, Payload, Recording } from './history';
import { turnsOf } from './history';

const core = require('@azure/functions-core') as { registry: CoreRegistry };

/** Calls an orchestrator with one episode's payload. */
export type Replay = (payload: Payload) => Promise<Answer>;

let registered = 0;

/** The orchestrator behind the executor of durable-functions itself, as a host calls it. */
export function replayOf(orchestrator: OrchestrationHandler): Replay {
  registered += 1;
  const name = `replayed${registered}`;
  df.app.orchestration(name, orchestrator);
  return async (payload) => {
    const callback = core.registry.functions.get(name)?.callback;
    if (callback === undefined) throw new Error(`${name} is not registered.`);
    // The executor marks what it has read: each call gets events of its own.
    const answer = await callback(plain(payload), {});
    return plain(answer) as Answer;
  };
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The episodes that are answered otherwise than they were, each in a few words. */
export async function differences(recording: Recording, replay: Replay): Promise<string[]> {
  const found: string[] = [];
  for (const [at, { payload, answer }] of turnsOf(recording).entries()) {
    const told = `${recording.story}, ${recording.orchestrator}, episode ${at}`;
    const now = await replay(payload).catch((error: unknown) => String(error));
    if (JSON.stringify(sorted(now)) !== JSON.stringify(sorted(answer))) found.push(told);
  }
  return found;
}

/** The same value with the keys of its records in order, to be compared as text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]));
}
