#!/usr/bin/env python3
"""Explicit-state model of the ticket / order / payment protocol (breadth first, shortest traces).

  python3 model.py            all rules on, several sizes; then each rule taken out must give a counterexample
  python3 model.py full       only the runs with all rules on
  python3 model.py mutants    only the runs with one rule taken out
  python3 model.py big        the largest run (minutes, GBs)
  python3 model.py NAME       one mutant, with its trace (fence2, fence3, gate are second mutants of fence, fence, sweep)

What is one atomic step: one conditional write on one document (it also appends the event to the outbox),
one call executed by Stripe, one tick of an order's clock. A crash keeps documents and Stripe; since nothing
else is part of the state, "crash" is simply another step being taken next. Drivers (HTTP request, worker,
webhook, replicas of the service) are anonymous and unlimited: a call they sent may be executed at any later
time, an answer they got may be written at any later time (stale), or never (lost).

Events: (order, version) is pending per consumer until acked ("must" be delivered at some time), afterwards it may
be delivered again at any time, in any order. A state is quiescent when no "must" step changes it.
Every kept rule is monotone: `rank` asserts that no step ever goes back, so the graph has no cycle (no livelock) and
every fair run ends in a quiescent state.

State = (ticket, orders, attempts, lost)
 ticket  = (removed, edits, owner, st, seq, ver)       st: F free, R reserved, S sold
 order   = (hist, overdue, ackT, ackP, rep)            hist[v] = (A|C|X, paymentId); rep = version in payments' replica
 attempt = (doc, reason, piid, pi, seen, secret, pubA, pubF, orphan)
   doc: '-', ing (authorising), ra (requires_action), au (authorized), cp (capturing), cn (cancelling),
        CAP captured, CAN canceled, FAIL failed;  REF refused with its intent left open (mutant only)
   pi : '-', bad (Stripe keeps a 500 under the key), rc requires_confirmation, ra, rpm requires_payment_method,
        au requires_capture, succ, canc;  seen = every pi status so far (stale answers);  orphan: forgotten intent
"""
import sys, time
from collections import deque

RULES = {  # name: what the rule says (its mutant takes it out)
 'index':     'unique partial index on ticketId over A, C orders',
 'cond':      'expiry, takeover and cancel are one write guarded by status=awaiting (no read-then-write)',
 'fence':     'ticket lock takes an order event only if (hold seq, version) is greater than what it has',
 'orthogonal':'"removed" and the lock are separate fields; an order event is applied to a removed ticket too',
 'pid':       'order:completed names the one paymentId to capture; all others are to be cancelled',
 'sweep':     'the verdict is read from the order replica for every open attempt, again and again, not only when an event arrives',
 'verdict':   'an authorized attempt is left only on the verdict of orders; payment:failed is sent only from capturing',
 'twostep':   'create without confirm, store the intent id, then confirm',
 'close':     'an attempt that is not captured ends only once its intent is canceled (a refused card too)',
 'truth':     'ends are read from the retrieved intent, never from an error of capture/cancel',
 'failcond':  'payment:failed cancels only an order completed by that very payment',
 'precancel': 'after a capture refused for good the intent is canceled first, payment:failed is sent once it is seen canceled',
 'supersede': 'a new POST may supersede an attempt in requires_action (ra -> cn), and cn is outside the index',
 'freshkey':  'a 5xx kept under an idempotency key is followed by a call under the next stored key',
 'onlyone':   'unique partial index: one attempt of {ing, ra, au, cp, CAP} per order',
}
ALL = frozenset(RULES)
UNDERWAY = ('ing', 'ra', 'au', 'cp', 'CAP')
DONE = ('-', 'CAP', 'CAN', 'FAIL', 'REF')
DOCRANK = {'-':0,'ing':1,'ra':2,'au':3,'cp':4,'cn':5,'CAP':6,'CAN':6,'FAIL':6,'REF':6}
PIRANK = {'-':0,'bad':1,'rc':2,'ra':3,'rpm':4,'au':5,'succ':6,'canc':6}
BIT = {'rc':1,'ra':2,'rpm':4,'au':8,'succ':16,'canc':32}
NEWO = ((), False, 0, 0, -1)
NEWA = ('-', '', False, '-', 0, False, 0, 0, '-')
DOC, WHY, PIID, PI, SEEN, SECRET, PUBA, PUBF, ORPH = range(9)

def up(t, i, v): return t[:i] + (v,) + t[i+1:]
def ups(t, **kw):
    l = list(t)
    for k, v in kw.items(): l[globals()[k]] = v
    return tuple(l)

class Model:
    def __init__(s, rules, NO, NA, abstract=False, tickets=False, lossy=False, resend=False, reduce=False, gate=False):
        s.na = NA if isinstance(NA, tuple) else (NA,)*NO
        s.R, s.NO, s.NA, s.abstract, s.tk, s.lossy, s.resend = rules, NO, max(s.na), abstract, tickets, lossy, resend
        s.gate = gate      # mutant 'sweep' only: inserts judged on a fresh replica, reaction covers ing too
        s.reduce = reduce  # sound only with all rules on and no loss
        assert not reduce or (rules == ALL and not lossy)

    def init(s):
        return ((False, 0, -1, 'F', -1, -1), (NEWO,)*s.NO, tuple((NEWA,)*n for n in s.na), 0)

    # ---- all steps: (label, kind, next) ; kind: 'svc' must happen, 'time' must happen, 'may' (environment, fault)
    def steps(s, S):
        T, O, P, lost = S; R = s.R; out = []
        def add(label, kind, S2):
            if s.reduce: S2 = s.canon(S2)
            if S2 != S: out.append((label, kind, S2))
        def setO(i, o): return (T, up(O, i, o), P, lost)
        def setP(i, k, a): return (T, O, up(P, i, up(P[i], k, a)), lost)
        # seller
        if s.tk and not T[0]:
            if T[3] == 'F' and T[1] < 1: add('seller edits', 'may', (up(T, 1, T[1]+1), O, P, lost))
            if T[3] == 'F': add('seller removes ticket', 'may', (up(T, 0, True), O, P, lost))
        # reserve: one insert, judged by the index
        for i in range(s.NO):
            if not O[i][0]:
                holders = sum(1 for o in O if o[0] and o[0][-1][0] in 'AC')
                if holders == 0 or 'index' not in R:
                    add(f'reserve O{i}', 'may', setO(i, up(O[i], 0, (('A', -1),))))
                break
        for i in range(s.NO):
            o = O[i]; hist, overdue, ackT, ackP, rep = o
            if not hist: continue
            st, pid = hist[-1]
            def push(x, p): return setO(i, up(o, 0, hist + ((x, p),)))
            if st == 'A':
                add(f'buyer cancels O{i}', 'may', push('X', pid))
                if not overdue: add(f'O{i} overdue', 'time', setO(i, up(o, 1, True)))
                else: add(f'sweeper/expiration/takeover cancels O{i}', 'svc', push('X', pid))
                if s.abstract: add(f'O{i} completed (abstract payment)', 'may', push('C', 0))
            if st == 'C':
                if 'cond' not in R and overdue and len(hist) < 3:
                    add(f'takeover cancels O{i} on a stale read', 'may', push('X', pid))
                if 'cond' not in R and not overdue: add(f'O{i} overdue', 'may', setO(i, up(o, 1, True)))
                if s.abstract and len(hist) < 3: add(f'O{i} capture failed (abstract)', 'may', push('X', 0))
            # events to tickets
            for v in range(len(hist)):
                new = not ackT >> v & 1
                T2 = s.lock(T, i, v, hist[v][0], ackT)
                o2 = up(o, 2, ackT | 1 << v)
                add(f'tickets <- O{i}@{v} {hist[v][0]}' + ('' if new else ' (again)'), 'svc' if new else 'may',
                    (T2, up(O, i, o2), P, lost))
                if new and s.lossy and not lost: add(f'LOST for tickets: O{i}@{v}', 'may', (T, up(O, i, o2), P, 1))
            # events to payments: replica (one document), then the attempts (other documents)
            if s.NA:
                for v in range(len(hist)):
                    new = not ackP >> v & 1
                    kind = 'svc' if new else 'may'
                    tag = f'payments <- O{i}@{v} {hist[v][0]}' + ('' if new else ' (again)')
                    fresh = v > rep
                    o1 = up(o, 4, max(rep, v)); o2 = up(o1, 3, ackP | 1 << v)
                    if 'sweep' in R:
                        add(tag, kind, setO(i, o2))
                    else:  # as written: reaction hangs on the event, gated by the version
                        add(tag + ', crash after replica', 'may', setO(i, o1))
                        P2 = P[i]
                        if fresh:
                            for k in range(s.na[i]):
                                if P2[k][DOC] in ('au', 'ra') + (('ing',) if s.gate else ()): P2 = up(P2, k, s.judge(P2[k], k, hist[v]))
                        add(tag, kind, (T, up(O, i, o2), up(P, i, P2), lost))
                    if new and s.lossy and not lost: add(f'LOST for payments: O{i}@{v}', 'may', (T, up(O, i, o2), P, 1))
            if s.resend:  # anti-entropy: the source publishes its present state again, same version
                last = len(hist) - 1
                if rep < last and s.NA and ackP == (1 << last+1) - 1:
                    add(f'orders resends O{i}@{last}', 'svc', setO(i, up(o, 3, ackP & ~(1 << last))))
                if (T[4], T[5]) < (i, last) and ackT == (1 << last+1) - 1:
                    add(f'orders resends O{i}@{last}', 'svc', setO(i, up(o, 2, ackT & ~(1 << last))))
            # payments
            for k in range(s.na[i]):
                a = P[i][k]; n = f'P{i}.{k}'
                doc, why, piid, pi, seen, secret, pubA, pubF, orph = a
                def w(label, kind, **kw):
                    if 'PI' in kw: kw['SEEN'] = seen | BIT.get(kw['PI'], 0)
                    add(f'{n}: {label}', kind, setP(i, k, ups(a, **kw)))
                if doc == '-':
                    if k == 0 or P[i][k-1][DOC] != '-':
                        # the replica check is read-then-insert, so it may be stale: only "known" counts
                        if rep >= 0 and not (s.gate and hist[rep][0] != 'A') and ('onlyone' not in R or not any(x[DOC] in UNDERWAY for x in P[i])):
                            w('POST, attempt inserted', 'may', DOC='ing')
                    continue
                verdict = hist[rep] if rep >= 0 else ('A', -1)
                # --- decisions (writes on the attempt)
                if 'sweep' in R and doc in ('ing', 'ra', 'au'):
                    b = s.judge(a, k, verdict)
                    if b != a: add(f'{n}: verdict {verdict} read, {doc} -> {b[DOC]}', 'svc', setP(i, k, b))
                if doc == 'ing': w('given up after bounded tries -> cn', 'may', DOC='cn', WHY='pre')
                if doc == 'ra' and 'supersede' in R: w('superseded or abandoned -> cn', 'may', DOC='cn', WHY='pre')
                if doc == 'cp' and pi == 'au' : # a refusal believed final (it may be wrong: another capture may yet succeed)
                    if 'precancel' in R: w('capture refused for good -> cn', 'may', DOC='cn', WHY='cap')
                    else: w('capture refused for good -> FAIL', 'may', DOC='FAIL', PUBF=1)
                # --- Stripe executes a call (late ones: in any state after the one that allows it)
                if pi in ('-', 'bad'):
                    kind = 'svc' if doc == 'ing' and (pi == '-' or 'freshkey' in R) else 'may'
                    if pi == '-' or 'freshkey' in R:
                        if 'twostep' in R: w('Stripe creates intent' + ('' if doc == 'ing' else ' (late)'), kind, PI='rc')
                        else:
                            for x in ('au', 'ra', 'rpm'):
                                w(f'Stripe creates+confirms intent = {x}' + ('' if doc == 'ing' else ' (late)'), kind, PI=x)
                    if pi == '-' and doc == 'ing': w('Stripe keeps a 500 under the key', 'may', PI='bad')
                elif not piid:
                    if doc == 'ing':
                        w('intent id stored', 'svc', PIID=True)
                        if 'twostep' not in R and orph == '-':
                            w('key forgotten by Stripe, created again', 'may', ORPH=pi, PI='au')
                if piid and pi == 'rc':
                    for x in ('au', 'ra', 'rpm'): w(f'Stripe confirms = {x}', 'svc' if doc == 'ing' else 'may', PI=x)
                if pi == 'au' and doc in ('cp', 'CAP', 'FAIL') or (pi == 'au' and doc == 'cn' and why == 'cap'):
                    w('Stripe captures', 'svc' if doc == 'cp' else 'may', PI='succ')
                if doc in ('cn', 'CAN', 'FAIL') and piid and pi in ('rc', 'ra', 'rpm', 'au') and (doc == 'cn' or 'precancel' in R):
                    w('Stripe cancels', 'svc' if doc == 'cn' else 'may', PI='canc')
                # --- buyer's browser and time at Stripe
                if pi == 'ra' : w('buyer passes 3DS', 'may', PI='au'); w('buyer fails 3DS', 'may', PI='rpm')
                if pi == 'rpm' and secret: w('browser confirms again with the client secret', 'may', PI='au')
                if pi == 'au': w('authorisation expires', 'may', PI='canc')
                # --- an answer is written: of now (must), or a stale one (may)
                if doc == 'cn' and not piid: w('no intent id: canceled', 'svc', DOC='CAN')
                if piid:
                    for x, b in BIT.items():
                        if seen & b or x == pi:
                            kw = s.answer(a, x)
                            if kw: w(f'answer {x}' + ('' if x == pi else ' (stale)') + f' written, {doc} -> {kw["DOC"]}',
                                     'svc' if x == pi else 'may', **kw)
                if doc == 'cp' and pi == 'succ' and 'truth' not in R:
                    w('capture again: error "unexpected state" taken as failure', 'may', DOC='FAIL', PUBF=1)
                # --- events to orders
                if pubA:
                    o2 = up(o, 0, hist + (('C', k if 'pid' in R else -1),)) if st == 'A' else o
                    add(f'orders <- authorized {n}' + (' (again)' if pubA == 2 else ''), 'svc' if pubA == 1 else 'may',
                        (T, up(O, i, o2), up(P, i, up(P[i], k, ups(a, PUBA=2))), lost))
                if pubF:
                    ok = st == 'C' and (pid in (k, -1) or 'failcond' not in R)
                    o2 = up(o, 0, hist + (('X', pid),)) if ok else o
                    add(f'orders <- failed {n}' + (' (again)' if pubF == 2 else ''), 'svc' if pubF == 1 else 'may',
                        (T, up(O, i, o2), up(P, i, up(P[i], k, ups(a, PUBF=2))), lost))
        return out

    def canon(s, S):
        """forget what can no longer matter under the kept rules: a pending event that is now stale (its delivery would
        only ack it), old answers a state cannot take, the clock of an ended order"""
        T, O, P, lost = S
        O2 = []; P2 = []
        for i, (hist, overdue, ackT, ackP, rep) in enumerate(O):
            if hist:
                v = len(hist) if T[4] > i else T[5] + 1 if T[4] == i else 0
                ended = hist[-1][0] != 'A'
                O2.append((hist, overdue or ended, (1 << v) - 1, (1 << rep + 1) - 1, rep))
                p = []
                for a in P[i]:
                    if a[DOC] != '-':
                        a = ups(a, SEEN=a[SEEN] if a[DOC] == 'ing' else a[SEEN] & 44 if a[DOC] == 'ra' else 0,
                                PUBA=2 if a[PUBA] == 1 and ended else a[PUBA], PUBF=2 if a[PUBF] == 1 and hist[-1][0] == 'X' else a[PUBF])
                    p.append(a)
                P2.append(tuple(p))
            else: O2.append(O[i]); P2.append(P[i])
        return (T, tuple(O2), tuple(P2), lost)

    def judge(s, a, k, verdict):
        st, pid = verdict
        if st == 'C' and (pid == k or pid == -1):
            return ups(a, DOC='cp') if a[DOC] == 'au' else a
        if st in 'CX': return ups(a, DOC='cn', WHY='pre')
        return a

    def answer(s, a, x):
        doc, why = a[DOC], a[WHY]
        if doc in ('ing', 'ra'):
            if x == 'au': return dict(DOC='au', PUBA=1)
            if x == 'ra' and doc == 'ing': return dict(DOC='ra', SECRET=True)
            if x == 'rpm': return dict(DOC='cn', WHY='pre') if 'close' in s.R else dict(DOC='REF')
            if x == 'canc': return dict(DOC='CAN')
        if doc == 'au' and 'verdict' not in s.R and x == 'canc': return dict(DOC='FAIL', PUBF=1)
        if doc == 'cp' or (doc == 'cn' and why == 'cap'):
            if x == 'succ': return dict(DOC='CAP')
            if x == 'canc': return dict(DOC='FAIL', PUBF=1)
        if doc == 'cn' and x == 'canc': return dict(DOC='CAN')

    def lock(s, T, i, v, st, ackT):
        removed, edits, owner, lst, seq, ver = T
        if 'orthogonal' not in s.R and removed and st != 'X': return T
        if 'fence' in s.R:
            if (i, v) <= (seq, ver): return T
            return (removed, edits, *( (-1, 'F') if st == 'X' else (i, 'RS'[st == 'C'])), i, v)
        if s.gate:  # mutants fence2, fence3: the last version of each order is remembered, the state is carried, but no hold seq
            if ackT >> v: return T
            if st == 'X': return (removed, edits, -1, 'F', -1, -1) if owner == i else T
            return (removed, edits, i, 'RS'[st == 'C'], -1, -1) if owner in (-1, i) or s.gate == 'overwrite' else T
        # as the table of events reads: created marks reserved if free, the others only if that order holds it
        if st == 'A' and lst == 'F': return (removed, edits, i, 'R', -1, -1)
        if st == 'X' and owner == i: return (removed, edits, -1, 'F', -1, -1)
        if st == 'C' and owner == i: return (removed, edits, i, 'S', -1, -1)
        return T

    # ---- what must always hold
    def bad(s, S):
        T, O, P, _ = S
        if sum(1 for o in O if o[0] and o[0][-1][0] in 'AC') > 1: return 'two orders hold the ticket'
        for i, o in enumerate(O):
            n = 0
            for k, a in enumerate(P[i]):
                if a[PI] == 'succ':
                    n += 1
                    if o[0][-1][0] != 'C': return 'captured, but the order is not completed'
                    if 'pid' in s.R and o[0][-1][1] != k: return 'captured another attempt than the order names'
            if n > 1: return 'captured twice'

    # ---- what must hold when nothing is left to do
    def badrest(s, S):
        T, O, P, _ = S
        hold = (-1, 'F')
        for i, o in enumerate(O):
            if not o[0]: continue
            st, pid = o[0][-1]
            if st == 'A': return 'order never ends'
            if st == 'C': hold = (i, 'S')
            if s.NA:
                if o[4] != len(o[0]) - 1: return "payments' replica differs from the order"
                cap = [k for k, a in enumerate(P[i]) if a[PI] == 'succ']
                if st == 'C' and len(cap) != 1: return 'completed, but not captured'
                for a in P[i]:
                    if a[DOC] not in DONE: return f'attempt left in {a[DOC]}'
                    if a[PI] == 'au' or a[ORPH] == 'au': return 'authorisation left open'
                    if a[PI] in ('ra', 'rpm') and a[SECRET]: return 'intent left that the browser can still authorise'
                    if (a[DOC] == 'CAP') != (a[PI] == 'succ'): return 'payment and Stripe differ'
        if (T[2], T[3]) != hold: return f'ticket says {T[2:4]}, orders says {hold}'

    def blocked(s, S, steps):
        """only buyer and clock can move: may the buyer still pay?"""
        T, O, P, _ = S
        for i, o in enumerate(O):
            if o[0] and o[0][-1][0] == 'A' and not o[1]:
                for a in P[i]:
                    if a[DOC] in UNDERWAY and not (a[DOC] == 'ra' and 'supersede' in s.R):
                        return f'buyer cannot pay again before the hold ends: attempt stuck in {a[DOC]}'

    def rank(s, S):
        T, O, P, lost = S
        r = [T[0], T[1], (T[4], T[5]), lost]
        for o in O: r += [len(o[0]), o[1], o[4]] + ([] if s.resend else [bin(o[2]).count('1'), bin(o[3]).count('1')])
        for p in P:
            for a in p: r += [DOCRANK[a[DOC]], PIRANK[a[PI]], a[PIID], a[SECRET], a[PUBA], a[PUBF]]
        return r

    def run(s, limit=8_000_000, mono=True):
        t0 = time.time(); S0 = s.init(); parent = {S0: None}; q = deque([S0]); rest = edges = 0; ends = {}
        mono = mono and s.R == ALL
        while q:
            S = q.popleft()
            st = s.steps(S)
            kinds = {k for _, k, _ in st}
            why = s.bad(S)
            if not why and 'svc' not in kinds:
                why = s.blocked(S, st)
                if not why and 'time' not in kinds:
                    rest += 1; why = s.badrest(S)
                    e = ' '.join((o[0][-1][0] if o[0] else '-') + ''.join('/' + a[DOC] for a in p) for o, p in zip(S[1], S[2])); ends[e] = ends.get(e, 0) + 1
            if why: return dict(why=why, trace=s.trace(parent, S), states=len(parent), rest=rest, t=time.time()-t0, end=S)
            r0 = s.rank(S) if mono else None
            for lab, kind, N in st:
                edges += 1
                if mono:
                    r1 = s.rank(N)
                    if any(x > y for x, y in zip(r0, r1)):
                        return dict(why='step goes back (cycle possible): ' + lab, trace=s.trace(parent, S), states=len(parent), rest=rest, t=time.time()-t0, end=N)
                if N not in parent:
                    parent[N] = (S, lab); q.append(N)
            if len(parent) > limit: return dict(why=None, states=len(parent), rest=rest, edges=edges, t=time.time()-t0, cut=True)
        return dict(why=None, states=len(parent), rest=rest, edges=edges, t=time.time()-t0, ends=ends)

    def trace(s, parent, S):
        out = []
        while parent[S]: S, lab = parent[S]; out.append(lab)
        return out[::-1]

FULL = [  # name, sizes
 ('holds: 1 ticket, 2 orders, seller, abstract money', dict(NO=2, NA=0, abstract=True, tickets=True)),
 ('holds: 1 ticket, 3 orders, seller, abstract money', dict(NO=3, NA=0, abstract=True, tickets=True)),
 ('money: 1 order, 1 attempt, seller', dict(NO=1, NA=1, tickets=True)),
 ('money: 1 order, 2 attempts', dict(NO=1, NA=2)),
 ('money, reduced: 1 order, 2 attempts (must agree with the line above)', dict(NO=1, NA=2, reduce=True)),
 ('loss of one event for ever, with resend: 1 order, 1 attempt', dict(NO=1, NA=1, lossy=True, resend=True)),
 ('loss of one event for ever, with resend: 2 orders, abstract money', dict(NO=2, NA=0, abstract=True, lossy=True, resend=True)),
 ('money, reduced: 1 order, 3 attempts', dict(NO=1, NA=3, reduce=True)),
 ('whole, reduced: 2 orders, 1 attempt each', dict(NO=2, NA=1, reduce=True)),
]
BIG = [
 ('whole, reduced: 2 orders, 2 + 1 attempts', dict(NO=2, NA=(2, 1), reduce=True)),
]
MUT = {  # rule taken out: sizes in which it shows
 'index': dict(NO=2, NA=0, abstract=True), 'cond': dict(NO=2, NA=1), 'fence': dict(NO=2, NA=0, abstract=True), 'fence2': dict(NO=2, NA=0, abstract=True, gate=True), 'fence3': dict(NO=2, NA=0, abstract=True, gate='overwrite'),
 'orthogonal': dict(NO=1, NA=0, abstract=True, tickets=True), 'pid': dict(NO=1, NA=2), 'sweep': dict(NO=1, NA=1), 'gate': dict(NO=1, NA=1, gate=True),
 'verdict': dict(NO=1, NA=1), 'twostep': dict(NO=1, NA=1), 'close': dict(NO=1, NA=1), 'truth': dict(NO=1, NA=1),
 'failcond': dict(NO=1, NA=2), 'precancel': dict(NO=1, NA=1), 'supersede': dict(NO=1, NA=1), 'freshkey': dict(NO=1, NA=1), 'onlyone': dict(NO=1, NA=2),
}
SPARE = ('failcond', 'onlyone')  # implied by the others: taking one out must NOT break anything
RULES['fence2'] = 'fence, but the ticket remembers the last version of each order instead of the hold seq'
RULES['fence3'] = 'fence2, and a newer-looking hold overwrites the one there'
BASE = {'gate': 'sweep', 'fence2': 'fence', 'fence3': 'fence'}
RULES['gate'] = 'as sweep, but inserts judged on a fresh replica and the reaction covers ing too: the version gate alone'
def show(name, r):
    c = ' CUT' if r.get('cut') else ''
    print(f'{name}: {"VIOLATED: " + r["why"] if r["why"] else "ok"}{c}; states {r["states"]:,}, edges {r.get("edges","-")}, at rest {r["rest"]:,}, {r["t"]:.1f}s')
    if r.get('ends'): print('   outcomes at rest: ' + ', '.join(f'{e} x{n}' for e, n in sorted(r['ends'].items())[:40]))
    for i, l in enumerate(r.get('trace', ()), 1): print(f'   {i}. {l}')
    sys.stdout.flush()

if __name__ == '__main__':
    what = sys.argv[1] if len(sys.argv) > 1 else 'all'; good = True
    if what not in ('all', 'full', 'big', 'mutants', *MUT): sys.exit('rules: ' + ' '.join(MUT))
    if what in ('all', 'full', 'big'):
        for name, kw in BIG if what == 'big' else FULL:
            r = Model(ALL, **kw).run(); show(name, r); good &= not r['why'] and not r.get('cut')
    if what in ('all', 'full'):
        r = Model(ALL, NO=1, NA=1, lossy=True).run(); show('loss for ever, WITHOUT resend (must be violated)', r); good &= bool(r['why'])
    for m, kw in MUT.items():
        if what in ('all', 'mutants', m):
            r = Model(ALL - {BASE.get(m, m)}, **kw).run(); show(f'without "{m}" ({RULES[m]})', r); good &= bool(r['why']) == (m not in SPARE)
    print('AS EXPECTED' if good else 'NOT AS EXPECTED'); sys.exit(0 if good else 1)
