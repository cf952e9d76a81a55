#!/usr/bin/env python3
"""Explicit-state model of orders that hold several tickets: docs/protocol.md, part 3 (breadth first, shortest traces).
Stands beside model.py (one ticket an order, every state of a payment attempt) and restore.py (a database lost and restored).

  python3 several.py               all rules on, several sizes; then each rule taken out must do what is noted beside it; walks
  python3 several.py full          only the runs with all rules on
  python3 several.py mutants       only the runs with one rule taken out
  python3 several.py big           larger sizes, all rules on (half a minute)
  python3 several.py walk [N SEED] only the random walks to rest, over sizes too big to enumerate
  python3 several.py NAME          the rule NAME taken out, with its trace

One atomic step: one conditional write on one document; a crash is another step being taken next. An order's event reaches
each of its tickets by a write of its own, so "crash between two tickets" is one written and the other not (yet).
The present state of an order is told until it is followed; every earlier state may still come, twice, late, in any order, or
never. With `loss`, as many writes on tickets are lost for ever: an order is then told again only until it is settled (rule 5:
awaiting and locked at all its tickets, cancelled and at none, completed and sold at all; read from the locks themselves).
An insert may have read, for each ticket, any sequence that was ever that ticket's last; the two unique indexes judge it.
An order ends unpaid (by its buyer, time, a takeover, a cancelled show, a take-down) by one step, possible at any time.
A ticket may be withdrawn while its lock is free; orders hears of it later, and refuses it from then on.
Money is abstract (completed, capture failed: at any time) or, with `na` attempts an order, real: payments' replica of the
order, and attempts that begin on a stale read of it and then follow it. Nothing between orders and payments is lost.

Checked in every state: no ticket is held by two orders; the sequences of each ticket are 1, 2, 3 …, without tie or gap.
When nothing that must happen is left: each lock is what orders says; a free ticket can be reserved; a completed order has all
its tickets and (real money) one captured payment, any other has none, and a cancelled one has no open authorisation.
With all rules on, what must happen only goes forward (`rank`), so settling ends, from every state.
Class Outbox checks rule 3. Not here: clocks (rule 2), the broker's identity (rule 4), when and from which replicas the sources
republish (rule 5), slots, offers, choosing by quantity, the rollout.

State = (T, O, M, P, W, Z)
 T ticket's lock (order or -1, F free | R reserved | S sold, holdSequence, orderVersion)
 O order (version, status, attempt that won, holdSequence of each ticket)   status: - not yet, A awaiting, C completed,
   X cancelled;  `allocated` is all its tickets in A and C, and empty else
 M earlier states of each order that may still change something
 P (payments' replica of the order, attempts)   attempt: -, au authorised, cp capturing, CAP captured, FAIL refused, CAN cancelled
 W withdrawn tickets, those of them that orders knows of     Z (two that mutants need, writes lost, how many ever were)
"""
import random, sys, time
from collections import Counter, deque
from itertools import product

DOCRANK = {'-': 0, 'au': 1, 'cp': 2, 'CAN': 3, 'CAP': 3, 'FAIL': 3}
SAYS = {'A': 'awaiting', 'C': 'completed', 'X': 'cancelled', 'N': 'new', 'U': 'updated'}
def up(t, i, v): return t[:i] + (v,) + t[i+1:]

class Search:
    def run(s, limit=6_000_000):
        t0 = time.process_time(); parts = {}
        def intern(S): return tuple([parts.setdefault(x, x) for x in S])
        def result(why=None, S=None, then=(), cut=False):
            trace = [*then]
            while S and parent[S]: S, lab = parent[S]; trace.insert(0, lab)
            return dict(why=why, trace=trace, cut=cut, states=len(parent), rest=rest, edges=edges, t=time.process_time() - t0)
        S0 = intern(s.init()); parent = {S0: None}; q = deque([S0]); rest = edges = 0
        while q:
            S = q.popleft(); st = s.steps(S); kinds = {k for _, k, _ in st}
            why = s.bad(S) or 'svc' not in kinds and s.badrest(S)
            rest += not kinds & {'svc', 'time'}
            if why: return result(why, S)
            r0 = s.rank(S) if s.mono else None
            for lab, kind, N in st:
                edges += 1
                if s.mono and kind != 'may':
                    r1 = s.rank(N)
                    if r0 == r1 or any(x > y for x, y in zip(r0, r1)): return result('what must happen goes back', S, [lab])
                if N not in parent: N = intern(N); parent[N] = (S, lab); q.append(N)
            if len(parent) > limit: return result(cut=True)
        return result()

class Model(Search):
    def __init__(s, orders, bug='', na=0, withdraw='', before=(), loss=0, resend=True, keep=False):
        s.tickets = ''.join(sorted(set(''.join(orders)))); s.NT = len(s.tickets); s.NO = len(orders)
        s.tk = [tuple(s.tickets.index(c) for c in o) for o in orders]; s.wd = [s.tickets.index(c) for c in withdraw]
        s.bug, s.na, s.before, s.loss, s.resend, s.mono, s.memo = bug, na, before, loss, resend, not bug, {}
        s.hist, s.acks = bug == 'one_sequence_an_order', bug == 'no_fence'  # remember each ticket's last sequences, what was delivered
        s.early = bug in ('per_ticket_apply_all_or_nothing_ack', 'settled_by_first_ticket')
        s.reduce = not keep and bug not in ('no_fence', 'fence_by_order_version_only')

    def init(s):
        O = tuple((-1, '-', -1, (0,)*len(t)) for t in s.tk); Z = (((0,),)*s.NT if s.hist else (), (), (), 0)
        return ((-1, 'F', 0, -1),)*s.NT, O, ((),)*s.NO, ((None, ('-',)*s.na),)*s.NO if s.na else (), ((False,)*s.NT,)*2, Z

    def canon(s, S):
        """forgets earlier states that nothing would take any more: neither locks nor replicas ever go back"""
        T, O, M, P, W, Z = S; out = []
        for i, ms in enumerate(M):
            rep = P[i][0] if P else (1 << 30,); key = (i, ms, rep, T)
            def matters(m): return rep is None or m[0] > rep[0] or any(m[3][j] and (m[3][j], m[0]) > T[t][2:] for j, t in enumerate(s.tk[i]))
            if ms and key not in s.memo: s.memo[key] = tuple(m for m in ms if matters(m))
            out.append(s.memo[key] if ms else ms)
        return (T, O, tuple(out), P, W, Z)

    # ---- the store of orders
    def having(s, O, t): return [(i, o[1], o[3][tk.index(t)]) for i, (o, tk) in enumerate(zip(O, s.tk)) if t in tk and o[3][tk.index(t)]]
    def pairs(s, O, t): return [q for _, _, q in s.having(O, t)]
    def holding(s, O, t): return [i for i, st, _ in s.having(O, t) if st in 'AC']
    def indexed(s, O, t):
        """does the unique index on `allocated` have ticket t? Its filter: status awaiting or completed, and allocated.0 exists"""
        status = 'ACX' if s.bug == 'keep_allocated_on_cancel' else 'AC'
        filled = 'ACX' if s.bug.startswith('keep_allocated') else 'AC'
        return any(st in status and st in filled for _, st, _ in s.having(O, t))

    def inserts(s, O, known, H):
        for i, tk in enumerate(s.tk):
            if s.bug == 'ticket_by_ticket': tk = tk[:1]
            if O[i][1] != '-' or any(b == i and O[a][1] == '-' for a, b in s.before) or any(known[t] for t in tk): continue
            if s.bug != 'no_allocated_index' and any(s.indexed(O, t) for t in tk): continue
            last = [max(s.pairs(O, t), default=0) for t in tk]
            for read in product(*[H[t] if s.hist else range(l + 1) for t, l in zip(tk, last)]):
                seqs = tuple(1 + (max(read) if s.hist else x) for x in read); H2 = H
                if s.bug != 'no_pair_index' and any(q in s.pairs(O, t) for t, q in zip(tk, seqs)): continue
                for t, q in zip(tk, seqs):
                    if s.hist and q > H2[t][-1]: H2 = up(H2, t, H2[t] + (q,))
                stale = ' '.join(f'{s.tickets[t]}={x} was read, is {l}' for t, x, l in zip(tk, read, last) if x != l)
                label = f'O{i} reserves ' + ' '.join(s.tickets[t] + str(q) for t, q in zip(tk, seqs))
                yield label + (f' (stale: {stale})' if stale else ''), up(O, i, (0, 'A', -1, seqs + (0,)*(len(s.tk[i]) - len(tk)))), H2

    def takes(s, lock, j, m):
        """the lock's rule: does the j-th ticket of an order take this state of it?"""
        v, st, by, seqs = m
        newer = v > lock[3] if s.bug == 'fence_by_order_version_only' else (seqs[j], v) > lock[2:]
        return seqs[j] > 0 and (newer or s.bug == 'no_fence')

    def settled(s, T, i, st):
        locks = [T[t][:2] for t in (s.tk[i][:1] if s.bug == 'settled_by_first_ticket' else s.tk[i])]
        return all(l[0] != i for l in locks) if st == 'X' else all(l == (i, 'R' if st == 'A' else 'S') for l in locks)

    # ---- all steps: (label, kind, next); kind: 'svc' must happen, 'time' must happen, 'may' (environment, fault)
    def steps(s, S):
        T, O, M, P, W, Z = S; H, D, lost, used = Z; bug = s.bug; name = s.tickets; out = []
        def add(label, kind, T=T, O=O, M=M, P=P, W=W, Z=Z):
            S2 = (T, O, M, P, W, Z)
            if s.reduce and any(M): S2 = s.canon(S2)
            if S2 != S: out.append((label, kind, S2))
        def change(label, kind, i, st, by, seqs=None):
            """one write on the order: the state before it may still be under way"""
            add(label, kind, O=up(O, i, (O[i][0] + 1, st, by, seqs or O[i][3])), M=up(M, i, M[i] + (O[i],)))
        for t in s.wd:
            if not W[0][t]:
                if T[t][1] == 'F': add(f'seller withdraws {name[t]}', 'may', W=(up(W[0], t, True), W[1]))
            elif not W[1][t]: add(f'orders hears that {name[t]} is withdrawn', 'svc', W=(W[0], up(W[1], t, True)))
        key = (O, W[1], H)
        if key not in s.memo: s.memo[key] = list(s.inserts(*key))
        for lab, O2, H2 in s.memo[key]: add(lab, 'may', O=O2, Z=(H2, D, lost, used))
        for i, (ver, st, pid, seqs) in enumerate(O):
            tk = s.tk[i]
            if st == '-': continue
            if st == 'A' and 0 in seqs and not s.indexed(O, tk[seqs.index(0)]):  # a mutant's order, which has a part of its tickets
                j = seqs.index(0); last = max(s.pairs(O, tk[j]), default=0)
                change(f'O{i} takes {name[tk[j]]} too', 'may', i, 'A', pid, up(seqs, j, last + 1))
            if st == 'A': change(f'O{i} ends, unpaid', 'time', i, 'X', pid)
            if not s.na and st == 'A': change(f'O{i} is completed (abstract)', 'may', i, 'C', 0)
            if not s.na and st == 'C': change(f'O{i}: capture failed (abstract)', 'may', i, 'X', 0)
            # events: to each ticket, and to payments' replica
            for m in (O[i], *M[i]):
                v, mst, by, mseqs = m; now = m is O[i]; what = f'O{i}@{v} {SAYS[mst]}'; late = '' if now else ' (late)'
                for j, t in enumerate(tk):
                    if (i, v, j) in lost or not s.takes(T[t], j, m) or bug == 'withdrawn_ignores_events' and W[0][t]: continue
                    T2 = up(T, t, (-1 if mst == 'X' else i, {'A': 'R', 'C': 'S', 'X': 'F'}[mst], mseqs[j], v))
                    D2 = tuple(sorted({*D, (i, v, j)})) if s.acks else D
                    add(f'{name[t]} <- {what}{late}', 'svc' if now and (i, v, j) not in D else 'may', T=T2, Z=(H, D2, lost, used))
                    if s.early and now and not used:
                        rest = tuple((i, v, k) for k in range(len(tk)) if k != j and s.takes(T[tk[k]], k, m))
                        if rest: add(f'{name[t]} <- {what}, acknowledged, crash before the others', 'may', T=T2, Z=(H, D, tuple(sorted(lost + rest)), 1))
                    if used < s.loss: add(f'LOST for {name[t]}: {what}', 'may', Z=(H, D, tuple(sorted(lost + ((i, v, j),))), used + 1))
                if s.na and (P[i][0] is None or v > P[i][0][0]):
                    add(f'payments <- {what}{late}', 'svc' if now else 'may', P=up(P, i, ((v, mst, by), P[i][1])))
            if s.resend and any(l[:2] == (i, ver) for l in lost) and not s.settled(T, i, st):
                add(f'orders tells O{i}@{ver} again: not settled', 'svc', Z=(H, D, tuple(l for l in lost if l[:2] != (i, ver)), used))
            # attempts
            rep, docs = P[i] if s.na else (None, ()); verdict = rep[1] if rep else '-'
            for k, d in enumerate(docs):
                def w(label, kind, x): add(f'payment {i}.{k}: {label}', kind, P=up(P, i, (rep, up(docs, k, x))))
                mine = verdict == 'C' and (rep[2] == k or bug == 'every_payment_captured') or verdict == 'A' and bug == 'captured_before_the_verdict'
                if d == '-' and rep and '-' not in docs[:k] and not {'au', 'cp', 'CAP'} & set(docs): w('authorised', 'may', 'au')
                if d == 'au' and mine: w('capturing', 'svc', 'cp')
                elif d == 'au' and verdict in 'CX': w('cancelled by the verdict', 'svc', 'CAN')
                if d == 'cp': w('captured', 'svc', 'CAP'); w('capture failed', 'svc', 'FAIL')
                if d != '-' and st == 'A': change(f'orders <- authorized {i}.{k}', 'svc' if d == 'au' else 'may', i, 'C', k)
                if d == 'FAIL' and st == 'C' and pid == k: change(f'orders <- failed {i}.{k}', 'svc', i, 'X', k)
        return out

    # ---- what must always hold
    def bad(s, S):
        O = S[1]
        for t in range(s.NT) if ('bad', O) not in s.memo else ():
            q = s.pairs(O, t)
            if len(s.holding(O, t)) > 1: return f'two orders hold {s.tickets[t]}'
            if not s.bug and sorted(q) != list(range(1, len(q) + 1)): return f'sequences of {s.tickets[t]} have a tie or a gap'
        s.memo['bad', O] = True

    # ---- what must hold when nothing is under way (a clock may still tick)
    def badrest(s, S):
        T, O, M, P, W, Z = S
        for t in range(s.NT):
            held = s.holding(O, t); want = (held[0], 'R' if O[held[0]][1] == 'A' else 'S') if held else (-1, 'F')
            say = lambda x: 'free' if x[0] < 0 else f'{"reserved" if x[1] == "R" else "sold"} by O{x[0]}'
            if T[t][:2] != want: return f'{s.tickets[t]} is {say(T[t])}, orders says {say(want)}'
            if not held and s.indexed(O, t): return f'{s.tickets[t]} is free, and can never be reserved again'
        for i, (v, st, pid, seqs) in enumerate(O):
            if st == 'C' and 0 in seqs: return f'O{i} is completed, and has a part of its tickets'
            docs = P[i][1] if P else (); cap = docs.count('CAP')
            if st == 'C' and P and cap != 1: return f'O{i} is completed, and {cap} payments are captured'
            if st in 'AX' and cap: return f'O{i} is {SAYS[st]}, and its payment is captured'
            if st == 'X' and {'au', 'cp'} & set(docs): return f'O{i} is cancelled, and an authorisation is left open'

    def rank(s, S):
        """where what must happen goes: up in one place at least, down in none"""
        T, O, M, P, W, Z = S; money = [x for rep, docs in P for x in (rep[0] if rep else -1, *(DOCRANK[d] for d in docs))]
        return [l[2:] for l in T] + [o[0] for o in O] + money + [sum(W[1]), -len(Z[2])]

class Outbox(Search):
    """Rule 3: one aggregate's outbox, in which the newest event replaces what waits of its own type, and two services that hear
    of it. The follower keeps the state, by version; it hears the types in `hears`, may lose events, and is told the present
    state again, under its type. Letters acts on types: of each type, the newest event must reach it.
    An order is completed, or its capture fails, only once the broker has taken the event before (payments answers it); a ticket
    is created, and updated at any time.
    State = (status of each version, versions waiting, under way to the follower, its own, those that letters heard, lost)"""
    NEXT = {'A': 'XC', 'C': 'X', 'X': '', 'N': 'U', 'U': 'U'}
    def __init__(s, what='order', newest='type', hears='ACXNU', letters=True, loss=0, bug=''):
        s.first = 'A' if what == 'order' else 'N'; s.newest, s.hears, s.letters, s.loss, s.mono = newest, hears, letters, loss, False

    def init(s): return ((s.first,), (0,), (), -1, (), 0)
    def bad(s, S): return None

    def steps(s, S):
        hist, wait, sent, own, heard, lost = S; out = []; st = hist[-1]; last = len(hist) - 1
        for x in s.NEXT[st] if last < 4 else '':
            if (x == 'C' or st == 'C') and last not in heard: continue
            w = tuple(v for v in wait if s.newest == 'type' and hist[v] != x)
            gone = ' and '.join(SAYS[hist[v]] for v in wait if v not in w)
            label = f'is {SAYS[x]}' + (f' (replaces the event "{gone}", which waits)' if gone else '')
            out.append((label, 'may', (hist + (x,), w + (last + 1,), sent, own, heard, lost)))
        if wait:
            v = wait[0]; more = (v,) if hist[v] in s.hears else ()
            out.append((f'broker takes "{SAYS[hist[v]]}"', 'svc', (hist, wait[1:], sent + more, own, heard + (v,), lost)))
        for v in sent:
            rest = tuple(x for x in sent if x != v)
            out.append((f'follower <- "{SAYS[hist[v]]}"', 'svc', (hist, wait, rest, max(own, v), heard, lost)))
            if lost < s.loss: out.append((f'LOST for the follower: "{SAYS[hist[v]]}"', 'may', (hist, wait, rest, own, heard, lost + 1)))
        if lost and not wait and not sent and s.view(hist, own) != s.view(hist, last) and st in s.hears:
            out.append(('the present state is told again', 'svc', (hist, wait, (last,), own, heard, lost)))
        return out

    def view(s, hist, v):
        """what the follower makes of it; one that does not hear of completions asks only whether the ticket is taken"""
        if hist[0] == 'N': return f'version {v}'
        if v < 0 or hist[v] == 'X': return 'free'
        return 'taken' if 'C' not in s.hears else 'reserved' if hist[v] == 'A' else 'sold'

    def badrest(s, S):
        hist, wait, sent, own, heard, lost = S; last = len(hist) - 1
        if s.view(hist, own) != s.view(hist, last): return f'{s.view(hist, own)} for the follower for ever, the source is {SAYS[hist[-1]]}'
        missed = [SAYS[x] for v, x in enumerate(hist) if not any(hist[h] == x and h >= v for h in heard)]
        if s.letters and missed: return f'the letter about "{missed[0]}" is never written'

TRI, MID, SYM2 = ('ab', 'bc', 'ac'), ('ab', 'bc', 'b'), ((0, 1),)
SYM3 = ((0, 1), (1, 2))  # {a,b}, {b,c}, {a,c} may be renamed into each other, so O0 comes before O1 before O2
FULL = [  # name, class, sizes
 ('holds: 3 tickets, orders ab bc ac', Model, dict(orders=TRI, before=SYM3)),
 ('the same, symmetry not used, no state forgotten', Model, dict(orders=TRI, keep=True)),
 ('holds: 3 tickets, orders ab bc b', Model, dict(orders=MID)),
 ('holds: orders abc ab bc', Model, dict(orders=('abc', 'ab', 'bc'))),
 ('holds and seller: orders ab bc ac, each ticket may be withdrawn', Model, dict(orders=TRI, before=SYM3, withdraw='abc')),
 ('two writes lost for ever, told again: orders ab b', Model, dict(orders=('ab', 'b'), loss=2)),
 ('one write lost for ever, told again: orders ab bc ac', Model, dict(orders=TRI, before=SYM3, loss=1)),
 ('money: 1 order of 2 tickets, 3 attempts', Model, dict(orders=('ab',), na=3)),
 ('money: orders a a, 2 attempts each', Model, dict(orders=('a', 'a'), before=SYM2, na=2)),
 ('money: orders ab b, 2 attempts each', Model, dict(orders=('ab', 'b'), na=2)),
 ('money, one write lost for ever, told again: orders ab b, 1 attempt each', Model, dict(orders=('ab', 'b'), na=1, loss=1)),
 ('money and seller: orders ab b, 1 attempt each', Model, dict(orders=('ab', 'b'), na=1, withdraw='ab')),
 ('outbox of an order, one event lost, told again', Outbox, dict(loss=1)),
 ('outbox of a ticket, two events lost, told again', Outbox, dict(what='ticket', loss=2)),
]
BIG = [
 ('holds: 4 tickets, orders abc bcd ad', Model, dict(orders=('abc', 'bcd', 'ad'))),
 ('money: orders ab bc ac, 1 attempt each', Model, dict(orders=TRI, before=SYM3, na=1)),
 ('money and seller, one write lost: orders ab b, 1 attempt each', Model, dict(orders=('ab', 'b'), na=1, withdraw='ab', loss=1)),
]
MUT = {  # rule taken out: (what the rule says, runs); a run is (class, sizes) that must be violated, or (class, sizes, 'holds')
 'one_sequence_an_order': ('a sequence for each ticket, not a number for the whole order (1 + the highest of its tickets)', [(Model, dict(orders=('c', 'bc', 'ab')))]),
 'no_pair_index': ('unique pair index on {tickets.id, tickets.holdSequence}', [(Model, dict(orders=('a', 'a'))), (Model, dict(orders=TRI))]),
 'no_allocated_index': ('unique partial index on allocated', [(Model, dict(orders=TRI))]),
 'keep_allocated_on_cancel': ('allocated = [] in the write that cancels, and the filter of the index by status', [(Model, dict(orders=TRI))]),
 'keep_allocated_status_filter': ('allocated = [] in the write that cancels (SPARE: the filter by status alone is enough)', [(Model, dict(orders=TRI), 'holds')]),
 'ticket_by_ticket': ('all tickets in one insert', [(Model, dict(orders=('ab', 'b')))]),
 'no_fence': ('a lock takes only what is newer', [(Model, dict(orders=('a',)))]),
 'fence_by_order_version_only': ('newer by (holdSequence, version), not by version alone', [(Model, dict(orders=('a', 'a')))]),
 'withdrawn_ignores_events': ('an event is applied to a withdrawn ticket too', [(Model, dict(orders=('ab',), withdraw='ab'))]),
 'per_ticket_apply_all_or_nothing_ack': ('an event is acknowledged once it is written to all its tickets (republishing heals it)',
    [(Model, dict(orders=('ab',), resend=False)), (Model, dict(orders=('ab',)), 'holds')]),
 'settled_by_first_ticket': ('an order is settled when each of its tickets says so, not the first (acknowledged early here)', [(Model, dict(orders=('ab',)))]),
 'captured_before_the_verdict': ('a payment is captured only once its order is completed', [(Model, dict(orders=('ab',), na=1))]),
 'every_payment_captured': ('only the payment that the order names is captured', [(Model, dict(orders=('ab',), na=2))]),
 'outbox_newest_of_any_type': ('the newest event replaces only what waits of its own type (for state alone, any type would do)',
    [(Outbox, dict(newest='any')), (Outbox, dict(newest='any', letters=False, loss=1), 'holds'),
     (Outbox, dict(newest='any', what='ticket')), (Outbox, dict(newest='any', what='ticket', letters=False, loss=2), 'holds')]),
 'subscribes_to_some_types': ('a service that follows an order hears all its types (here not order:completed)', [(Outbox, dict(hears='AX'), 'holds'), (Outbox, dict(hears='AX', loss=1))]),
}
def show(name, r):
    print(f'{name}: {"VIOLATED: " + r["why"] if r["why"] else "CUT" if r["cut"] else "ok"}; states {r["states"]:,}, edges {r["edges"]:,}, at rest {r["rest"]:,}, {r["t"]:.1f}s', flush=True)
    for i, l in enumerate(r['trace'], 1): print(f'   {i}. {l}', flush=True)
def walk(n=4000, seed=1):
    rnd = random.Random(seed); t0 = time.process_time(); steps = 0; out = Counter()
    for w in range(n):
        m = Model(TRI, na=2, withdraw='abc', loss=1) if w % 2 else Model(('ab', 'bc', 'ac', 'b', 'abc'), na=1, loss=2)
        S = m.init(); tr = []; bias = rnd.choice((0.1, 0.5, 2, 8))  # how eager what must happen is
        while True:
            st = m.steps(S); kinds = {k for _, k, _ in st}
            why = m.bad(S) or 'svc' not in kinds and m.badrest(S)
            if why: print('VIOLATED', why, *tr, sep='\n  '); return False
            if kinds <= {'may'} and (not st or rnd.random() < (0.01 if '-' in [o[1] for o in S[1]] else 0.15)): break
            weights = [bias if k == 'svc' else 0.1 if k == 'time' or 'withdraws' in l else 0.3 if 'late' in l else 1 for l, k, _ in st]
            lab, _, S = rnd.choices(st, weights)[0]; tr.append(lab); steps += 1
        out[' '.join(sorted(o[1] for o in S[1]))] += 1
    print(f'walk: ok, {n:,} walks to rest, {steps:,} steps, {time.process_time()-t0:.1f}s; orders at rest {dict(out.most_common(8))}')
    return True

if __name__ == '__main__':
    what = sys.argv[1] if len(sys.argv) > 1 else 'all'; good = True; t0 = time.process_time()
    if what not in ('all', 'full', 'big', 'mutants', 'walk', *MUT): sys.exit('rules: ' + ' '.join(MUT))
    for name, cls, kw in BIG if what == 'big' else FULL if what in ('all', 'full') else ():
        r = cls(**kw).run(12_000_000); show(name, r); good &= not r['why'] and not r['cut']
    for m, (text, runs) in MUT.items():
        for cls, kw, *holds in runs if what in ('all', 'mutants', m) else ():
            r = cls(bug=m, **kw).run(); good &= bool(r['why']) != bool(holds) and not r['cut']
            show(f'without "{m}" ({text})' + (', must hold all the same' if holds else ''), r)
    if what in ('all', 'walk'): good &= walk(*map(int, sys.argv[2:4]))
    print(f'{"AS EXPECTED" if good else "NOT AS EXPECTED"}, {time.process_time()-t0:.0f}s'); sys.exit(0 if good else 1)
