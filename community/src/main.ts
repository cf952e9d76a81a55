import { runService } from '@ticketing/common/service';
import { community } from './app.ts';
import { readCommunityConfig } from './config.ts';

await runService('community', readCommunityConfig, community);
