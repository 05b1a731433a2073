import type { ChildProcess } from 'node:child_process';

/**
 * Gives a worker process one task after the other, and tells what it answers to each. What type
 * the answer has, the two ends agree upon.
 */
export function feed(
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
