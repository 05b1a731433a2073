/** Stories of the second app. See `stories.test.ts` for why they are together. */
import './appDies';
import './sweeper';
import './sweeperWithMain';
import './unseen';
