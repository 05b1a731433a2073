import { isDeepStrictEqual } from 'node:util';

/** An event of a history, as the Durable extension sends it. */
export type HistoryEvent = { readonly EventType: number; readonly IsPlayed: boolean } & Record<
  string,
  unknown
>;

/** What an orchestrator is called with. */
export type Payload = { readonly history: readonly HistoryEvent[] } & Record<string, unknown>;

/** What an orchestrator answers: all actions so far, one list a replayed step. */
export type Answer = { readonly actions: readonly (readonly unknown[])[] } & Record<
  string,
  unknown
>;

/** All episodes of one orchestration, as they were recorded: each is an instance in flight. */
export type Recording = {
  readonly story: string;
  readonly orchestrator: string;
  /** The last episode's call; earlier ones had the beginning of its history. */
  readonly last: Payload;
  /** The actions of the last answer; earlier ones had the beginning of them. */
  readonly actions: readonly unknown[];
  readonly episodes: readonly Episode[];
};

type Episode = {
  /** How much of the history there was. */
  readonly events: number;
  readonly isReplaying: unknown;
  /** How many of the last answer's actions had been asked for. */
  readonly actions: number;
  /** Everything of the answer but its actions. */
  readonly rest: Record<string, unknown>;
};

/** One call and its answer, whole. */
export type Turn = { readonly payload: Payload; readonly answer: Answer };

const orchestratorStarted = 12;

/** The episodes of a recording, each as it was. */
export function turnsOf({ last, actions, episodes }: Recording): Turn[] {
  return episodes.map(({ events, isReplaying, actions: count, rest }) => {
    const seen = last.history.slice(0, events);
    const started = seen.findLastIndex(({ EventType }) => EventType === orchestratorStarted);
    // Whatever has just come in is new to the orchestrator.
    const history = seen.map((event, at) => (at < started ? event : { ...event, IsPlayed: false }));
    const payload = { ...last, history, isReplaying };
    return { payload, answer: { ...rest, actions: [actions.slice(0, count)] } };
  });
}

/** Makes a recording of episodes. Throws where it could not be read back as it was. */
export function recordingOf(
  story: string,
  orchestrator: string,
  turns: readonly Turn[],
): Recording {
  const last = turns.at(-1);
  if (last === undefined) throw new Error(`${story}: ${orchestrator} had no episode.`);
  const actions = last.answer.actions.flat();
  const episodes = turns.map(({ payload, answer: { actions: asked, ...rest } }) => ({
    events: payload.history.length,
    isReplaying: payload['isReplaying'],
    actions: asked.flat().length,
    rest,
  }));
  const recording = { story, orchestrator, last: last.payload, actions, episodes };
  const back = turnsOf(recording);
  for (const [at, turn] of turns.entries()) {
    if (!isDeepStrictEqual(back[at], turn)) {
      throw new Error(`${story}: episode ${at} of ${orchestrator} is read back otherwise.`);
    }
  }
  return recording;
}
