#!/usr/bin/env python3
"""Two unique indexes of orders, and why each is needed: one over orders that hold a ticket, one on {ticketId, holdSequence}.

  python3 sequence.py

Each buyer reads the sequence of the ticket's last order, which may be old by the time it is used, and then inserts an order
with that sequence and one. An order that holds the ticket may end at any time. Checked in every state: at most one order
holds the ticket, and sequences follow the order of the inserts, so that the highest one is the newest. With both indexes this
holds; without either of them it must not.
"""
import sys
from collections import deque

BUYERS = 4


def run(unique_sequence, unique_hold):
    """What goes wrong ('ok' if nothing does), the steps that lead there, and how many states were seen."""
    # (orders in the order of their inserts: (sequence, holds), what each buyer has read: None, a sequence, or 'done')
    start = ((), (None,) * BUYERS)
    seen, queue = {start}, deque([(start, ())])
    while queue:
        (orders, read), steps = queue.popleft()
        if sum(holds for _, holds in orders) > 1:
            return 'two orders hold the ticket', steps, len(seen)
        if any(a[0] >= b[0] for a, b in zip(orders, orders[1:])):
            return 'the highest sequence is not the newest order', steps, len(seen)
        following = [
            ((orders[:i] + ((sequence, False),) + orders[i + 1:], read), f'order {i} ends')
            for i, (sequence, holds) in enumerate(orders) if holds
        ]
        for buyer, last in enumerate(read):
            def having(value):
                return read[:buyer] + (value,) + read[buyer + 1:]
            if last is None:
                newest = max((sequence for sequence, _ in orders), default=0)
                following.append(((orders, having(newest)), f'buyer {buyer} reads the last sequence'))
            elif last != 'done':
                if unique_hold and any(holds for _, holds in orders):
                    following.append(((orders, having('done')), f'buyer {buyer} is refused'))
                elif unique_sequence and any(sequence == last + 1 for sequence, _ in orders):
                    following.append(((orders, having(None)), f'buyer {buyer} clashes and reads again'))
                else:
                    following.append(((orders + ((last + 1, True),), having('done')), f'buyer {buyer} inserts {last + 1}'))
        for state, step in following:
            if state not in seen:
                seen.add(state)
                queue.append((state, steps + (step,)))
    return 'ok', (), len(seen)


if __name__ == '__main__':
    good = True
    for name, with_sequence, with_hold in (
        ('with both indexes', True, True),
        ('without the one on {ticketId, holdSequence}', False, True),
        ('without the one over orders that hold a ticket', True, False),
    ):
        why, steps, states = run(with_sequence, with_hold)
        good &= (why == 'ok') == (with_sequence and with_hold)
        print(f'{name}: {why} ({states} states)', *steps, sep='\n    ')
    sys.exit(0 if good else 1)
