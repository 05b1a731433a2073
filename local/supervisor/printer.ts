import pc from 'picocolors';

/** Who a line of the story is about. */
export type Speaker =
  | 'azure'
  | 'pim'
  | 'events'
  | 'app'
  | 'sweeper'
  | 'night'
  | 'network'
  | 'notices'
  | 'host'
  | 'verdict'
  | 'next';

/** Prints the story: one line each, with the time of day and who speaks; or JSON lines. */
export type Printer = {
  say(speaker: Speaker, text: string, facts?: Record<string, unknown>): void;
  /** Text as it is, for lines to be copied. */
  raw(text: string): void;
};

const colours: Record<Speaker, (text: string) => string> = {
  azure: pc.dim,
  pim: pc.magenta,
  events: pc.blue,
  app: pc.cyan,
  sweeper: pc.green,
  night: pc.cyan,
  network: pc.yellow,
  notices: pc.blue,
  host: pc.red,
  verdict: pc.green,
  next: pc.dim,
};

/** A printer to stdout. */
export function createPrinter(json: boolean): Printer {
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  if (json) {
    return {
      say: (speaker, text, facts = {}) =>
        write(JSON.stringify({ at: new Date().toISOString(), speaker, text, ...facts })),
      raw: () => undefined,
    };
  }
  return {
    say: (speaker, text) => {
      const time = new Date().toISOString().slice(11, 21);
      write(`${pc.dim(time)}  ${colours[speaker](speaker.padEnd(8))} ${text}`);
    },
    raw: write,
  };
}
