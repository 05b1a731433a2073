import { app } from '@azure/functions';
import * as df from 'durable-functions';
import { createAzureWorld } from '../shared/azure/world';
import { readConfig } from '../shared/config';
import { createLog } from '../shared/log';
import { registerFaulty, registerNotReady } from './faulty';
import { register } from './index';

const host = { ...app, ...df.app };
// The bundle lies beside host.json and the policy: its own folder is the app's.
const { closing, opening, api, notices, remediation } = readConfig(process.env, __dirname);

if ('faults' in closing) {
  registerFaulty(host, [...closing.faults, ...('faults' in opening ? opening.faults : [])]);
  registerNotReady(host);
} else {
  const log = createLog((line, level) =>
    level === 'info' ? console.log(line) : console.warn(line),
  );
  register(host, createAzureWorld({ closing, opening, api, notices, remediation }, { log }));
}
