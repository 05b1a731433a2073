import { createLedgerMemory } from '../../shared/ledgerMemory';
import { subscriptionId } from '../../local/estate';
import { ownerAssignment } from '../../local/tenant';
import { createBoundaries, type Boundaries, type Decide } from './boundaries';
import { installClock, type SimulatedClock } from './clock';
import { heardAt } from './deliveries';
import { diceOf } from './dice';
import { estateOfPlan, sameName } from './estate';
import { installErrands } from './http/errands';
import { wireOf } from './http/listen';
import { ownCallers } from './http/ownCallers';
import { Lives } from './lives';
import { Night } from './night/night';
import { forNight } from './night/surroundings';
import { firstPolicyOf, policyOfPlan } from './policies';
import { faultTable, kindOf } from './faults/table';
import { everybody, newcomers } from './people';
import type { FaultPlan, Plan } from './plan';
import { crossingWaits, crossStarts, seamsOf } from './seams';
import { skewOf, skewedWorld, looksInTrueTime } from './skew';
import type { Affliction, Skew, Stage, Timing } from './stage';
import { installOthers, installVisits } from './actors';
import { comeToRest } from './rest';
import { deployedTimers } from '../support/deployedTimers';
import { simulate, type LogLine, type Simulation } from '../support/simulatedAzure';
import { createStrikes, type Strikes } from './strikes';
import { sometimesOf } from './sometimes';
import { spinningAt } from './spinning';
import { timingOf } from './timing';
import { createTrace } from './trace';
import { ask } from './wishes';
import type { World } from '../../shared/ports/world';
import { outsideWaits } from './outside';
import { watchActivities } from './oracle/activities';
import { watchWrites } from './oracle/crossings';
import { watchRows } from './oracle/rows';
import { sleeperFaults, watchSleepers, type SleeperWatch } from './oracle/sleepers';
import { watchEstate, type EstateWatch } from './oracle/watch';
import { judgeRun, type Judgement } from './oracle/judge';

/** What a run came to. */
export type Outcome = {
  readonly plan: Plan;
  readonly hash: string;
  readonly lines: readonly string[];
  readonly judgement: Judgement;
  readonly afflictions: readonly Affliction[];
  /** Rare branches: how often each named thing was logged. */
  readonly sometimes: Readonly<Record<string, number>>;
  readonly crossings: Readonly<Record<string, number>>;
  readonly windows: number;
  /** How the VMs of its nights ended, and what was written for them, counted. */
  readonly nights: Readonly<Record<string, number>>;
};

export type RunOptions = {
  /** Keeps the trace for reading. */
  readonly trace?: boolean;
  /** How long nothing may be written at the end of a liveness run. */
  readonly quietMs?: number;
  /** Strikes besides those of the plan's faults; asked first. */
  readonly decide?: Decide;
  /** What else happens in the run, told before its clock moves. */
  readonly script?: (stage: Stage) => void;
  /** The policy that the first host starts with, in place of the plan's own. */
  readonly firstPolicy?: string;
  /** Waits for rest no longer than until nothing is left to be done. */
  readonly restsEarly?: boolean;
};

/** Plays a plan from its first moment to its last and judges it. */
export async function playPlan(plan: Plan, options: RunOptions = {}): Promise<Outcome> {
  const clock = installClock(plan.startMs);
  const run = new Run(plan, clock, options);
  try {
    return await run.play();
  } finally {
    await run.close();
    clock.uninstall();
  }
}

class Run {
  private readonly trace;
  private readonly boundaries: Boundaries;
  private readonly afflictions: Affliction[] = [];
  private readonly strikes: Strikes;
  private readonly delivered: Stage['delivered'] = [];
  private readonly watch: EstateWatch;
  private readonly activities = watchActivities();
  private readonly written = watchWrites();
  private readonly sleepers: SleeperWatch;
  private readonly rows;
  private readonly lives: Lives;
  private readonly timing: Timing;
  private readonly skew: Skew;
  private readonly backFromStarts: () => void;
  private readonly policyText: string;
  private simulation: Simulation | undefined;
  private night: Night | undefined;
  private world: World | undefined;
  private readonly poisoned = new Set<string>();
  private calm = false;
  private problem: Error | undefined;

  constructor(
    private readonly plan: Plan,
    private readonly clock: SimulatedClock,
    private readonly options: RunOptions,
  ) {
    this.trace = createTrace(plan.startMs, options.trace === true);
    this.policyText = policyOfPlan(plan);
    this.skew = skewOf();
    this.lives = new Lives({
      clock,
      simulation: () => this.simulation,
      died: () => this.died(),
      told: (what) => this.trace.add(clock.now(), what),
      sweeperTold: (line) => this.watch.onSweeperLine(line, clock.now()),
    });
    this.timing = timingOf(plan);
    this.strikes = createStrikes(plan.startMs, () => clock.now());
    this.boundaries = createBoundaries({
      decide: (crossing) => {
        for (const one of [this.activities, this.written]) one.begins(crossing);
        return (
          options.decide?.(crossing) ?? (this.calm ? undefined : this.strikes.decide(crossing))
        );
      },
      die: (who, downMs) => this.lives.die(who, downMs),
      spins: (crossing) => (this.problem ??= spinningAt(crossing)),
      took: ({ fault, id = -1 }, crossing) => {
        if (crossing.kind === 'activity') this.activities.isHeld(crossing);
        this.took({ kind: fault, id });
      },
      told: (crossing, what) => {
        const { n, kind, name, subject } = crossing;
        this.activities.ends(crossing);
        this.trace.add(Date.now(), `${n} ${kind} ${name} ${subject} ${what}`);
      },
    });
    this.backFromStarts = crossStarts(this.boundaries);
    this.watch = watchEstate();
    this.rows = watchRows(clock, () => this.need().ledger());
    this.sleepers = watchSleepers({
      clock,
      afflictions: this.afflictions,
      outages: this.lives.outages,
      host: () => (this.simulation?.isRunning() ? this.simulation.host() : undefined),
    });
  }

  async play(): Promise<Outcome> {
    const { plan, clock } = this;
    const began = this.begin();
    await clock.runUntil(plan.startMs, () => this.simulation !== undefined);
    await began;
    const stage = this.stage();
    const told = (what: string): void => this.trace.add(Date.now(), what);
    installVisits(stage, told);
    installOthers(stage, told);
    installErrands(stage, told);
    this.beginNight(told);
    if (plan.firstPolicy !== null) {
      stage.at(plan.firstPolicy.untilMs, () =>
        this.lives.restart(5_000, { policy: this.policyText }),
      );
    }
    for (const fault of plan.faults) kindOf(fault).install(stage, fault);
    this.options.script?.(stage);
    clock.atRest(() => this.checkRest());
    const end = plan.startMs + plan.calmAtMs;
    this.rows.begin(end);
    await clock.runUntil(end);
    if (plan.mode === 'liveness') await this.rest();
    return this.outcome();
  }

  async close(): Promise<void> {
    this.backFromStarts();
    this.lives.close();
    this.night?.close();
    await this.simulation?.close();
  }

  private async begin(): Promise<void> {
    const { plan } = this;
    const seams = seamsOf(this.boundaries, this.watch);
    const dice = diceOf(plan.seed).fork('azure');
    const estate = estateOfPlan(plan);
    const beside = forNight(plan.night);
    const owners = plan.errands.length > 0 ? [ownerAssignment(subscriptionId)] : [];
    let ids = 0;
    const simulation = simulate({
      estate,
      seed: dice.int(1, 2_000_000_000),
      policy: this.options.firstPolicy ?? firstPolicyOf(plan),
      settings: deployedTimers,
      chains: this.written.chains,
      people: newcomers,
      ...beside.roles,
      otherRoles: [sameName, ...beside.otherRoles],
      callers: ownCallers,
      standing: [...owners, ...beside.standing],
      ...(this.lives.stores[0] ? { store: this.lives.stores[0] } : {}),
      door: plan.door,
      schema: plan.schema,
      profile: this.timing,
      uuid: () => `00000000-0000-4000-8000-${String((ids += 1)).padStart(12, '0')}`,
      resourceManager: {
        latency: {
          read: plan.latency.read,
          write: plan.latency.write,
          rulePut: plan.latency.put,
          ruleDelete: plan.latency.remove,
          ...beside.latency,
        },
        resourceGraphLagMs: plan.graphLagMs,
        whenBusy: plan.whenBusy,
        conflicts: plan.conflicts,
        ...beside.limits,
      },
      onWrite: (record) => this.watch.onWrite(record),
      onLine: (line) => this.onLine(line),
      onPoisoned: (text) => this.poisoned.add(text),
      trace: (entry) => {
        if (entry.kind !== 'timer') return;
        const { name, instanceId: subject } = entry;
        this.boundaries.pass({ kind: 'timer', name, subject, input: entry });
      },
      wrapWorld: (world) => {
        this.world = skewedWorld(crossingWaits(world, this.boundaries), this.skew);
        return this.world;
      },
      seams: {
        ...seams,
        functions: (functions) => {
          looksInTrueTime(functions, this.skew);
          seams.functions?.(functions);
        },
        ...heardAt(seams, {
          delivered: (body) => this.delivered.push(body),
          taken: (body) => this.taken(body),
          isPoisoned: (text) => this.poisoned.has(text),
        }),
      },
      onAzure: (azure) => this.watch.begin(azure, this.clock),
    });
    this.simulation = await simulation;
  }

  private beginNight(told: (what: string) => void): void {
    const { plan, clock, simulation } = this;
    if (plan.night === null || simulation === undefined) return;
    this.night = new Night({
      plan,
      night: plan.night,
      clock,
      azure: simulation.azure,
      isCalm: () => this.calm,
      took: ({ fault, id = -1 }) => this.took({ kind: fault, id }),
      spins: (crossing) => (this.problem ??= spinningAt(crossing)),
      told,
    });
    this.night.begin();
  }

  private need(): Simulation {
    if (this.simulation === undefined) throw new Error('The simulation has not begun.');
    return this.simulation;
  }

  private stage(): Stage {
    const { plan, clock, boundaries, timing, skew, policyText, delivered } = this;
    const need = this.need.bind(this);
    return {
      plan,
      clock,
      boundaries,
      people: everybody,
      timing,
      skew,
      policyText,
      delivered,
      simulation: need,
      dice: ({ kind, id }) => diceOf(plan.seed).fork(`${kind} ${id}`),
      took: (...took) => this.took(...took),
      at: (atMs, action) =>
        clock.at(plan.startMs + atMs, () => {
          if (!this.calm) action();
        }),
      isCalm: () => this.calm,
      strike: (...strike) => this.strikes.add(...strike),
      night: () => {
        if (this.night === undefined) throw new Error('There is no night in this run.');
        return this.night;
      },
      restart: (...restart) => this.lives.restart(...restart),
      die: () => this.lives.end(),
      withSweeper: (blindUntilMs) => void this.lives.startSweeper(blindUntilMs),
      killWorker: () => this.lives.killWorker(),
      ask: (windowId, untilMs, how) => {
        const { world } = this;
        if (world === undefined) return;
        if (untilMs === null) this.watch.onAskedToClose(windowId);
        const accepted = (): void =>
          this.watch.onAccepted({ atMs: clock.now(), windowId, untilMs });
        void ask(
          { boundaries, world, simulation: need() },
          { windowId, untilMs, ...how },
          accepted,
        );
      },
      wire: wireOf({ boundaries, simulation: need, watch: this.watch }),
      tookMalformed: () => this.watch.onMalformed(),
      newLedger: createLedgerMemory,
    };
  }

  private took({ kind, id }: Pick<FaultPlan, 'kind' | 'id'>, forMs = 0, nsgId = ''): void {
    const atMs = this.clock.now();
    const group = faultTable.find(({ name }) => name === kind)?.group ?? 'process';
    const place = nsgId === '' ? {} : { nsgId };
    this.afflictions.push({ kind, id, group, atMs, untilMs: atMs + forMs, ...place });
    this.trace.add(atMs, `fault ${kind}`);
  }

  private died(): void {
    this.boundaries.died();
    this.activities.died();
  }

  /** After each step: whoever runs waits on something that the scheduler owns. */
  private checkRest(): void {
    if (this.problem !== undefined) throw this.problem;
    const { functions, waits } = this.boundaries.open();
    if (functions > 0 && waits === 0) {
      throw new Error(`${functions} functions run and wait for nothing that the scheduler owns.`);
    }
    const outside = outsideWaits();
    if (outside.length > 0) throw new Error(`Something waits outside: ${outside.join(', ')}.`);
  }

  private taken(body: string): void {
    this.watch.onTaken(body, this.clock.now());
  }

  private onLine(line: LogLine): void {
    this.trace.add(this.clock.now(), `log ${line.event}`);
    this.watch.onLine(line, this.clock.now());
    this.sleepers.onLine(line);
  }

  private async rest(): Promise<void> {
    this.calm = true;
    const { clock, skew, watch, night, afflictions, options } = this;
    const simulation = this.need();
    await comeToRest({ clock, simulation, skew, watch, night, afflictions, options });
  }

  private outcome(): Outcome {
    const { plan } = this;
    const circumstances = {
      plan,
      activations: this.need().azure.pim.truth(),
      afflictions: this.afflictions,
      outages: this.lives.outages,
      deployments: this.lives.deployments,
      endMs: this.clock.now(),
      staleMs: this.afflictions.some(({ group }) => group === 'pim') ? 25_000 : 0,
    };
    const history = this.watch.history();
    const judged = judgeRun(history, circumstances);
    const instances = this.lives.stores.flatMap((store) => store.load());
    const judgement = {
      ...judged,
      violations: [
        ...judged.violations,
        ...this.activities.faults(circumstances.endMs),
        ...this.written.faults(history, circumstances),
        ...this.sleepers.faults(),
        ...this.rows.faults(history, circumstances),
        ...sleeperFaults(instances, circumstances),
        ...(this.night === undefined ? [] : this.night.faults(circumstances)),
      ],
    };
    return {
      plan,
      hash: this.trace.hash(),
      lines: this.trace.lines(),
      judgement,
      afflictions: this.afflictions,
      sometimes: sometimesOf(this.need().logs),
      crossings: Object.fromEntries(this.boundaries.counts()),
      windows: judgement.windows,
      nights: this.night?.figures() ?? {},
    };
  }
}
