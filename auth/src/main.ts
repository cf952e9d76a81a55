import { runService } from '@ticketing/common/service';
import { auth } from './app.ts';
import { readAuthConfig } from './config.ts';

await runService('auth', readAuthConfig, auth);
