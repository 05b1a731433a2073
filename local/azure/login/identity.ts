import type { Caller } from '../contract';
import type { PersonDetails } from './claims';

/** Somebody who can sign in: an app's managed identity, a service principal, a person. */
export type Identity = {
  caller: Caller;
  /** Application id; people have none. */
  clientId?: string;
  /** Client secret or password; without one there is no signing in by name. */
  secret?: string;
  /** True: gets its tokens from an identity endpoint of its own. */
  managed?: boolean;
  /** People: what tokens for APIs tell of them besides the name they sign in with. */
  person?: PersonDetails;
};
