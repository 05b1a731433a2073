import type { HttpResponseInit } from '@azure/functions';
import {
  connectView,
  type ConnectView,
  type ConnectVmView,
} from '../../shared/contract/connectView';
import { plainHeaders, problem } from '../../shared/contract/problem';
import { connectHelp } from '../../shared/domain/connect/connectHelp';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import { nowOfWorld } from '../../shared/nowOfWorld';
import type { World } from '../../shared/ports/world';
import { json } from './answer';
import type { CallerHandler } from './asCaller';
import { connectKnowledge, type ConnectWorld } from './connectKnowledge';
import { findWindow } from './findWindow';

/** `GET /api/windows/{id}/connect`: what to type to get to the machines of a window. */
export function connectWindow(world: World): CallerHandler {
  return forWindow(world, async (row, query) => {
    const help = await connectHelpOf(world, row, query);
    return 'view' in help ? json(help.view) : help.problem;
  });
}

/** `GET /api/windows/{id}/connect.rdp?vm=NAME`: the file for Remote Desktop of one machine. */
export function connectRdp(world: World): CallerHandler {
  return forWindow(world, async (row, query) => {
    const file = await rdpFileOf(world, row, query);
    if ('problem' in file) return file.problem;
    const headers = {
      ...plainHeaders,
      'content-type': 'application/x-rdp; charset=utf-8',
      'content-disposition': `attachment; filename="${file.fileName}"`,
    };
    return { status: 200, headers, body: file.text };
  });
}

/** The view of a window, or of the one machine that `vm` names. Changes nothing. */
export async function connectHelpOf(
  world: ConnectWorld,
  row: WindowRow,
  query: URLSearchParams,
): Promise<{ readonly view: ConnectView } | { readonly problem: HttpResponseInit }> {
  const unknown = [...query.keys()].filter((key) => key !== 'vm');
  if (unknown.length > 0 || query.getAll('vm').length > 1) {
    return { problem: badQuery('The query is not understood.', row) };
  }
  const knowledge = await connectKnowledge(world, row);
  const view = connectView(connectHelp(row, knowledge, nowOfWorld(world)));
  const wanted = query.get('vm')?.toLowerCase();
  if (wanted === undefined) return { view };
  const vms = view.vms.filter((vm) => isNamed(vm, wanted));
  // Of a window that is over no machine is told of, so none can be missed.
  if (vms.length === 0 && view.vms.length > 0) {
    return { problem: problem('notFound', 'The window has no such VM.', askAt(row)) };
  }
  return { view: { ...view, vms } };
}

/** The file of one machine, or why there is none. */
export async function rdpFileOf(
  world: ConnectWorld,
  row: WindowRow,
  query: URLSearchParams,
): Promise<
  { readonly fileName: string; readonly text: string } | { readonly problem: HttpResponseInit }
> {
  const help = await connectHelpOf(world, row, query);
  if ('problem' in help) return help;
  const { vms, missing } = help.view;
  const [vm, ...others] = vms;
  if (others.length > 0) {
    return {
      problem: badQuery('Name one VM: the window has several, or several of that name.', row),
    };
  }
  if (vm?.rdp) return { fileName: vm.rdp.fileName, text: vm.rdp.text };
  const reasons = [...missing, ...(vm?.missing ?? [])].map(({ what, next }) => `${what} ${next}`);
  const detail = reasons.length > 0 ? reasons.join(' ') : askAt(row);
  return { problem: problem('noRdpFile', 'There is no file for Remote Desktop here.', detail) };
}

function isNamed({ id, name }: ConnectVmView, wanted: string): boolean {
  return name.toLowerCase() === wanted || id.toLowerCase() === wanted;
}

function badQuery(title: string, { id }: WindowRow): HttpResponseInit {
  const detail = `Ask for /api/windows/${id}/connect, or add ?vm= with the name or id of one VM.`;
  return problem('badQuery', title, detail);
}

function askAt({ id }: WindowRow): string {
  return `GET /api/windows/${id}/connect tells of every VM what leads to it.`;
}

function forWindow(
  world: World,
  answer: (row: WindowRow, query: URLSearchParams) => Promise<HttpResponseInit>,
): CallerHandler {
  return async ({ params, url }, caller) => {
    // The lines hold addresses and names: they are for who may use the window, and who may end it.
    const allowed = ['owner', 'administrator'] as const;
    const found = await findWindow(world, caller, params['id'], allowed);
    return 'answer' in found ? found.answer : answer(found.row, new URL(url).searchParams);
  };
}
