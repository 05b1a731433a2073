import { EventGridDeserializer, isSystemEvent } from '@azure/eventgrid';
import { parseHint } from '../../../shared/domain/intake/parseHint';
import { asCloudEvent, deleteEvent, requestEvent, writeEvent } from '../../support/events';

const reader = new EventGridDeserializer();

describe('what the official client reads as a system event of Resource Manager', () => {
  const events = [
    ['look', 'Microsoft.Resources.ResourceWriteSuccess', writeEvent()],
    ['end', 'Microsoft.Resources.ResourceDeleteSuccess', deleteEvent()],
    ['address', 'Microsoft.Resources.ResourceWriteSuccess', requestEvent()],
  ] as const;

  it.each(events)('is a hint to %s, in both schemas', async (kind, type, event) => {
    const [read] = await reader.deserializeEventGridEvents(JSON.stringify([event]));
    if (read === undefined) throw new Error('The client read nothing.');
    expect(isSystemEvent(type, read)).toBe(true);
    expect(parseHint(JSON.parse(JSON.stringify(read))).kind).toBe(kind);

    const cloud = JSON.stringify([asCloudEvent(event)]);
    const [readCloud] = await reader.deserializeCloudEvents(cloud);
    if (readCloud === undefined) throw new Error('The client read nothing.');
    expect(isSystemEvent(type, readCloud)).toBe(true);
    expect(parseHint(JSON.parse(JSON.stringify(readCloud))).kind).toBe(kind);
  });
});
