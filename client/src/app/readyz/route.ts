/** Ready as soon as it answers: it keeps no connection, and shows what it can while a service is away. */
export const GET = (): Response => Response.json({ status: 'ok' });
export const dynamic = 'force-dynamic';
