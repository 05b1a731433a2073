import { never } from './never';

/** One process: what it began has no effect any more, and no answer, once it has died. */
export type Life = { isOver: boolean };

/** A call that is never sent by the dead, and whose answer never reaches them. */
function mortalCall<Args extends unknown[], Result>(
  life: Life,
  call: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    if (life.isOver) return never();
    try {
      const result = await call(...args);
      return life.isOver ? await never() : result;
    } catch (error) {
      return life.isOver ? never() : Promise.reject(error);
    }
  };
}

/** The same for every function of an object of functions, and of objects in it. */
export function mortal<Holder extends object>(life: Life, holder: Holder): Holder {
  const entries = Object.entries(holder).map(([name, value]: [string, unknown]) => {
    if (typeof value === 'function') {
      const call = value.bind(holder) as (...args: unknown[]) => Promise<unknown>;
      return [name, mortalCall(life, call)];
    }
    const isHolder = typeof value === 'object' && value !== null;
    return [name, isHolder ? mortal(life, value) : value];
  });
  return Object.fromEntries(entries) as Holder;
}
