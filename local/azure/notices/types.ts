import type { ArmRequest, ArmResponse } from '../contract';

/** Who is told: each imitates a service of its own. */
export type SinkName = 'teams' | 'slack' | 'webhook' | 'topic';

/** `down`: nobody answers. `slow`: the answer takes a minute. `redirect`: elsewhere, with 307. */
export type SinkFault = 'down' | 'slow' | 'throttled' | 'error' | 'redirect' | 'refused';

/** One message as it came. */
export type Received = {
  at: number;
  sink: SinkName;
  /** What was answered; 0 where nobody did. */
  status: number;
  headers: Record<string, string>;
  body: string;
  /** What a person would read first; empty where it was refused. */
  title: string;
};

/** What a service makes of a message: what it says no with, or the line that people read first. */
export type Judged = { readonly refused: ArmResponse } | { readonly title: string };

/** A service's own rules. */
export type Judge = (request: ArmRequest, secrets: SinkSecrets) => Judged;

export type SinkSecrets = {
  readonly teams: string;
  readonly slack: string;
  /** `whsec_…` */
  readonly webhook: string;
  readonly topic: string;
};

/** Teams, Slack, somebody's webhook and an Event Grid topic, all on one machine. */
export type NoticeSink = {
  /** Answers what is meant for it; `undefined` for everything else. */
  handle(request: ArmRequest): Promise<ArmResponse | undefined>;
  /** The settings that lead an app here; `origin` is where `handle` is served. */
  environment(origin: string): Record<string, string>;
  readonly received: readonly Received[];
  onReceived(listener: (message: Received) => void): void;
  /** Disturbs one of them from now on; `null`: no more. */
  use(sink: SinkName, fault: SinkFault | null): void;
};
