/** Settings of both timers as in a deployment: every minute, half a minute apart. */
export const deployedTimers = {
  SWEEP_SCHEDULE: '0 * * * * *',
  RECONCILE_SCHEDULE: '30 * * * * *',
  SWEEP_RUN_SECONDS: '10',
  DELETE_SECONDS: '30',
};
