import { approveWindow } from './approveWindow';
import { closeAllWindows } from './closeAllWindows';
import { closeWindow } from './closeWindow';
import { connectRdp, connectWindow } from './connectWindow';
import { denyWindow } from './denyWindow';
import { extendWindow } from './extendWindow';
import { getWindow } from './getWindow';
import { listWindows } from './listWindows';
import { readAudit } from './readAudit';
import { requestWindow } from './requestWindow';
import { remediationRoutes } from './remediation/remediationRoutes';
import { readReview, reviewWindow } from './reviewWindow';
import type { Route } from './route';
import { verifyAudit } from './verifyAudit';

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
  ...remediationRoutes,
];
