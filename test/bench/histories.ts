import type { EngineTrace } from '../../local/functions/index';
import type { Simulation } from '../support/simulatedAzure';

/** What orchestrations of one name keep and replay. */
export type HistoryFigures = {
  instances: number;
  episodes: number;
  activities: number;
  /** Events in the histories when all is over. */
  finalEvents: number;
  /** The same as JSON, in bytes of UTF-8. */
  finalBytes: number;
  /** Events handed to the orchestrator again in each episode, summed up. */
  replayedEvents: number;
  /** Bytes of all payloads handed to the orchestrator. */
  replayedBytes: number;
};

/** Watches the engine's episodes and reads the histories at the end. */
export type HistoryCounter = {
  trace(entry: EngineTrace): void;
  /** Counts anew from here. */
  forget(): void;
  figures(simulation: Simulation): Record<string, HistoryFigures>;
};

/** A counter that has seen nothing yet. */
export function createHistoryCounter(): HistoryCounter {
  const byInstance = new Map<string, HistoryFigures & { name: string }>();
  const seen = (entry: EngineTrace): HistoryFigures => {
    const known = byInstance.get(entry.instanceId) ?? { name: entry.name, ...nothing };
    byInstance.set(entry.instanceId, known);
    return known;
  };
  return {
    trace: (entry) => {
      if (entry.kind === 'activity') {
        // An activity is named by its own name: its instance is known from the episode before.
        seen(entry).activities += 1;
      } else if (entry.kind === 'episode') {
        const figures = seen(entry);
        figures.episodes += 1;
        figures.replayedEvents += eventsIn(entry.payload);
        figures.replayedBytes += Buffer.byteLength(entry.payload);
      }
    },
    forget: () => byInstance.clear(),
    figures: (simulation) => {
      const { instances } = simulation.host().engine;
      const byName: Record<string, HistoryFigures> = {};
      for (const [id, { name, ...figures }] of byInstance) {
        const history = instances.get(id)?.history ?? [];
        const finalBytes = Buffer.byteLength(JSON.stringify(history));
        const final = { instances: 1, finalEvents: history.length, finalBytes };
        byName[name] = added(byName[name] ?? nothing, { ...figures, ...final });
      }
      return byName;
    },
  };
}

const nothing: HistoryFigures = {
  instances: 0,
  episodes: 0,
  activities: 0,
  finalEvents: 0,
  finalBytes: 0,
  replayedEvents: 0,
  replayedBytes: 0,
};

function eventsIn(payload: string): number {
  const { history } = JSON.parse(payload) as { history: unknown[] };
  return history.length;
}

function added(one: HistoryFigures, other: HistoryFigures): HistoryFigures {
  return {
    instances: one.instances + other.instances,
    episodes: one.episodes + other.episodes,
    activities: one.activities + other.activities,
    finalEvents: one.finalEvents + other.finalEvents,
    finalBytes: one.finalBytes + other.finalBytes,
    replayedEvents: one.replayedEvents + other.replayedEvents,
    replayedBytes: one.replayedBytes + other.replayedBytes,
  };
}
