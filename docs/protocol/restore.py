#!/usr/bin/env python3
"""Explicit-state model of docs/protocol.md, rule 8: one service's database is lost and restored from a backup (breadth first, shortest traces).
Goes with model.py (every state of an attempt, stale answers) and several.py (orders of several tickets, stale inserts).

  python3 restore.py            all rules on, several sizes; then each rule taken out must do what is noted beside it
  python3 restore.py full       only the runs with all rules on
  python3 restore.py mutants    only the runs with one rule taken out
  python3 restore.py big        larger sizes, all rules on (minutes)
  python3 restore.py NAME       one mutant, with its trace

Three models, one for each service that may be restored: Orders (tickets' locks, payments' replica, attempts abstract),
Tickets (ticket versions, the seller, orders' replica of the tickets, money abstract), Money (payments: attempts, intents,
calls to Stripe that are executed late, one order). In each: phase 0 all is well; a backup is taken at any step (phase 1);
at any later step the database is lost and is the backup again (phase 2, the service is down, the others run); rule 8's
command runs, its wait is its guard, and is run again and broken off after each write; the service starts (phase 3) and
everything goes on. An id that nobody has heard of is given out again, and so is its sequence.

One atomic step: one conditional write on one document, one call executed by Stripe, the command. An outbox holds the newest
unpublished event of each type; publishing puts it under way to every consumer (an order's event: to each of its tickets).
What is under way may come in any order; where the consumer itself is what is restored, also twice.
'svc' steps must happen, 'time' will if nothing else does, 'may' need not. A state is calm when no 'svc' step is left: locks
and replicas must then say what their source says; it is at rest when no 'time' step is left either: money must be right.
Republishing is a step only where it changes somebody, so a state that would be told for ever in vain counts as calm.
"""
import sys, time
from collections import deque

def up(t, i, v): return t[:i] + (v,) + t[i+1:]
def with_(ms, m): return ms if m in ms else tuple(sorted(ms + (m,)))
def without(ms, m): return tuple(x for x in ms if x != m)
def newest(box, e): return tuple(sorted([x for x in box if x[1] != e[1]] + [e]))  # e = (version, status, ...)
SAYS = {'A': 'awaiting', 'C': 'completed', 'X': 'cancelled'}
LOCK = {'A': 'R', 'C': 'S', 'X': 'F'}
UNDERWAY = ('ing', 'ra', 'au', 'cp', 'CAP')
ENDED = ('CAP', 'CAN', 'FAIL')

TWICE = 'the command, run again or broken off after a write and run again, comes to something else'
class Base:
    def run(s, limit=6_000_000):
        t0 = time.process_time(); S0 = s.init(); parent = {S0: None}; q = deque([S0]); calm = rest = edges = restored = 0
        while q:
            S = q.popleft(); why = s.bad(S)
            st = s.steps(S) if not why else []
            kinds = {k for _, k, _ in st}
            if not why and 'svc' not in kinds:
                calm += 1; why = s.badcalm(S)
                if not why and 'time' not in kinds: rest += 1; why = s.badrest(S)
            if why: return dict(why=why, trace=s.trace(parent, S), states=len(parent), calm=calm, rest=rest, t=time.process_time()-t0, end=S)
            for lab, kind, N in st:
                edges += 1
                if N not in parent: parent[N] = (S, lab); q.append(N)
            if len(parent) > limit: return dict(why=None, states=len(parent), edges=edges, calm=calm, rest=rest, t=time.process_time()-t0, cut=True)
        return dict(why=None, states=len(parent), edges=edges, calm=calm, rest=rest, t=time.process_time()-t0)

    def trace(s, parent, S):
        out = []
        while parent[S]: S, lab = parent[S]; out.append(lab)
        return out[::-1]


class Orders(Base):
    """orders is restored.  State = (O, MT, MP, T, P, ph, B, lost)
    O order: None, or (st, version, attempt that won, holdSequence of each ticket, outbox); st L: its id is known to somebody, and to no copy
    MT, MP under way to tickets, to payments     T lock (order, F|R|S, holdSequence, orderVersion); a free one does not name its order in
    the code, here it does, and nothing reads it     P (payments' replica, attempts: - au cp CAP FAIL CAN)"""
    def __init__(s, orders, na=1, bug='', lossy=0, unknown=True, only='', rounds=1, eager=False):
        s.rounds, s.eager = rounds, eager  # eager: locks (and with na=0 the replica) are the highest of what reached them, in whatever order, and nobody acts on them meanwhile
        s.names = sorted(set(''.join(orders))); s.tk = [tuple(s.names.index(c) for c in o) for o in orders]
        s.NO, s.NT, s.na, s.bug, s.lossy, s.unknown, s.only = len(orders), len(s.names), na, bug, lossy, unknown, only
        s.prev = [[j for j in range(i) if orders[j] == orders[i]] for i in range(len(orders))]

    def init(s): return ((None,)*s.NO, ((),)*s.NO, ((),)*s.NO, ((-1, 'F', 0, -1),)*s.NT, ((None, ('-',)*s.na),)*s.NO, 0, None, 0)
    def holds(s, o): return o is not None and o[0] in 'AC'
    def seq(s, O, i, t): return O[i][3][s.tk[i].index(t)]

    def canon(s, O, MT, MP, T, P, ph, B, lost):
        """what is under way and older than what its consumer has would change nothing, now or ever: neither is restored here"""
        if s.eager:
            for i, ms in enumerate(MT):
                for j, ver, st, q in ms:
                    x = s.tk[i][j]
                    if (q, ver) > T[x][2:]: T = up(T, x, (i, LOCK[st], q, ver))
            MT = ((),)*s.NO
            if not s.na:
                for i, ms in enumerate(MP):
                    if ms and (P[i][0] is None or ms[-1][0] > P[i][0][1]): m = ms[-1]; P = up(P, i, ((m[1], m[0], m[2], m[3]), ()))
                MP = ((),)*s.NO
        MT = tuple(tuple(m for m in ms if (m[3], m[1]) > T[s.tk[i][m[0]]][2:]) if ms else ms for i, ms in enumerate(MT))
        MP = tuple(tuple(m for m in ms if P[i][0] is None or m[0] > P[i][0][1]) if ms else ms for i, ms in enumerate(MP))
        return (O, MT, MP, T, P, ph, B, lost)

    def steps(s, S):
        O, MT, MP, T, P, ph, B, lost = S; out = []; on = ph % 3 != 2
        def add(label, kind, O=O, MT=MT, MP=MP, T=T, P=P, ph=ph, B=B, lost=lost):
            N = s.canon(O, MT, MP, T, P, ph, B, lost)
            if N != S: out.append((label, kind, N))
        def put(i, st, pid): o = O[i]; v = o[1] + 1; return up(O, i, (st, v, pid, o[3], newest(o[4], (v, st, pid))))
        for i in range(s.NO if on else 0):
            o = O[i]; rep, at = P[i]
            if o is None:
                if all(O[j] is not None for j in s.prev[i]) and not any(s.holds(x) and set(s.tk[i]) & set(s.tk[j]) for j, x in enumerate(O)):
                    seqs = tuple(1 + max([0] + [s.seq(O, j, t) for j, x in enumerate(O) if x and x[0] != 'L' and t in s.tk[j]]) for t in s.tk[i])
                    add(f'O{i} is made, sequence {seqs}', 'may', O=up(O, i, ('A', 0, -1, seqs, ((0, 'A', -1),))))
                continue
            st, ver, pid, seqs, box = o
            if st == 'L': continue
            if st == 'A':
                add(f'O{i} ends: cancelled, expired or taken over', 'time', O=put(i, 'X', pid))
                for k, d in enumerate(at):
                    if d == 'au': add(f'orders <- authorized P{i}.{k}: O{i} completed', 'svc', O=put(i, 'C', k))
            if st == 'C' and at[pid] == 'FAIL': add(f'orders <- failed P{i}.{pid}: O{i} cancelled', 'svc', O=put(i, 'X', pid))
            for e in box:
                add(f'O{i}@{e[0]} {SAYS[e[1]]} is published', 'svc', O=up(O, i, o[:4] + (without(box, e),)), MP=up(MP, i, with_(MP[i], (*e, seqs))),
                    MT=up(MT, i, tuple(sorted(set(MT[i]) | {(j, e[0], e[1], q) for j, q in enumerate(seqs)}))))
            # rule 5, and orders' answer to an authorised payment of a decided order
            if not any(e[0] == ver for e in box):
                loose = s.unsettled(T, i, o, at)
                old = (rep is None or rep[1] < ver) and not any(m[0] == ver for m in MP[i])
                if loose: old = old or any(T[t][2:] < (seqs[j], ver) and not any(m[:2] == (j, ver) for m in MT[i]) for j, t in enumerate(s.tk[i]))
                if old and (loose or (st != 'A' and 'au' in at)):
                    add(f'orders tells again: O{i}@{ver} {SAYS[st]}', 'svc', MP=up(MP, i, with_(MP[i], (ver, st, pid, seqs))),
                        MT=up(MT, i, tuple(sorted(set(MT[i]) | {(j, ver, st, q) for j, q in enumerate(seqs)}))))
        for i in range(s.NO):
            for m in MT[i]:
                j, ver, st, q = m; t = s.tk[i][j]
                add(f'ticket {s.names[t]} <- O{i}@{ver} {SAYS[st]}', 'svc', MT=up(MT, i, without(MT[i], m)), T=up(T, t, (i, LOCK[st], q, ver)) if (q, ver) > T[t][2:] else T)
            for m in MP[i]:
                add(f'payments <- O{i}@{m[0]} {SAYS[m[1]]}', 'svc', MP=up(MP, i, without(MP[i], m)), P=up(P, i, ((m[1], m[0], m[2], m[3]), P[i][1])))
                if lost < s.lossy: add(f'LOST for payments: O{i}@{m[0]} {SAYS[m[1]]}', 'may', MP=up(MP, i, without(MP[i], m)), lost=lost + 1)
            rep, at = P[i]
            for k, d in enumerate(at):
                def to(x): return up(P, i, (rep, up(at, k, x)))
                if d == '-':
                    if rep and rep[0] == 'A' and not any(x in UNDERWAY for x in at): add(f'buyer pays for O{i}: P{i}.{k} authorised', 'may', P=to('au'))
                    break
                if d == 'au' and rep[0] == 'C' and rep[2] == k: add(f'P{i}.{k}: capturing', 'svc', P=to('cp'))
                elif d == 'au' and rep[0] in 'CX': add(f'P{i}.{k}: canceled on the verdict', 'svc', P=to('CAN'))
                if d == 'cp': add(f'P{i}.{k}: captured', 'svc', P=to('CAP')); add(f'P{i}.{k}: capture fails', 'may', P=to('FAIL'))
        if ph % 3 == 0 and ph < 3*s.rounds: add('BACKUP of orders', 'may', ph=ph + 1, B=O)
        if ph % 3 == 1: add('LOSS of orders: it is the backup again', 'may', ph=ph + 1, O=B, B=None)
        if ph % 3 == 2 and (s.bug == 'no_wait' or not (any(MT) or any(MP))):
            N = s.command(O, MT, MP, T, P)
            same = lambda O2: [o and o[:4] for o in s.command(O2, MT, MP, T, P)] == [o and o[:4] for o in N]
            again = s.bug == 'no_wait' or (same(N) and all(same(up(O, i, N[i])) for i in range(s.NO)))
            add('COMMAND', 'svc', O=N, ph=ph + 1 if again else TWICE)
        return out

    def unsettled(s, T, i, o, at):
        lo = [T[t][:2] for t in s.tk[i]]
        if o[0] == 'A': return any(x != (i, 'R') for x in lo)
        if o[0] == 'C': return any(x != (i, 'S') for x in lo) or at[o[2]] != 'CAP'
        return any(x[0] == i and x[1] != 'F' for x in lo)

    def command(s, O, MT, MP, T, P):
        bug = s.bug; N = list(O); kept = [o[4] if o and not bug.startswith('outbox_emptied') else () for o in O]
        for i, o in enumerate(O):
            r = P[i][0]
            if r and (o is None or r[1] > o[1]): N[i] = (r[0], r[1], r[2], r[3], ())
        if s.unknown:  # a lock that is ahead of every copy; before it is decided who has ended
            for t, (own, lst, q, v) in enumerate(T):
                i = own
                if own >= 0 and not (lst == 'F' and bug == 'free_locks_do_not_count'):
                    if N[i] is None: N[i] = ('X', v + 1, -1, tuple(T[x][2] if T[x][0] == i else 0 for x in s.tk[i]), ())
                    elif N[i][3][s.tk[i].index(t)] == q and N[i][1] < v: N[i] = ('X', v + 1, *N[i][2:])
        def over(i, t, j): return j != i and N[j] and t in s.tk[j] and s.seq(N, j, t) > s.seq(N, i, t)
        if bug == 'one_ticket_after_the_other':  # of several that hold, the highest stands; a ticket at a time, from the last
            for t in reversed(range(s.NT)):
                hold = [i for i in range(s.NO) if s.holds(N[i]) and t in s.tk[i]]
                for i in hold:
                    if any(over(i, t, j) for j in hold): N[i] = ('X', N[i][1] + 1, *N[i][2:])
        elif bug != 'losers_stay':
            if bug == 'ended_ones_do_not_count': lose = [i for i in range(s.NO) if s.holds(N[i]) and any(over(i, t, j) and s.holds(N[j]) for t in s.tk[i] for j in range(s.NO))]
            elif bug == 'higher_sequence_not_chosen': lose = [i for i in range(s.NO) if s.holds(N[i]) and any(over(j, t, i) and s.holds(N[j]) for j in range(s.NO) if N[j] for t in s.tk[j] if t in s.tk[i])]
            else: lose = [i for i in range(s.NO) if s.holds(N[i]) and any(over(i, t, j) for t in s.tk[i] for j in range(s.NO))]
            for i in lose: N[i] = ('X', N[i][1] + (bug != 'loser_same_version'), *N[i][2:])
        for i, o in enumerate(N):
            if o:
                r = P[i][0]; mark = (r is None or r[1] < o[1]) if bug == 'outbox_emptied_compared' else bug != 'no_republish' and o[:4] != (O[i] and O[i][:4])
                N[i] = o[:4] + (newest(kept[i], (o[1], o[0], o[2])) if mark else kept[i],)
            elif MT[i] or MP[i] or any(l[0] == i for l in T): N[i] = ('L', -1, -1, (0,)*len(s.tk[i]), ())
        return tuple(N)

    def bad(s, S):
        O, MT, MP, T, P, ph, B, lost = S
        if isinstance(ph, str): return ph
        if ph % 3 == 2: return None
        for t in range(s.NT):
            if sum(1 for i, o in enumerate(O) if s.holds(o) and t in s.tk[i]) > 1: return f'two orders hold ticket {s.names[t]}'
        for i, (rep, at) in enumerate(P):
            for k, d in enumerate(at):
                if d == 'CAP' and not (O[i] and O[i][0] == 'C' and O[i][2] == k): return f'P{i}.{k} is captured, and O{i} is not completed by it'
            if rep and rep[0] == 'C' and at[rep[2]] != 'FAIL' and not (O[i] and O[i][0] == 'C'): return f'payments knows that O{i} is completed, its buyer has lost the ticket'

    def badcalm(s, S):
        O, MT, MP, T, P, ph, B, lost = S
        if ph % 3 == 2: return 'the command never runs'
        want = [(-1, 'F')]*s.NT
        for i, o in enumerate(O):
            if s.holds(o):
                for t in s.tk[i]: want[t] = (i, LOCK[o[0]])
            rep, at = P[i]
            if not s.only and (rep and rep[:3]) != (o[:3] if o and o[0] != 'L' else None) and not (rep is None and o and o[0] == 'X'): return f"payments' replica of O{i} says {rep}, orders says {o}"
            for k, d in enumerate(at):
                if d not in ENDED + ('-',): return f'P{i}.{k} is left in {d}'
            if o and o[0] == 'C' and at[o[2]] != 'CAP': return f'O{i} is completed and not paid'
        for t, l in enumerate(T if s.only != 'money' else ()):
            if (l[0] if l[1] != 'F' else -1, l[1]) != want[t]: return f'lock of {s.names[t]} says {l}, orders says {want[t]}'
    def badrest(s, S): return None


class Tickets(Base):
    """tickets is restored (or, without orders, orders' replica of the tickets).  State = (O, M, T, MR, R, ph, B, chg)
    O order (st, version, holdSequences, outbox)     M under way to tickets     MR under way to orders     R orders' replica (version, edits, order, F|R|S)
    T ticket (version, edits, order that locks, F|R|S, holdSequence, orderVersion, newest event waits)     chg tickets changed since the backup"""
    def __init__(s, orders, nt=0, restored='tickets', bug='', dup=True, edits=1, new=True, eager=False):
        s.eager = eager  # orders' replica has at once what was published: nobody acts on it before the wait is over, but to make an order
        s.names = sorted(set(''.join(orders))) or list('abc'[:nt]); s.tk = [tuple(s.names.index(c) for c in o) for o in orders]
        s.NO, s.NT, s.restored, s.bug, s.dup, s.edits, s.new = len(orders), len(s.names), restored, bug, dup, edits, new
        s.prev = [[j for j in range(i) if orders[j] == orders[i]] for i in range(len(orders))]

    def init(s):
        T, R = (None, None) if s.new else ((0, 0, -1, 'F', 0, -1, False), (0, 0, -1, 'F'))
        return ((None,)*s.NO, ((),)*s.NO, (T,)*s.NT, ((),)*s.NT, (R,)*s.NT, 0, None, (False,)*s.NT)
    def holds(s, o): return o is not None and o[0] in 'AC'
    def public(s, d): return d[:4]

    def canon(s, O, M, T, MR, R, ph, B, chg):
        """forgets what is under way and stale, also for a consumer that is set back to its backup"""
        if s.eager:
            for t, ms in enumerate(MR):
                if ms and (R[t] is None or ms[-1][0] > R[t][0]): R = up(R, t, ms[-1])
            MR = ((),)*s.NT
        T0 = B if ph == 1 and s.restored == 'tickets' else T; R0 = B if ph == 1 and s.restored == 'orders' else R
        M = tuple(tuple(m for m in ms if T0[s.tk[i][m[0]]] is None or (m[3], m[1]) > T0[s.tk[i][m[0]]][4:6]) if ms else ms for i, ms in enumerate(M))
        MR = tuple(tuple(m for m in ms if R0[t] is None or m[0] > R0[t][0]) if ms else ms for t, ms in enumerate(MR))
        if ph == 3: chg = (False,)*s.NT
        return (O, M, T, MR, R, ph, B, chg)

    def steps(s, S):
        O, M, T, MR, R, ph, B, chg = S; out = []; ton = ph != 2 or s.restored != 'tickets'; oon = ph != 2 or s.restored != 'orders'
        def add(label, kind, O=O, M=M, T=T, MR=MR, R=R, ph=ph, B=B, chg=chg):
            N = s.canon(O, M, T, MR, R, ph, B, chg)
            if N != S: out.append((label, kind, N))
        def put(i, st): o = O[i]; v = o[1] + 1; return up(O, i, (st, v, o[2], newest(o[3], (v, st))))
        def changed(t): return up(chg, t, True) if ph in (1, 2) and s.restored == 'orders' else chg
        for t, d in enumerate(T if ton else ()):
            n = s.names[t]
            if d is None: add(f'seller puts up ticket {n}', 'may', T=up(T, t, (0, 0, -1, 'F', 0, -1, True)), chg=changed(t)); continue
            if d[3] == 'F' and d[1] < s.edits: add(f'seller edits ticket {n}', 'may', T=up(T, t, (d[0] + 1, d[1] + 1, *d[2:6], True)), chg=changed(t))
            if d[6]: add(f'ticket {n}@{d[0]} is published', 'svc', T=up(T, t, d[:6] + (False,)), MR=up(MR, t, with_(MR[t], s.public(d))))
        for t in range(s.NT if oon else 0):
            for m in MR[t]:
                R2 = up(R, t, m) if R[t] is None or m[0] > R[t][0] else R
                add(f'orders <- ticket {s.names[t]}@{m[0]}', 'svc', R=R2, MR=up(MR, t, without(MR[t], m)))
                if s.dup and ph < 3 and s.restored == 'orders': add(f'orders <- ticket {s.names[t]}@{m[0]}, it will come again', 'may', R=R2)
        for i in range(s.NO):
            o = O[i]
            if o is None:
                if all(R[t] for t in s.tk[i]) and all(O[j] is not None for j in s.prev[i]) and not any(s.holds(x) and set(s.tk[i]) & set(s.tk[j]) for j, x in enumerate(O)):
                    seqs = tuple(1 + max([0] + [x[2][s.tk[j].index(t)] for j, x in enumerate(O) if x and t in s.tk[j]]) for t in s.tk[i])
                    add(f'O{i} is made, sequence {seqs}', 'may', O=up(O, i, ('A', 0, seqs, ((0, 'A'),))))
                continue
            st, ver, seqs, box = o
            if st == 'A': add(f'O{i} ends: cancelled, expired or taken over', 'time', O=put(i, 'X')); add(f'O{i} completed (abstract payment)', 'may', O=put(i, 'C'))
            if st == 'C': add(f'O{i} cancelled, capture failed (abstract)', 'may', O=put(i, 'X'))
            for e in box:
                add(f'O{i}@{e[0]} {SAYS[e[1]]} is published', 'svc', O=up(O, i, o[:3] + (without(box, e),)), M=up(M, i, tuple(sorted(set(M[i]) | {(j, *e, q) for j, q in enumerate(seqs)}))))
            for m in M[i] if ton else ():
                j, v, st1, q = m; t = s.tk[i][j]; d = T[t]
                if d is None: continue  # not here yet: deferred
                T2 = up(T, t, (d[0] + 1, d[1], i if st1 != 'X' else -1, LOCK[st1], q, v, True)) if (q, v) > d[4:6] else T
                add(f'ticket {s.names[t]} <- O{i}@{v} {SAYS[st1]}' + ('' if T2 != T else ' (stale)'), 'svc', T=T2, M=up(M, i, without(M[i], m)), chg=changed(t) if T2 != T else chg,
                    ph='a lock that was right follows an old event' if ph == 3 and T2 != T and s.right(O, d) and not s.right(O, T2[t]) else ph)
                if s.dup and ph < 3 and s.restored == 'tickets' and T2 != T: add(f'ticket {s.names[t]} <- O{i}@{v} {SAYS[st1]}, it will come again', 'may', T=T2)
            # rule 5: by what orders' replica says; tickets answers what it knows already by telling the ticket again
            if ton and oon and not any(e[0] == ver for e in box):
                for j, t in enumerate(s.tk[i]):
                    r = R[t]; d = T[t]
                    loose = r[2:] != (i, LOCK[st]) if st != 'X' else r[2] == i
                    if d is None or not loose: continue
                    if (seqs[j], ver) > d[4:6]:
                        if not any(m[:2] == (j, ver) for m in M[i]): add(f'orders tells ticket {s.names[t]} again: O{i}@{ver}', 'svc', M=up(M, i, with_(M[i], (j, ver, st, seqs[j]))))
                    elif r[0] < d[0] and not d[6] and not any(m[0] == d[0] for m in MR[t]): add(f'ticket {s.names[t]} is told again', 'svc', T=up(T, t, d[:6] + (True,)))
        if ph == 0: add(f'BACKUP of {s.restored}', 'may', ph=1, B=T if s.restored == 'tickets' else R)
        if ph == 1:
            if s.restored == 'tickets': add('LOSS of tickets: it is the backup again', 'may', ph=2, T=B, B=None)
            else: add('LOSS of orders: its replica is that of the backup', 'may', ph=2, R=B, B=None)
        if ph == 2:
            if s.restored == 'tickets' and (s.bug == 'no_wait' or not any(MR)):
                N = s.command(O, T, R)
                same = lambda T2: [d and d[:6] for d in s.command(O, T2, R)] == [d and d[:6] for d in N]
                add('COMMAND', 'svc', T=N, ph=3 if same(N) and all(same(up(T, t, N[t])) for t in range(s.NT)) else TWICE)
            if s.restored == 'orders':  # its source marks for republishing what the replica does not have
                N = tuple(d and d[:6] + (d[6] or (chg[t] if s.bug == 'marks_by_time' else s.bug != 'no_republish' and (R[t] is None or R[t][0] < d[0])),) for t, d in enumerate(T))
                add('COMMAND: tickets marks what is to be told again', 'svc', T=N, ph=3)
        return out

    def right(s, O, d): return d[2] >= 0 and O[d[2]] is not None and d[3] == LOCK[O[d[2]][0]]

    def command(s, O, T, R):
        N = []; bug = s.bug
        for t, d in enumerate(T):
            r = R[t]; d0 = d; was = bool(d and d[6])
            if r and (d is None or r[0] > d[0]): d = (*r, *(d[4:6] if d else (0, -1)), False)
            last = max(((o[2][s.tk[i].index(t)], o[1], i, o[0]) for i, o in enumerate(O) if o and t in s.tk[i]), default=None)
            if d and last and bug != 'locks_not_restored':
                q, v, i, st = last; lock = (i if st != 'X' else -1, LOCK[st])
                if bug == 'lock_by_replica': lock = d[2:4]  # the numbers from orders, who has it from orders' replica of the ticket
                numbers = d[4:6] if bug == 'lock_without_numbers' else (q, v)
                d = (d[0] + (d[2:4] != lock and bug != 'lock_same_version'), d[1], *lock, *numbers, False)
            if d:
                new = d[:6] != (d0 and d0[:6])
                mark = (r is None or r[0] < d[0]) if bug == 'outbox_emptied_compared' else bug != 'no_republish' and new
                d = d[:6] + (mark or (was and not bug.startswith('outbox_emptied')),)
            N.append(d)
        return tuple(N)

    def bad(s, S): return S[5] if isinstance(S[5], str) else None
    def badcalm(s, S):
        O, M, T, MR, R, ph, B, chg = S
        if ph == 2: return 'the command never runs'
        want = [(-1, 'F')]*s.NT
        for i, o in enumerate(O):
            if s.holds(o):
                for t in s.tk[i]: want[t] = (i, LOCK[o[0]])
        for t, d in enumerate(T):
            if d and d[2:4] != want[t]: return f'lock of {s.names[t]} says {d[2:4]}, orders says {want[t]}'
            if (d and s.public(d)) != R[t]: return f"orders' replica of {s.names[t]} says {R[t]}, tickets says {d}"
    def badrest(s, S): return None


CREATE, CONFIRM, CAPTURE, CANCEL = 1, 2, 4, 8
class Money(Base):
    """payments is restored.  State = (O, M, rep, A, I, ph, B, chg)
    O the order (st, version, attempt that won, outbox, receipt noted)     M under way to payments     rep payments' replica (version, st, attempt)
    A attempt (doc, why, intent id stored, authorized waits, failed waits)     I (intent, client secret given out, authorized, failed under way to orders, calls under way at the loss)
    doc, intent: as in model.py.  chg: the order changed since the backup"""
    def __init__(s, na=2, bug='', stale=True, by='order'): s.na, s.bug, s.stale, s.by = na, bug, stale, by
    def init(s): return (None, (), None, (('-', '', False, 0, 0),)*s.na, (('-', False, 0, 0, 0),)*s.na, 0, None, False)

    def canon(s, O, M, rep, A, I, ph, B, chg):
        r0 = B[1] if ph == 1 else rep
        M = tuple(m for m in M if r0 is None or m[0] > r0[0]); chg = chg and ph != 3
        # an answer to an order that has ended it can no longer change; a call to an intent that is final neither
        I = tuple((pi, sec if pi in ('ra', 'rpm') else False, mA if O and O[0] == 'A' else 0, mF if O and O[0] == 'C' else 0, 0 if pi in ('succ', 'canc') else late) for pi, sec, mA, mF, late in I)
        return (O, M, rep, A, I, ph, B, chg)

    def steps(s, S):
        O, M, rep, A, I, ph, B, chg = S; out = []; on = ph != 2; bug = s.bug
        def add(label, kind, O=O, M=M, rep=rep, A=A, I=I, ph=ph, B=B, chg=chg):
            N = s.canon(O, M, rep, A, I, ph, B, chg)
            if N != S: out.append((label, kind, N))
        def put(st, pid): v = O[1] + 1; return (st, v, pid, newest(O[3], (v, st, pid)), O[4])
        ch = chg or ph in (1, 2)
        if O is None: add('the order is made', 'may', O=('A', 0, -1, ((0, 'A', -1),), 0), chg=ch)
        else:
            st, ver, pid, box, rcpt = O
            if st == 'A': add('the order ends: cancelled, expired or taken over', 'time', O=put('X', -1), chg=ch)
            for e in box: add(f'order@{e[0]} {SAYS[e[1]]} is published', 'svc', O=(st, ver, pid, without(box, e), rcpt), M=with_(M, e))
            if ((st == 'C' and not rcpt) or (on and st != 'A' and any(a[0] == 'au' for a in A))) and (rep is None or rep[0] < ver) and not any(e[0] == ver for e in box + M):
                add(f'orders tells again: order@{ver} {SAYS[st]}', 'svc', M=with_(M, (ver, st, pid)))
            if st == 'C' and on and A[pid][0] == 'CAP': add(f'orders <- created P{pid}: receipt noted', 'svc', O=(st, ver, pid, box, 1))
        for m in M if on else ():
            r = m if rep is None or m[0] > rep[0] else rep
            add(f'payments <- order@{m[0]} {SAYS[m[1]]}', 'svc', rep=r, M=without(M, m))
            if ph < 3 and r != rep: add(f'payments <- order@{m[0]} {SAYS[m[1]]}, it will come again', 'may', rep=r)
        for k in range(s.na):
            a = A[k]; doc, why, piid, oA, oF = a; pi, secret, mA, mF, late = I[k]; n = f'P{k}'
            def doc_(label, kind, d=doc, w=why, p=piid, A_=oA, F_=oF, **i): add(f'{n}: {label}', kind, A=up(A, k, (d, w, p, A_, F_)), I=intent(**i) if i else I)
            def intent(pi=pi, secret=secret, mA=mA, mF=mF, late=late): return up(I, k, (pi, secret, mA, mF, late))
            def stripe(label, kind, **i): add(f'{n}: {label}', kind, I=intent(**i))
            if mA: add(f'orders <- authorized {n}' + (': completed' if O[0] == 'A' else ''), 'svc', I=intent(mA=0), O=put('C', k) if O[0] == 'A' else O, chg=ch if O[0] == 'A' else chg)
            if mF: add(f'orders <- failed {n}' + (': cancelled' if (O[0], O[2]) == ('C', k) else ''), 'svc', I=intent(mF=0), O=put('X', k) if (O[0], O[2]) == ('C', k) else O, chg=ch if (O[0], O[2]) == ('C', k) else chg)
            # buyer, time, and calls that were under way when the database was lost
            if pi == 'ra': stripe('buyer passes 3DS', 'may', pi='au'); stripe('buyer fails 3DS', 'may', pi='rpm')
            if pi == 'rpm' and secret: stripe('browser confirms again with the client secret', 'may', pi='au')
            if pi == 'au': stripe('authorisation expires', 'may', pi='canc')
            if late & CREATE and pi == '-': stripe('Stripe creates intent (late)', 'may', pi='rc')
            if late & CONFIRM and pi == 'rc':
                for x in ('au', 'ra', 'rpm'): stripe(f'Stripe confirms = {x} (late)', 'may', pi=x)
            if late & CAPTURE and pi == 'au': stripe('Stripe captures (late)', 'may', pi='succ')
            if late & CANCEL and pi in ('rc', 'ra', 'rpm', 'au'): stripe('Stripe cancels (late)', 'may', pi='canc')
            if not on: continue
            if doc == '-':
                if pi == '-' and rep and (s.stale or rep[1] == 'A') and all(x[0] != '-' or I[j][0] != '-' for j, x in enumerate(A[:k])) and not any(x[0] in UNDERWAY for x in A):
                    doc_('POST, attempt inserted', 'may', d='ing')
                continue
            if oA: doc_('authorized is published', 'svc', A_=0, mA=1)
            if oF: doc_('failed is published', 'svc', F_=0, mF=1)
            if doc == 'au' and O[0] == 'A' and not (oA or mA): doc_('authorized is told again', 'svc', A_=1)
            if doc == 'FAIL' and (O[0], O[2]) == ('C', k) and not (oF or mF): doc_('failed is told again', 'svc', F_=1)
            if doc in ('ing', 'ra', 'au') and rep:
                if rep[1] == 'C' and rep[2] == k:
                    if doc == 'au': doc_('completed by it, capturing', 'svc', d='cp')
                elif rep[1] in 'CX': doc_(f'verdict {SAYS[rep[1]]}, cancelling', 'svc', d='cn', w='pre')
            if doc == 'ing': doc_('given up, cancelling', 'may', d='cn', w='pre')
            if doc == 'ra': doc_('superseded or abandoned, cancelling', 'may', d='cn', w='pre')
            if doc == 'cp' and pi == 'au': doc_('capture refused for good, cancelling', 'may', d='cn', w='cap')
            if pi == '-' and not late & CREATE and doc in ('ing', 'cn', 'CAN'): stripe('Stripe creates intent' + ('' if doc == 'ing' else ' (late)'), 'svc' if doc == 'ing' else 'may', pi='rc')
            if pi == '-' and late & CREATE and doc == 'ing': stripe('Stripe creates intent, by the same key', 'svc', pi='rc')
            if doc == 'ing' and pi != '-' and not piid: doc_('intent id stored', 'svc', p=True)
            if piid and pi == 'rc':
                for x in ('au', 'ra', 'rpm'): stripe(f'Stripe confirms = {x}', 'svc' if doc == 'ing' else 'may', pi=x)
            if pi == 'au' and (doc in ('cp', 'CAP', 'FAIL') or (doc == 'cn' and why == 'cap')): stripe('Stripe captures', 'svc' if doc == 'cp' else 'may', pi='succ')
            if piid and doc in ('cn', 'CAN', 'FAIL') and pi in ('rc', 'ra', 'rpm', 'au'): stripe('Stripe cancels', 'svc' if doc == 'cn' else 'may', pi='canc')
            if doc == 'cn' and not piid: doc_('no intent id: canceled', 'svc', d='CAN')
            if piid:
                if doc in ('ing', 'ra'):
                    if pi == 'au': doc_('authorised', 'svc', d='au', A_=1)
                    if pi == 'ra' and doc == 'ing': doc_('requires action', 'svc', d='ra', secret=True)
                    if pi == 'rpm': doc_('refused, cancelling', 'svc', d='cn', w='pre')
                    if pi == 'canc': doc_('seen canceled, canceled', 'svc', d='CAN')
                if doc == 'cp' or (doc == 'cn' and why == 'cap'):
                    if pi == 'succ' and not any(x[0] in UNDERWAY for j, x in enumerate(A) if j != k): doc_('captured', 'svc', d='CAP')  # the index lets it once the other has left
                    if pi == 'canc': doc_('seen canceled, failed', 'svc', d='FAIL', F_=1)
                elif doc == 'cn' and pi == 'canc': doc_('canceled', 'svc', d='CAN')
        if ph == 0: add('BACKUP of payments', 'may', ph=1, B=(A, rep))
        if ph == 1:
            I2 = tuple((pi, sec, mA, mF, (CREATE if pi == '-' and a[0] in ('ing', 'cn', 'CAN') else 0) | (CONFIRM if pi == 'rc' and a[2] else 0)
                        | (CAPTURE if pi == 'au' and (a[0] == 'cp' or a[1] == 'cap') else 0) | (CANCEL if a[2] and a[0] in ('cn', 'CAN', 'FAIL') else 0)) for (pi, sec, mA, mF, _), a in zip(I, A))
            add('LOSS of payments: it is the backup again', 'may', ph=2, A=B[0], rep=B[1], B=None, I=I2)
        if ph == 2 and (bug == 'no_wait' or not any(i[2] or i[3] for i in I)):
            N = s.command(O, rep, A, I); p = 3
            if sum(a[0] in UNDERWAY for a in N) > 1: p = 'the unique index on attempts under way refuses what the command writes'
            elif any([a[:3] for a in s.command(O, rep, A2, I)] != [a[:3] for a in N] for A2 in (N, *(up(A, k, N[k]) for k in range(s.na)))): p = TWICE
            mark = O is not None and not any(e[0] == O[1] for e in O[3]) and (chg if bug == 'marks_by_time' else bug != 'no_republish' and (rep is None or rep[0] < O[1]))
            # an attempt that nobody knows and that has no intent yet: what Stripe may still create is confirmed by nobody
            I2 = tuple(i[:4] + (i[4] & ~CREATE if N[k][0] == '-' else i[4],) for k, i in enumerate(I))
            add('COMMAND', 'svc', A=N, I=I2, ph=p, O=O[:3] + (newest(O[3], (O[1], O[0], O[2])), O[4]) if mark else O)
        return out

    def command(s, O, rep, A, I):
        bug = s.bug; N = []; by = O[2] if O and O[0] == 'C' else -1
        if bug == 'order_by_own_replica': by = rep[2] if rep and rep[1] == 'C' else -1
        there = [k for k in range(s.na) if A[k][0] != '-' or I[k][0] != '-']
        for k, (doc, why, piid, oA, oF) in enumerate(A):
            pi = I[k][0]
            if bug.startswith('outbox_emptied'): oA, oF = (doc == 'au', doc == 'FAIL') if bug == 'outbox_emptied_compared' else (0, 0)
            unknown = doc == '-' and pi != '-'; bare = doc in ('ing', 'cn') and not piid and pi != '-'
            new = (doc, why, piid)
            if s.by != 'intent' and not bug.startswith('as_worded'):
                if (unknown and bug != 'unknown_attempt_not_inserted') or (doc in ('ing', 'ra') and (piid or bug != 'intent_not_given') and not (piid and bug == 'known_ones_left')):
                    new = ('cp', '', True) if by == k and not (bug == 'canceled_not_failed' and pi == 'canc') else ('cn', 'pre', piid or pi != '-')
            elif bug in ('as_worded', 'as_worded_and_open_ones'):
                opened = bug != 'as_worded' and doc in ('ing', 'ra') and piid
                if unknown or bare or opened:
                    to = 'cp' if pi == 'succ' or (pi == 'canc' and by == k) else 'au' if pi == 'au' else 'CAN' if pi == 'canc' else 'ing'
                    new = (doc, why, piid) if opened and to == 'ing' else (to, '', True)
            elif (unknown and bug != 'unknown_attempt_not_inserted') or (doc in ('ing', 'ra') and (piid or bug != 'intent_not_given') and (bug != 'known_ones_left' or not piid)):
                has = piid or pi != '-'
                if by == k: to = 'cp' if pi in ('succ', 'canc') and not (bug == 'canceled_not_failed' and pi == 'canc') else 'CAN' if pi == 'canc' else 'au'
                elif pi == 'canc': to = 'CAN'
                elif (O and O[0] != 'A') or (k != there[-1] and bug != 'older_ones_stay'): to = 'cn'
                elif pi == 'au': to = 'au'
                else: to = doc if doc != '-' else 'ing'
                new = (to, 'pre' if to == 'cn' else why, has)
            N.append((*new, int(oA or (new[0] == 'au' != doc)), int(oF)))
        return tuple(N)

    def bad(s, S):
        O, M, rep, A, I, ph, B, chg = S
        if isinstance(ph, str): return ph
        took = [k for k in range(s.na) if I[k][0] == 'succ']
        for k in took:
            if (O[0], O[2]) != ('C', k): return f'P{k} is captured, and the order is not completed by it'
        if len(took) > 1: return 'captured twice'

    def badcalm(s, S):
        O, M, rep, A, I, ph, B, chg = S
        if ph == 2: return 'the command never runs'
        if O is None: return None
        if rep != (O[1], O[0], O[2]): return f"payments' replica says {rep}, orders says {O[:3]}" + (': its buyer cannot pay' if O[0] == 'A' else '')
        if O[0] == 'A':
            for k, a in enumerate(A):
                if a[0] in UNDERWAY and a[0] != 'ra': return f'buyer cannot pay again: P{k} is stuck in {a[0]}'

    def badrest(s, S):
        O, M, rep, A, I, ph, B, chg = S
        if O is None: return None
        if O[0] == 'C' and I[O[2]][0] != 'succ': return 'completed, and not paid'
        for k, a in enumerate(A):
            if a[0] not in ENDED + ('-',): return f'P{k} is left in {a[0]}, its intent in {I[k][0]}'
            if (a[0] == 'CAP') != (I[k][0] == 'succ'): return f'P{k} is {a[0]}, its intent {I[k][0]}'
            if I[k][0] == 'au': return f'authorisation of P{k} left open'
            if I[k][0] in ('ra', 'rpm') and I[k][1]: return f'intent of P{k} left that the browser can still authorise'


AA = dict(orders=('a', 'a'))
FULL = [  # name, model, sizes
 ('orders restored: 1 ticket, 2 orders', Orders, AA),
 ('orders restored: the same, reduced (as many calm states as above)', Orders, dict(eager=True, **AA)),
 ('orders restored, reduced: orders ab a', Orders, dict(orders=('ab', 'a'), eager=True)),
 ('orders restored twice, reduced: orders ab a', Orders, dict(orders=('ab', 'a'), eager=True, rounds=2)),
 ('orders restored, reduced, no money: orders ab bc c', Orders, dict(orders=('ab', 'bc', 'c'), na=0, eager=True)),
 ('orders restored, reduced: 1 ticket, 3 orders', Orders, dict(orders=('a', 'a', 'a'), eager=True)),
 ('orders restored, one event lost for payments for ever, unknown ones cancelled: 1 ticket, 2 orders', Orders, dict(lossy=1, only='locks', **AA)),
 ('tickets restored: 1 ticket, 1 order, seller', Tickets, dict(orders=('a',))),
 ('tickets restored: the same, reduced (as many calm states as above)', Tickets, dict(orders=('a',), eager=True)),
 ('tickets restored, reduced: 1 ticket, 2 orders, seller', Tickets, dict(eager=True, **AA)),
 ('tickets restored, reduced: 2 tickets, 1 order of both', Tickets, dict(orders=('ab',), edits=0, new=False, eager=True)),
 ("orders restored, its replica of the tickets: 2 tickets, seller", Tickets, dict(orders=(), nt=2, restored='orders')),
 ('payments restored: 1 order, 2 attempts', Money, dict(na=2)),
 ('payments restored, the other rule (by the intent): 1 order, 2 attempts', Money, dict(na=2, by='intent')),
]
BIG = [
 ('orders restored: orders ab a', Orders, dict(orders=('ab', 'a'))),
 ('orders restored twice: 1 ticket, 2 orders', Orders, dict(rounds=2, **AA)),
 ('tickets restored: 1 ticket, 2 orders', Tickets, dict(edits=0, new=False, **AA)),
 ('tickets restored, reduced: 2 tickets, 1 order of both, seller', Tickets, dict(orders=('ab',), new=False, eager=True)),
]
MUT = {  # rule taken out: (what the rule says, runs); a run is (model, sizes) that must be violated, or (model, sizes, 'holds')
 'no_wait': ('the command waits until nothing of the restored service is under way', [(Orders, dict(only='money', **AA)), (Tickets, dict(orders=('a',))), (Money, dict(na=1))]),
 'losers_stay': ('an order that has ended unheard is written as cancelled', [(Orders, AA)]),
 'higher_sequence_not_chosen': ('the one with the higher holdSequence stands', [(Orders, dict(only='money', **AA))]),
 'ended_ones_do_not_count': ('any order of the ticket with a higher holdSequence ends the lower ones, also one that is cancelled itself (as worded: of two that hold)', [(Orders, AA), (Orders, dict(only='money', **AA), 'holds')]),
 'one_ticket_after_the_other': ('decided on all orders as they were heard, not on what the command has cancelled meanwhile', [(Orders, dict(orders=('ab', 'bc', 'c'), na=0, eager=True))]),
 'loser_same_version': ('cancelled one version up', [(Orders, dict(only='money', **AA))]),
 'unknown_not_written': ('what only a lock knows is written as cancelled, one version above the lock (an event was lost for payments)', [(Orders, dict(orders=('a',), lossy=1, only='locks', unknown=False))]),
 'free_locks_do_not_count': ('so is what only a free lock knows: it names no order, its holdSequence does', [(Orders, dict(lossy=1, only='locks', **AA))]),
 'outbox_kept': ('the restored outboxes are emptied (SPARE)', [(Orders, AA, 'holds'), (Tickets, dict(orders=('a',)), 'holds'), (Money, dict(na=2), 'holds')]),
 'outbox_emptied': ('the restored outboxes are kept (as worded: emptied, and what changed since the backup is marked)', [(Orders, AA), (Tickets, dict(orders=('a',))), (Money, dict(na=2), 'holds')]),
 'outbox_emptied_compared': ('as above, but what the replicas do not have is marked (SPARE)', [(Orders, AA, 'holds'), (Tickets, dict(orders=('a',)), 'holds'), (Money, dict(na=2), 'holds')]),
 'no_republish': ('what the command wrote, and what the own replicas lack, is told', [(Orders, AA), (Orders, dict(only='money', **AA), 'holds'), (Tickets, dict(orders=('a',)), 'holds'), (Tickets, dict(orders=(), nt=1, restored='orders')), (Money, dict(na=1))]),
 'marks_by_time': ('the sources mark what the restored replicas lack (as worded: what changed since the backup)', [(Tickets, dict(orders=(), nt=1, restored='orders')), (Money, dict(na=1))]),
 'locks_not_restored': ("locks from orders' documents, not only what orders' replica of the ticket says", [(Tickets, dict(orders=('a',)))]),
 'lock_by_replica': ('the state of the lock too, not only its numbers', [(Tickets, dict(orders=('a',)))]),
 'lock_without_numbers': ('the numbers of the lock too, not only its state', [(Tickets, dict(orders=('a',)))]),
 'lock_same_version': ('where the lock changes what the ticket says, the ticket is one version up', [(Tickets, dict(orders=('a',)))]),
 'as_worded': ('attempts as now worded: only those unknown or without intent, each by its intent', [(Money, dict(na=1)), (Money, dict(na=2))]),
 'as_worded_and_open_ones': ('as worded, for all that the backup has open (enough for one attempt an order)', [(Money, dict(na=1), 'holds'), (Money, dict(na=2))]),
 'known_ones_left': ('attempts that the backup has open, with their intent, are written too', [(Money, dict(na=1))]),
 'order_by_own_replica': ('whether the order is completed by it is asked of orders, not of the restored replica', [(Money, dict(na=1))]),
 'older_ones_stay': ('the other rule: of several attempts only the newest goes on', [(Money, dict(na=2, by='intent'))]),
 'unknown_attempt_not_inserted': ('an attempt of which only Stripe knows is inserted', [(Money, dict(na=1))]),
 'intent_not_given': ('an attempt without its intent gets it', [(Money, dict(na=1))]),
 'canceled_not_failed': ('capturing, hence failed, where the intent is canceled and the order completed by it', [(Money, dict(na=1))]),
}
def show(name, r):
    c = ' CUT' if r.get('cut') else ''
    print(f'{name}: {"VIOLATED: " + r["why"] if r["why"] else "ok"}{c}; states {r["states"]:,}, edges {r.get("edges","-")}, calm {r["calm"]:,}, at rest {r["rest"]:,}, {r["t"]:.1f}s')
    for i, l in enumerate(r.get('trace', ()), 1): print(f'   {i}. {l}')
    sys.stdout.flush()

if __name__ == '__main__':
    what = sys.argv[1] if len(sys.argv) > 1 else 'all'; good = True; t0 = time.process_time(); calm = None
    if what not in ('all', 'full', 'big', 'mutants', *MUT): sys.exit('rules: ' + ' '.join(MUT))
    if what in ('all', 'full', 'big'):
        for name, cls, kw in BIG if what == 'big' else FULL:
            r = cls(**kw).run(); show(name, r); good &= not r['why'] and not r.get('cut') and ('as above' not in name or r['calm'] == calm); calm = r['calm']
    for m, (text, runs) in MUT.items():
        if what in ('all', 'mutants', m):
            for cls, kw, *holds in runs:
                r = cls(bug=m, **kw).run(); good &= bool(r['why']) != bool(holds)
                show(f'without "{m}" ({text}), {cls.__name__}' + (', must hold all the same' if holds else ''), r)
    print(f'{"AS EXPECTED" if good else "NOT AS EXPECTED"}, {time.process_time()-t0:.0f}s'); sys.exit(0 if good else 1)
