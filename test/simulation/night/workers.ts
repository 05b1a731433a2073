import type { HttpClient } from '@azure/core-rest-pipeline';
import type { LocalAzure } from '../../../local/localAzure';
import { fingerprintOf } from '../../../shared/domain/remediation/fingerprintOf';
import type { RemediationRules } from '../../../shared/domain/remediation/remediationRules';
import type { NightLedger } from '../../../shared/ports/nightLedger';
import type { RemediatorWorld } from '../../../shared/ports/remediatorWorld';
import { type NightApp, startNightApp } from '../../support/nightApp';
import type { LogLine } from '../../support/simulatedAzure';
import { createBoundaries, type Boundaries, type BoundaryParts } from '../boundaries';
import { crossRequests, crossTables } from '../seams';
import type { NightWatch } from './watch';

type Parts = {
  readonly azure: LocalAzure;
  readonly ledger: NightLedger;
  readonly rules: Partial<RemediationRules>;
  readonly watch: NightWatch;
  readonly decide: BoundaryParts['decide'];
  readonly took: BoundaryParts['took'];
  readonly spins: BoundaryParts['spins'];
  readonly told: (what: string) => void;
  readonly onLine: (line: LogLine) => void;
};

/**
 * One process of the remediator app: it dies at its boundaries and between them, freezes and thaws,
 * and has a clock of its own.
 */
export class NightWorker {
  private readonly app: NightApp;
  private readonly boundaries: Boundaries;
  private thawAtMs = 0;
  private offsetMs = 0;
  private lives = 0;
  private isDown = false;

  constructor(
    readonly name: string,
    private readonly parts: Parts,
  ) {
    const { azure, rules, ledger } = parts;
    this.boundaries = createBoundaries({
      decide: parts.decide,
      took: parts.took,
      spins: parts.spins,
      die: (_who, downMs) => this.restart(downMs),
      told: ({ kind, name: crossed, subject }, what) =>
        parts.told(`${name} ${kind} ${crossed} ${subject} ${what}`),
    });
    this.app = startNightApp(azure, {
      rules,
      ledger: this.crossed(ledger),
      wrapClient: (client) => this.client(client),
      wrapWorld: (world) => this.world(world),
      onLine: (line) => {
        parts.told(`${name} log ${line.event ?? ''}`);
        parts.onLine(line);
      },
    });
  }

  get isRunning(): boolean {
    return !this.isDown;
  }

  /** Dies now, and comes back after a while; `Infinity`: never. */
  restart(downMs: number): void {
    if (this.isDown) return;
    this.isDown = true;
    this.app.kill();
    this.boundaries.died();
    this.parts.told(`${this.name} down for ${downMs} ms`);
    if (downMs === Infinity) return;
    setTimeout(() => {
      this.isDown = false;
      this.parts.told(`${this.name} up`);
      this.app.start();
    }, downMs);
  }

  /** Nothing that it asked for is answered until then: it stands still in the middle of whatever. */
  freeze(forMs: number): void {
    this.thawAtMs = Math.max(this.thawAtMs, Date.now() + forMs);
  }

  /** Its clock is wrong by so much from now on. */
  setClock(offsetMs: number): void {
    this.offsetMs = offsetMs;
  }

  get clockOffsetMs(): number {
    return this.offsetMs;
  }

  /** Its timer of the night fires. */
  startNight(): Promise<string> {
    return this.app.startNight();
  }

  /** The same by a clock that is a day ahead, as the next night's is. */
  async startNextNight(): Promise<string> {
    const before = this.offsetMs;
    this.offsetMs = before + dayMs;
    const started = this.app.startNight();
    // It reads the clock before it waits for anything.
    this.offsetMs = before;
    return started;
  }

  ask(message: unknown): Promise<string> {
    return this.app.ask(message);
  }

  /** What the app takes a VM for now. */
  async fingerprint(vmId: string): Promise<string> {
    const reading = await this.app.world().machines.readMachine(vmId);
    return reading === null ? '' : fingerprintOf(reading.candidate);
  }

  close(): void {
    this.isDown = true;
    this.app.kill();
  }

  private client(client: HttpClient): HttpClient {
    const crossing = crossRequests(client, this.boundaries);
    const life = `${this.name} ${this.lives}`;
    return {
      sendRequest: async (request) => {
        const answered = this.parts.watch.onRequest(request, life);
        const response = await this.held(crossing.sendRequest(request));
        answered(response.status);
        return response;
      },
    };
  }

  /** Rows are seen where they are stored, behind whatever strikes the way there. */
  private crossed(ledger: NightLedger): NightLedger {
    const { watch } = this.parts;
    const seen = eachCall(ledger, async (table, call, args, effect) => {
      const result = await effect();
      watch.onStored(table, call, args, result);
      return result;
    });
    return eachCall(crossTables(seen, this.boundaries), (_table, _call, _args, effect) =>
      this.held(effect()),
    );
  }

  private world(world: RemediatorWorld): RemediatorWorld {
    const { clock } = world;
    this.lives += 1;
    return {
      ...world,
      holder: `${this.name}-${this.lives}`,
      clock: {
        ...clock,
        now: () => clock.now() + this.offsetMs,
        wait: (ms) => this.held(clock.wait(ms)),
      },
    };
  }

  private async held<Result>(answer: Promise<Result>): Promise<Result> {
    try {
      return await answer;
    } finally {
      while (Date.now() < this.thawAtMs) await sleep(this.thawAtMs - Date.now());
    }
  }
}

const dayMs = 24 * 3_600_000;

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

type Call = (...args: unknown[]) => Promise<unknown>;
type Around = (
  table: string,
  call: string,
  args: readonly unknown[],
  effect: () => Promise<unknown>,
) => Promise<unknown>;

/** The same tables, with something around each of their calls. */
function eachCall(ledger: NightLedger, around: Around): NightLedger {
  const tables = Object.entries(ledger).map(([table, calls]) => {
    const wrapped = Object.entries(calls as Record<string, Call>).map(([name, call]) => [
      name,
      (...args: unknown[]) => around(table, name, args, () => call(...args)),
    ]);
    return [table, Object.fromEntries(wrapped)];
  });
  return Object.fromEntries(tables) as NightLedger;
}
