/**
 * A promise of something that nobody is left to receive. Each asks for one of its own: whatever
 * waits for a promise is kept as long as the promise is.
 */
export function never(): Promise<never> {
  return new Promise(() => {});
}
