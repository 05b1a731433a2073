import { isOwnPimRequest } from '../../../../local/azure/pim/provider';
import { ada, opener, RG_SCOPE } from './estate';

const AUTHORIZATION = `${RG_SCOPE}/providers/Microsoft.Authorization`;
const NAME = 'fea7a502-9a96-4806-a26f-eee560e52045';

it.each([
  ['PUT', `roleAssignmentScheduleRequests/${NAME}`, true],
  ['POST', `roleAssignmentScheduleRequests/${NAME}/cancel`, true],
  ['GET', 'roleEligibilityScheduleInstances?$filter=asTarget()', true],
  ['GET', 'roleAssignmentScheduleRequests?$filter=asRequestor()', true],
  ['GET', 'roleAssignmentScheduleInstances', false],
  ['PUT', `roleAssignments/${NAME}`, false],
  ['DELETE', `roleAssignments/${NAME}`, false],
  ['DELETE', `roleAssignmentScheduleRequests/${NAME}`, false],
  ['PUT', `locks/${NAME}`, false],
])('%s %s needs no role: %s', (method, tail, isOwn) => {
  const request = { method, url: `https://localhost${AUTHORIZATION}/${tail}`, headers: {} };
  expect(isOwnPimRequest(request, ada)).toBe(isOwn);
  expect(isOwnPimRequest(request, opener)).toBe(false);
});
