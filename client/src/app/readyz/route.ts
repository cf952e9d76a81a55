import { answerProbe } from '../../shared/answer-probe.ts';

/** Ready as soon as it answers: it keeps no connection, and shows what it can while a service is away. */
export const GET = answerProbe;
export const dynamic = 'force-dynamic';
