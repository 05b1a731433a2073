import type { Caller, CallerRefusal } from '../domain/caller/caller';

/** What a door knows of a request before it knows who sent it: headers by lower-case name. */
export type Headers = { get(name: string): string | null };

/** Who calls. Every check is made here, at each call. Throws `Fault` where keys cannot be had. */
export type Callers = {
  identify(headers: Headers): Promise<Caller | CallerRefusal>;
};
