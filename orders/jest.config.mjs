import { preset } from '../infra/jest/preset.mjs';

export default preset({ name: 'orders', engines: ['mongo'] });
