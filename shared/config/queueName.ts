/** The name of a storage queue (learn.microsoft.com, "Naming Queues and Metadata"); `null`: it is none. */
export function parseQueue(text: string): string | null {
  return /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text) ? text : null;
}
