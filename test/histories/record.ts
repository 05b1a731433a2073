/** Records histories of today's orchestrators. README.md says when. */
import { root } from '../bench/functionsCore';
import { writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Decide } from '../simulation/boundaries';
import { playPlan } from '../simulation/run';
import { workloadNamed } from '../simulation/crash/workers';
import { recordingOf, type Answer, type Payload, type Turn } from './history';

/** A workload of the crash points, and which steps of an orchestration fail in it. */
type Story = {
  readonly name: string;
  readonly workload: string;
  readonly fails: (activity: string, nth: number) => boolean;
};

const stories: readonly Story[] = [
  { name: 'expires', workload: 'expires', fails: () => false },
  { name: 'given-back', workload: 'given-back', fails: () => false },
  { name: 'extended', workload: 'extended', fails: () => false },
  { name: 'asked-to-close', workload: 'asked-to-close', fails: () => false },
  { name: 'no-address', workload: 'no-address', fails: () => false },
  { name: 'failed-steps', workload: 'two-nsgs', fails: (_activity, nth) => nth === 2 },
  {
    name: 'fifty-turns',
    workload: 'expires',
    fails: (activity, nth) => activity === 'advanceWindow' && nth <= 55,
  },
];

async function record({ name, workload, fails }: Story): Promise<void> {
  const { plan, options } = workloadNamed(workload);
  const episodes = new Map<string, { orchestrator: string; turns: Turn[] }>();
  const calls = new Map<string, number>();
  const decide: Decide = (crossing) => {
    const { kind, name: called, subject, input } = crossing;
    if (kind === 'activity') {
      const nth = (calls.get(called) ?? 0) + 1;
      calls.set(called, nth);
      if (!fails(called, nth)) return undefined;
      const error = (): Error => new Error('The step failed.');
      return { fault: 'recorded', at: 'before', deed: { do: 'fail', error } };
    }
    if (kind !== 'episode') return undefined;
    const keep = (answered: unknown): unknown => {
      const known = episodes.get(subject) ?? { orchestrator: called, turns: [] };
      episodes.set(subject, known);
      known.turns.push({ payload: plain(input) as Payload, answer: plain(answered) as Answer });
      return answered;
    };
    return { fault: 'recorded', at: 'unacknowledged', deed: { do: 'answer', answer: keep } };
  };
  await playPlan({ ...plan, calmAtMs: plan.calmAtMs + 900_000 }, { ...options, decide });
  let number = 0;
  for (const { orchestrator, turns } of episodes.values()) {
    number += 1;
    const file = join(root, 'test', 'histories', `${name}-${number}.json`);
    if (existsSync(file)) continue;
    const recorded = recordingOf(name, orchestrator, turns);
    writeFileSync(file, `${JSON.stringify(recorded)}\n`);
    process.stdout.write(`${file}: ${turns.length} episodes\n`);
  }
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

async function recordAll(): Promise<void> {
  for (const story of stories) await record(story);
}

recordAll().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
