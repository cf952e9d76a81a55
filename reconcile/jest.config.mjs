import { preset } from '../infra/jest/preset.mjs';

export default preset({ name: 'reconcile', engines: ['mongo', 'redis'] });
