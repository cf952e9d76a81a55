import { preset } from '../infra/jest/preset.mjs';

// Each file starts a system of its own, engines included, so the run's shared engines are not needed.
export default preset({ name: 'tests' });
