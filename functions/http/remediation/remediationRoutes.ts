import type { Route } from '../route';
import { cancelRemediation } from './cancelRemediation';
import { listQuarantine, releaseVm } from './quarantine';
import { getRemediation, listRemediations } from './readRemediations';
import { readinessCsv } from './readinessCsv';
import { readReadiness } from './readReadiness';
import { readReport } from './readReport';
import { requestRemediation } from './requestRemediation';

/** The doors of the remediation: what is asked of it, and what came of it. */
export const remediationRoutes: readonly Route[] = [
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
  {
    name: 'listQuarantine',
    method: 'GET',
    path: 'quarantine',
    kind: 'read',
    starts: false,
    make: listQuarantine,
  },
  {
    name: 'releaseVm',
    method: 'POST',
    path: 'quarantine/{id}/release',
    kind: 'ask',
    starts: false,
    make: releaseVm,
  },
  {
    name: 'readReadiness',
    method: 'GET',
    path: 'readiness',
    kind: 'read',
    starts: false,
    make: readReadiness,
  },
  {
    name: 'readinessCsv',
    method: 'GET',
    path: 'readiness.csv',
    kind: 'read',
    starts: false,
    make: readinessCsv,
  },
];
