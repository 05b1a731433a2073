/**
 * Every story in three files: each test file loads the official clients anew, which costs more
 * than many of the stories. One alone: `npx jest test/scenarios -t 'an access window'`.
 */
import './activation';
import './commandLine';
import './connect';
import './deactivation';
import './discovery';
import './earlyClose';
import './extend';
import './drift';
import './noWindow';
import './overHttp';
import './people';
import './policyChange';
import './probes';
import './readiness';
import './secrets';
import './window';
