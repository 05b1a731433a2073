import type { HttpMethod, InvocationContext } from '@azure/functions';
import type { Starter } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import { approveWindow } from './approveWindow';
import type { CallerHandler } from './asCaller';
import type { CallKind } from './callLimits';
import { closeAllWindows } from './closeAllWindows';
import { closeWindow } from './closeWindow';
import { connectRdp, connectWindow } from './connectWindow';
import { denyWindow } from './denyWindow';
import { extendWindow } from './extendWindow';
import { getWindow } from './getWindow';
import { listWindows } from './listWindows';
import { readAudit } from './readAudit';
import { requestWindow } from './requestWindow';
import { cancelRemediation } from './remediation/cancelRemediation';
import { getRemediation, listRemediations } from './remediation/readRemediations';
import { readReport } from './remediation/readReport';
import { requestRemediation } from './remediation/requestRemediation';
import { readReview, reviewWindow } from './reviewWindow';
import { verifyAudit } from './verifyAudit';

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

/** Every door of the API. If it is not in this table, it does not exist. */
export const routes: readonly Route[] = [
  {
    name: 'listWindows',
    method: 'GET',
    path: 'windows',
    kind: 'read',
    starts: false,
    make: listWindows,
  },
  {
    name: 'requestWindow',
    method: 'POST',
    path: 'windows',
    kind: 'ask',
    starts: true,
    make: requestWindow,
  },
  {
    name: 'getWindow',
    method: 'GET',
    path: 'windows/{id}',
    kind: 'read',
    starts: false,
    make: getWindow,
  },
  {
    name: 'connectWindow',
    method: 'GET',
    path: 'windows/{id}/connect',
    kind: 'read',
    starts: false,
    make: connectWindow,
  },
  {
    name: 'connectRdp',
    method: 'GET',
    path: 'windows/{id}/connect.rdp',
    kind: 'read',
    starts: false,
    make: connectRdp,
  },
  {
    name: 'extendWindow',
    method: 'POST',
    path: 'windows/{id}/extend',
    kind: 'ask',
    starts: true,
    make: extendWindow,
  },
  {
    name: 'closeWindow',
    method: 'POST',
    path: 'windows/{id}/close',
    kind: 'close',
    starts: true,
    make: closeWindow,
  },
  {
    name: 'approveWindow',
    method: 'POST',
    path: 'windows/{id}/approve',
    kind: 'ask',
    starts: true,
    make: approveWindow,
  },
  {
    name: 'denyWindow',
    method: 'POST',
    path: 'windows/{id}/deny',
    kind: 'close',
    starts: false,
    make: denyWindow,
  },
  {
    name: 'readReview',
    method: 'GET',
    path: 'windows/{id}/review',
    kind: 'read',
    starts: false,
    make: readReview,
  },
  {
    name: 'reviewWindow',
    method: 'POST',
    path: 'windows/{id}/review',
    kind: 'close',
    starts: false,
    make: reviewWindow,
  },
  {
    name: 'readAudit',
    method: 'GET',
    path: 'audit',
    kind: 'read',
    starts: false,
    make: readAudit,
  },
  {
    name: 'verifyAudit',
    method: 'GET',
    path: 'audit/verify',
    kind: 'read',
    starts: false,
    make: verifyAudit,
  },
  {
    name: 'closeAllWindows',
    method: 'POST',
    path: 'windows/close-all',
    kind: 'close',
    starts: true,
    make: closeAllWindows,
  },
  {
    name: 'requestRemediation',
    method: 'POST',
    path: 'remediations',
    kind: 'ask',
    starts: false,
    make: requestRemediation,
  },
  {
    name: 'listRemediations',
    method: 'GET',
    path: 'remediations',
    kind: 'read',
    starts: false,
    make: listRemediations,
  },
  {
    name: 'getRemediation',
    method: 'GET',
    path: 'remediations/{id}',
    kind: 'read',
    starts: false,
    make: getRemediation,
  },
  {
    name: 'readReport',
    method: 'GET',
    path: 'remediations/{id}/report',
    kind: 'read',
    starts: false,
    make: readReport,
  },
  {
    name: 'cancelRemediation',
    method: 'POST',
    path: 'remediations/{id}/cancel',
    kind: 'close',
    starts: false,
    make: cancelRemediation,
  },
];
