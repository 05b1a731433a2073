import { app } from '@azure/functions';
import { createRemediatorWorld } from '../../shared/azure/remediatorWorld';
import { readRemediatorConfig } from '../../shared/config/remediator';
import { createLog } from '../../shared/log';
import { registerIdle, registerRemediator } from './index';

// The bundle lies beside host.json and the rules: its own folder is the app's.
const settings = readRemediatorConfig(process.env, __dirname);

if ('config' in settings) {
  const log = createLog((line, level) =>
    level === 'info' ? console.log(line) : console.warn(line),
  );
  registerRemediator(app, createRemediatorWorld(settings.config, { log }));
} else {
  registerIdle(app, 'faults' in settings ? settings.faults : []);
}
