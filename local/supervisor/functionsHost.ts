import { type Child, startChild } from './childProcess';

/** The Functions host as the supervisor keeps it: started again when it dies, as Azure would. */
export type KeptHost = {
  /** Process id of the host that runs now; 0 while there is none. */
  pid(): number;
  /** How often it died without being asked to. */
  deaths(): number;
  /** Ends it for good. */
  stop(): Promise<void>;
};

export type KeptHostOptions = {
  script: string;
  env: Record<string, string>;
  /** False: once dead, it stays dead. */
  restart: boolean;
  /** How long Azure takes to notice and start again. */
  restartAfterMs: number;
  onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  onDeath: (how: string, restarts: boolean) => void;
  onStart: (pid: number, again: boolean) => void;
};

/** Starts the host and keeps it running until `stop`. */
export function keepFunctionsHost(options: KeptHostOptions): KeptHost {
  let child: Child | undefined;
  let stopping = false;
  let deaths = 0;
  let timer: NodeJS.Timeout | undefined;

  const start = (again: boolean): void => {
    const started = startChild({
      script: options.script,
      env: options.env,
      mindsParent: true,
      onLine: options.onLine,
    });
    child = started;
    options.onStart(started.pid, again);
    void started.ended.then(({ code, signal }) => {
      child = undefined;
      if (stopping) return;
      deaths += 1;
      options.onDeath(signal ?? `exit code ${code}`, options.restart);
      if (options.restart) timer = setTimeout(() => start(true), options.restartAfterMs);
    });
  };

  start(false);
  return {
    pid: () => child?.pid ?? 0,
    deaths: () => deaths,
    stop: async () => {
      stopping = true;
      clearTimeout(timer);
      await child?.stop(12_000);
    },
  };
}
