import { never } from '../support/never';
import { atOneMomentMax, countsOfMoments } from './spinning';

/**
 * The places where a run can be struck: every request to Resource Manager, every call of the
 * ledger and of the audit's store, every start of an orchestration, every activity, episode and
 * trigger, every timer that fires, every delivery of an event and every call of the API. Each
 * crossing has a number, the same in every run of the same plan, and three moments at which
 * something may happen to it.
 */
export type CrossingKind =
  | 'request'
  | 'ledger'
  | 'audit'
  | 'start'
  | 'activity'
  | 'episode'
  | 'trigger'
  | 'timer'
  | 'delivery'
  /** A call of the API, on the way from its caller. */
  | 'call'
  /** A short wait inside an activity. */
  | 'wait';

export type Crossing = {
  /** From 1, in the order of the run. */
  readonly n: number;
  readonly atMs: number;
  readonly kind: CrossingKind;
  /** `PUT rule`, `windows.replace`, `advanceWindow` … */
  readonly name: string;
  /** A path, a row's id, an instance's id. */
  readonly subject: string;
  /** What the effect is given, for whoever has to know more. */
  readonly input: unknown;
};

/** Before the effect; after it, unacknowledged; after the caller has its answer. */
export type Moment = 'before' | 'unacknowledged' | 'after';

export type Deed =
  /** The host or its Node worker dies; how long the host stays down is the reaper's to know. */
  | { readonly do: 'die'; readonly who: 'host' | 'worker'; readonly downMs: number }
  /** The caller gets this error: `before`: nothing happened; `unacknowledged`: it did. */
  | { readonly do: 'fail'; readonly error: () => unknown }
  /** The caller gets another answer; `before`: in place of the effect. */
  | { readonly do: 'answer'; readonly answer: (answered: unknown) => unknown }
  /** `meanwhile`: what somebody else does in this pause. */
  | { readonly do: 'delay'; readonly ms: number; readonly meanwhile?: () => void }
  /** The effect takes place once more, so much later, and nobody hears of its result. */
  | { readonly do: 'again'; readonly afterMs: number }
  /** Something else happens at this very moment, by somebody else. */
  | { readonly do: 'act'; readonly act: () => void };

export type Strike = {
  /** Its kind, and its number in the plan if it has one. */
  readonly fault: string;
  readonly id?: number;
  readonly at: Moment;
  readonly deed: Deed;
};

/** Asked once for each crossing: what strikes it? */
export type Decide = (crossing: Crossing) => Strike | undefined;

/** What became of a crossing, for the trace. */
export type Told = (crossing: Crossing, what: string) => void;

export type BoundaryParts = {
  decide: Decide;
  /** Carries a death out, at once. */
  die: (who: 'host' | 'worker', downMs: number) => void;
  /** Told of a crossing that is one too many at its moment: whoever crosses waits for ever. */
  spins: (crossing: Crossing) => void;
  /** Told of a strike that took effect. */
  took: (strike: Strike, crossing: Crossing) => void;
  told: Told;
};

export type Boundaries = {
  cross<Result>(
    place: Pick<Crossing, 'kind' | 'name' | 'subject' | 'input'>,
    effect: () => Promise<Result>,
    /** How the result is told in the trace. */
    print?: (result: Result) => string,
  ): Promise<Result>;
  /** A crossing without an effect of its own: something happens now. */
  pass(place: Pick<Crossing, 'kind' | 'name' | 'subject' | 'input'>): void;
  /** A process died: whatever it was in the middle of never ends. */
  died(): void;
  /** How many have died: what was begun in an earlier life is over, even if nobody told it. */
  life(): number;
  /** Functions that run, and what they wait for: all of it owned by the scheduler. */
  open(): { readonly functions: number; readonly waits: number };
  count(): number;
  /** How many crossings of each kind there were. */
  counts(): ReadonlyMap<CrossingKind, number>;
};

const functionKinds: readonly CrossingKind[] = ['activity', 'episode', 'trigger'];
/** Whoever sends these is no process of ours: it outlives every host. */
const outsideKinds: readonly CrossingKind[] = ['delivery', 'call'];

/** One run's boundaries. */
export function createBoundaries(parts: BoundaryParts): Boundaries {
  let n = 0;
  let life = 0;
  let doomed: { strike: Strike; who: 'host' | 'worker'; downMs: number } | undefined;
  let functions = 0;
  let waits = 0;
  const counts = new Map<CrossingKind, number>();
  const countAt = countsOfMoments();

  const kill = (strike: Strike, crossing: Crossing): void => {
    if (strike.deed.do !== 'die') return;
    parts.took(strike, crossing);
    parts.told(crossing, `${strike.fault} ${strike.at}`);
    parts.die(strike.deed.who, strike.deed.downMs);
  };

  const enter = (place: Pick<Crossing, 'kind' | 'name' | 'subject' | 'input'>): Crossing => {
    n += 1;
    counts.set(place.kind, (counts.get(place.kind) ?? 0) + 1);
    return { ...place, n, atMs: Date.now() };
  };

  /** Whoever was to die after its last answer dies before it does anything else. */
  const meetDoom = (crossing: Crossing): boolean => {
    if (doomed === undefined || outsideKinds.includes(crossing.kind)) return false;
    const { strike } = doomed;
    doomed = undefined;
    kill(strike, crossing);
    return true;
  };

  /** A pause that a strike makes is a wait like any other. */
  const held = async (ms: number): Promise<void> => {
    const born = life;
    waits += 1;
    await new Promise((resolve) => setTimeout(resolve, ms));
    if (born === life) waits -= 1;
  };

  /** True where the crossing ends here. */
  const strikeAt = async (
    moment: Moment,
    strike: Strike | undefined,
    crossing: Crossing,
  ): Promise<boolean> => {
    if (strike === undefined || strike.at !== moment) return false;
    const { deed } = strike;
    if (deed.do === 'die') {
      if (moment !== 'after') {
        kill(strike, crossing);
        return true;
      }
      doomed = { strike, who: deed.who, downMs: deed.downMs };
      return false;
    }
    parts.took(strike, crossing);
    parts.told(crossing, `${strike.fault} ${strike.at}`);
    if (deed.do === 'act') deed.act();
    if (deed.do === 'delay') {
      deed.meanwhile?.();
      await held(deed.ms);
    }
    if (deed.do === 'fail') throw deed.error();
    return false;
  };

  const run = async <Result>(
    crossing: Crossing,
    effect: () => Promise<Result>,
    print: (result: Result) => string,
  ): Promise<Result> => {
    const born = life;
    // Who delivers or calls hears that a host is gone.
    const isDead = (): boolean => born !== life && !outsideKinds.includes(crossing.kind);
    const strike = parts.decide(crossing);
    if (await strikeAt('before', strike, crossing)) return never();
    const { deed } = strike ?? {};
    let result: Result;
    if (deed?.do === 'answer' && strike?.at === 'before') {
      result = deed.answer(undefined) as Result;
    } else {
      result = await effect();
      if (deed?.do === 'again' && strike !== undefined) {
        parts.took(strike, crossing);
        repeat(effect, deed.afterMs);
      }
    }
    if (isDead()) return never();
    if (await strikeAt('unacknowledged', strike, crossing)) return never();
    if (isDead()) return never();
    if (deed?.do === 'answer' && strike?.at === 'unacknowledged') {
      result = deed.answer(result) as Result;
    }
    await strikeAt('after', strike, crossing);
    parts.told(crossing, print(result));
    return result;
  };

  return {
    cross: async (place, effect, print = () => '') => {
      const crossing = enter(place);
      const born = life;
      if (countAt(crossing.atMs) > atOneMomentMax) {
        // Without this it would go round for ever, and no timer would ever be reached.
        parts.spins(crossing);
        return never();
      }
      if (meetDoom(crossing)) return never();
      const isFunction = functionKinds.includes(place.kind);
      const isWait = !isFunction && !outsideKinds.includes(place.kind);
      if (isFunction) functions += 1;
      if (isWait) waits += 1;
      try {
        return await run(crossing, effect, print);
      } catch (error) {
        if (born === life) parts.told(crossing, `failed: ${nameOf(error)}`);
        throw error;
      } finally {
        if (born === life && isFunction) functions -= 1;
        if (born === life && isWait) waits -= 1;
      }
    },
    pass: (place) => {
      const crossing = enter(place);
      if (meetDoom(crossing)) return;
      parts.told(crossing, '');
      const strike = parts.decide(crossing);
      if (strike?.deed.do === 'die') kill(strike, crossing);
      if (strike?.deed.do === 'act') {
        parts.took(strike, crossing);
        strike.deed.act();
      }
    },
    died: () => {
      life += 1;
      doomed = undefined;
      functions = 0;
      waits = 0;
    },
    life: () => life,
    open: () => ({ functions, waits }),
    count: () => n,
    counts: () => counts,
  };
}

/** The second run of something that ran already: its result and its errors reach nobody. */
function repeat(effect: () => Promise<unknown>, afterMs: number): void {
  const again = (): void => {
    effect().catch(() => undefined);
  };
  if (afterMs <= 0) again();
  else setTimeout(again, afterMs);
}

function nameOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return error instanceof Error ? error.name : String(error);
}
