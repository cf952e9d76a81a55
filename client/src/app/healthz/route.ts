import { answerProbe } from '../../shared/answer-probe.ts';

/** Alive: the process answers. */
export const GET = answerProbe;
export const dynamic = 'force-dynamic';
