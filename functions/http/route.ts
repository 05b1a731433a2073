import type { HttpMethod, InvocationContext } from '@azure/functions';
import type { Starter } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import type { CallerHandler } from './asCaller';
import type { CallKind } from './callLimits';

/** What a route's handler is made of. */
export type MakeHandler = (
  world: World,
  starterOf: (context: InvocationContext) => Starter,
) => CallerHandler;

/** One door of the API under `/api`, for people whom App Service and we have checked. */
export type Route = {
  /** The function's name, and the operation's in OpenAPI. */
  readonly name: string;
  readonly method: HttpMethod;
  readonly path: string;
  readonly kind: CallKind;
  /** Has the durable client: something is started. */
  readonly starts: boolean;
  readonly make: MakeHandler;
};
