/** Stories in which Azure, or somebody else in it, is in the way. */
import './editors';
import './resourceManager';
import './roles';
import './targets';
import './refusals';
import './flood';
