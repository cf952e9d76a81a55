import { runService } from '@ticketing/common/service';
import { expiration } from './app.ts';
import { readExpirationConfig } from './config.ts';

await runService('expiration', readExpirationConfig, expiration);
