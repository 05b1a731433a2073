import { join } from 'node:path';
import { feedWorkers } from '../../simulation/feed';
import { root } from '../functionsCore';
import { type CloseFigures, measureCloses } from './closes';
import { type ContenderNight, contenders, playContender } from './contenders';
import { measureNightMemory, type NightMemory } from './memory';
import { type NightLayout, nightLayouts } from './nightLayouts';
import { type OurNight, playOurs } from './ours';

/** What is played, and how large. */
export type NightPlan = {
  readonly vms?: number;
  readonly seed: number;
  /** A part of the names of layouts. */
  readonly only: string;
  readonly workers: number;
  readonly closes: boolean;
  readonly memory: boolean;
};

/** One thing that a worker plays by itself. */
export type NightTask = { readonly seed: number } & (
  | { readonly kind: 'ours'; readonly layout: NightLayout }
  | { readonly kind: 'contender'; readonly layout: NightLayout; readonly at: number }
  | { readonly kind: 'closes'; readonly vms: number }
  | { readonly kind: 'memory'; readonly layout: NightLayout }
);

export type NightResult =
  | { readonly kind: 'ours'; readonly layout: string; readonly ours: OurNight }
  | { readonly kind: 'contender'; readonly layout: string; readonly contender: ContenderNight }
  | { readonly kind: 'closes'; readonly closes: CloseFigures }
  | { readonly kind: 'memory'; readonly memory: NightMemory };

/** The argument that makes a process of the program a worker. */
export const nightWorker = '--night-worker';

/** What a worker process does. */
export function serveAsNightWorker(): void {
  process.on('message', (task: NightTask) => {
    void playTask(task).then((result) => process.send?.(result));
  });
}

/** Where the app lies, bundled alone. */
const appAlone = join(root, '.build', 'bench', 'nightApp.js');

async function playTask(task: NightTask): Promise<NightResult> {
  const { seed } = task;
  switch (task.kind) {
    case 'ours': {
      const ours = await playOurs(task.layout, seed);
      return { kind: 'ours', layout: task.layout.name, ours };
    }
    case 'contender': {
      const one = contenders[task.at];
      if (one === undefined) throw new Error(`There is no contender ${task.at}.`);
      const contender = await playContender(one, task.layout, seed);
      return { kind: 'contender', layout: task.layout.name, contender };
    }
    case 'closes':
      return { kind: 'closes', closes: await measureCloses(task.vms, seed) };
    case 'memory':
      return { kind: 'memory', memory: await measureNightMemory(appAlone, task.layout, seed) };
  }
}

/** Everything of a plan, the longest first. */
export function nightTasks({ vms, seed, only, closes, memory }: NightPlan): NightTask[] {
  const layouts = nightLayouts(vms).filter(({ name }) => name.includes(only));
  const most = vms ?? 50_000;
  const few = Math.ceil(most / 5);
  const sized = (count: number, subscriptions: number): NightTask => ({
    kind: 'memory',
    seed,
    layout: { name: 'memory', vms: count, subscriptions, writesEach: 1 },
  });
  return [
    ...(memory ? [sized(most, 20), sized(few, 20), sized(few, 1)] : []),
    ...layouts
      .toSorted((one, other) => other.vms - one.vms)
      .map((layout): NightTask => ({ kind: 'ours', seed, layout })),
    ...(closes ? [{ kind: 'closes', seed, vms: vms ?? 10_000 } as const] : []),
    ...layouts.flatMap((layout) =>
      contenders.map((_one, at): NightTask => ({ kind: 'contender', seed, layout, at })),
    ),
  ];
}

/** What a task is called while it is played. */
export function nameOfTask(task: NightTask): string {
  switch (task.kind) {
    case 'ours':
      return `${task.layout.vms} VMs, ${task.layout.name}: ours`;
    case 'contender':
      return `${task.layout.vms} VMs, ${task.layout.name}: ${contenders[task.at]?.name}`;
    case 'closes':
      return `closes beside a night of ${task.vms} VMs`;
    case 'memory':
      return `memory: ${task.layout.vms} VMs over ${task.layout.subscriptions}`;
  }
}

/** Plays a plan on so many processes of this very program; answers results as they came. */
export async function playNights(
  program: string,
  plan: NightPlan,
  onBegin: (name: string) => void,
): Promise<NightResult[]> {
  const left = nightTasks(plan);
  const results: NightResult[] = [];
  const kind = { program, argument: nightWorker, count: Math.min(plan.workers, left.length) };
  const take = (): NightTask | undefined => {
    const task = left.shift();
    if (task !== undefined) onBegin(nameOfTask(task));
    return task;
  };
  await feedWorkers(kind, take, (result: NightResult) => {
    results.push(result);
  });
  return results;
}
