/** Stories in which the engine or the host fails. See `stories.test.ts` for why they are together. */
import './engine';
import './kills';
import './turns';
