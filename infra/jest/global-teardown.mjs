import { stopEngines } from './global-setup.mjs';

export default stopEngines;
