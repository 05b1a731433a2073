/** What a queue of storage may be called (learn.microsoft.com "Naming queues and metadata"). */
export const queueNameForm =
  'the name of a storage queue: 3 to 63 lower-case letters, digits and single dashes';

/** The name, `null` where it can be none. */
export function queueName(text: string): string | null {
  return /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text) ? text : null;
}
