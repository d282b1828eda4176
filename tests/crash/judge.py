"""The audit of a shop whose gateway is dead and whose faults have ended."""

import json
from collections import Counter

from tests.crash.rig import Shop

KINDS = {
    (3, 1): "sale",
    (3, 2): "refund",
    (31, 1): "correction",
    (31, 2): "correction",
    (2, 0): "open_shift",
    (5, 0): "close_shift",
}


def judge(shop: Shop) -> list[str]:
    wrong = []
    docs = [json.loads(line) for line in shop.drive.read_text().splitlines()[1:]]
    printed = Counter(
        (KINDS[d["kind"], d.get("operation", 0)], d.get("total_kopecks", 0)) for d in docs if d["entry"] == "document"
    )
    by = {
        (KINDS[d["kind"], d.get("operation", 0)], d.get("total_kopecks", 0)): d
        for d in docs
        if d["entry"] == "document"
    }
    for request in shop.till.requests:
        what = request.order.kind, request.order.total_kopecks
        if printed[what] != 1:
            wrong.append(f"P1/P2 {what} printed {printed[what]} times")
        answers = {o.body for o in request.outcomes if o.status == 200 and o.body}
        if len(answers) != 1:
            wrong.append(f"P4 {answers}")
        elif json.loads(next(iter(answers)))["fiscal_doc"]["fd"] != str(by[what]["fd"]):
            wrong.append("P3")
    for request in shop.till.contradictions:
        if [o.status for o in request.outcomes] != [409]:
            wrong.append(f"P7 {request.outcomes}")
    taken = [(b.fn, int(b.fd)) for b in shop.taken]
    if sorted(taken) != sorted((d["fn"], d["fd"]) for d in docs if d["entry"] == "document" and d["kind"] in (3, 31)):
        wrong.append(f"P9 {taken}")
    return wrong
