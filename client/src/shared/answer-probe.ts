/**
 * Answers a probe, which the kubelet sends to the pod itself. What comes through a proxy comes from outside, and there
 * nobody is told more than of any page that does not exist; a proxy has no way to leave these paths out of `/`.
 *
 * Next gives every request an X-Forwarded-For and -Host of its own making before we see it, so those tell nothing.
 */
export const answerProbe = ({ headers }: Request): Response => {
  const isVisitor = headers.has('x-real-ip') || /\bhttps\b/i.test(headers.get('x-forwarded-proto') ?? '');
  if (!isVisitor) return Response.json({ status: 'ok' });
  return Response.json({ errors: [{ message: 'Not found', code: 'not_found' }] }, { status: 404 });
};
