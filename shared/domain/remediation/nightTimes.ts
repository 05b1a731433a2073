/**
 * How long things take in the night, in milliseconds. Installs have no published duration; what is
 * published stands with its source.
 */
export const nightTimes = {
  /** A write leaves within this time of the save that announced it, or not at all. */
  sendWithin: 20_000,
  /** Requests are given up after 15 s; after this nothing that was announced can still arrive. */
  lost: 60_000,
  /** A look at a VM is good for a write for this long. */
  lookGood: 60_000,
  /** From the PATCH of an identity to the PUT of the extension that asks for its token. */
  identitySettles: 30_000,
  /** The index is asked for installs that have been under way for this long. */
  watchFrom: 45_000,
  watchEvery: 60_000,
  /** Where the index says nothing of an install, the VM itself is asked. */
  unheard: 15 * 60_000,
  /** The index said that it is over, and the VM that it is not: the index knows an older one. */
  lookAgain: 3 * 60_000,
  /**
   * The platform gives an extension up after 90 minutes
   * (learn.microsoft.com, "Azure virtual machine extensions and features").
   */
  givenUp: 95 * 60_000,
  /** Where the index cannot be asked for this long, what was found by then is all. */
  findWithin: 2 * 3_600_000,
  /** Somebody else's operation on a VM, and what passes by itself. */
  busy: 90_000,
  retry: 5 * 60_000,
  /** A VM that somebody else changed between the look and the write. */
  changed: 2_000,
} as const;

/** Looks in a row that come to nothing before a VM is left for another night. */
export const attemptsMax = 8;

/** Writes of one kind to one VM in one night, whatever the causes. */
export const writesMax = 3;
