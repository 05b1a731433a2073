import { app } from '@azure/functions';
import { createSweeperWorld } from '../../shared/azure/sweeperWorld';
import { readSweeperConfig } from '../../shared/config/sweeper';
import { createLog } from '../../shared/log';
import { registerFaulty } from '../faulty';
import { registerSweeper } from './index';

// The bundle lies beside host.json: its own folder is the app's.
const config = readSweeperConfig(process.env, __dirname);

if ('faults' in config) {
  registerFaulty(app, config.faults);
} else {
  const log = createLog((line, level) =>
    level === 'info' ? console.log(line) : console.warn(line),
  );
  registerSweeper(app, createSweeperWorld(config, { log }));
}
