import { preset } from '../infra/jest/preset.mjs';

export default preset({ name: 'auth', engines: ['mongo'], compiled: true });
