import { preset } from '../infra/jest/preset.mjs';

export default preset({ name: 'payments', engines: ['mongo'], compiled: true });
