import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';

/**
 * Gives a worker process one task after the other, and tells what it answers to each. What type
 * the answer has, the two ends agree upon.
 */
function feed(
  child: ChildProcess,
  take: () => object | undefined,
  onResult: (result: never) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = (): void => {
      const task = take();
      if (task === undefined) resolve();
      else child.send(task);
    };
    child.on('message', (result) => {
      onResult(result as never);
      give();
    });
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`A worker ended with ${code}.`)));
    give();
  });
}

/** Where workers come from: a program of ours, and the argument that makes it one of them. */
export type WorkerKind = {
  readonly program: string;
  readonly argument: string;
  readonly count: number;
  readonly runtime?: ForkOptions;
};

/**
 * What runs leave behind is garbage by their end: where young objects have room, few of them are
 * ever copied. And code that rests for some plays is needed again: it is not thrown away. Together
 * a fifth of the time that plays take. Under Node 24 another fifth goes by compiling the largest
 * functions again and again; it makes no difference under Node 20.
 */
const runsOften = [
  '--min-semi-space-size=64',
  '--max-semi-space-size=128',
  '--single-threaded-gc',
  '--no-flush-bytecode',
  '--max-optimized-bytecode-size=5000',
];

/** Has the tasks that `take` gives carried out by so many processes, which end with the last. */
export async function feedWorkers(
  { program, argument, count, runtime = {} }: WorkerKind,
  take: () => object | undefined,
  onResult: (result: never) => void,
): Promise<void> {
  const execArgv = [...process.execArgv, ...runsOften];
  const children = Array.from({ length: count }, () =>
    fork(program, [argument], { execArgv, ...runtime }),
  );
  try {
    await Promise.all(children.map((child) => feed(child, take, onResult)));
  } finally {
    for (const child of children) child.kill();
  }
}
