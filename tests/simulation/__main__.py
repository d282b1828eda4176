import sys, time
from tests.simulation.history import play

a = int(sys.argv[1])
b = int(sys.argv[2]) if len(sys.argv) > 2 else a
from collections import Counter

T = Counter()
t0 = time.time()
bad = 0
sim = 0
for seed in range(a, b + 1):
    t = time.time()
    p = play(seed, keep=(a == b))
    T += p.tally
    sim += p.lasted
    if p.wrong:
        bad += 1
        print(seed, p.wrong[:3], f"{time.time() - t:.2f}", flush=True)
if a == b:
    print("\n".join(p.lines))
    print(p.wrong, p.digest)
else:
    print(f"{b - a + 1} histories, {bad} bad, {time.time() - t0:.1f} s, {sim:.0f} virtual s")
    [print(k, v) for k, v in sorted(T.items())]
