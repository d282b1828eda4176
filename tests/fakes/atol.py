"""The vendor's web server and the register behind it, in memory: a queue, a drive, and faults at exact places.

It carries jobs out in order whenever it is called. Tests with a true server are those on the emulator.
"""

import json
import math
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import trio

FN = "9999078900005678"
RNM = "0000000001012345"
MOMENT = "2026-03-01T12:00:00+03:00"
SIGNS = {"sell": 1, "sellReturn": 2, "buy": 3, "buyReturn": 4}
USER, PASSWORD = "kassir", "Parol-dlinnyj-1"


@dataclass
class Job:
    task: dict[str, Any]
    status: str = "wait"
    code: int = 0
    result: Any = None
    looks: int = 0  # how often it was asked for


@dataclass
class FakeAtol(httpx.AsyncBaseTransport):
    """`faults`: what becomes of the next calls whose method and path begin so: "lost" before, "unanswered" after they
    are carried out, a status to answer instead, or seconds as a float: lost, and a post arrives so much later all the
    same. `paused`: no job is begun; `slow`: none is ended. `fail`: (code, document made) of the next printing jobs;
    `block`: the same, with the queue stopped until `unblock`. `uncounted`: the job at work is not among the unfinished
    ones that the queue counts.
    """

    fd: int = 10
    shift: str = "opened"
    ffd: str = "1.05"
    paper: bool = True
    cover: bool = False
    paused: bool = False
    slow: bool = False
    recovered: bool = False
    not_printed: bool = False
    fail: list[tuple[int, bool]] = field(default_factory=list)
    block: list[tuple[int, bool]] = field(default_factory=list)
    uncounted: bool = False
    faults: dict[str, list[str | int | float]] = field(default_factory=dict)
    late: list[tuple[float, dict[str, Any]]] = field(default_factory=list)  # posts under way, with their moments
    jobs: dict[str, Job] = field(default_factory=dict)
    documents: dict[int, dict[str, Any]] = field(default_factory=dict)
    done: list[dict[str, Any]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    cash: dict[str, list[int]] = field(default_factory=lambda: {"cashIn": [], "cashOut": []})
    before: Callable[["FakeAtol", str], None] = lambda fake, call: None

    @property
    def printed(self) -> list[dict[str, Any]]:
        """The receipts on paper and in the drive."""
        return [task for task in self.done if task["type"].removesuffix("Correction") in SIGNS]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {request.url.path.removeprefix('/api/v2/')}"
        self.calls[call.partition("/")[0]] += 1
        self.before(self, call)
        secret = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {secret}":
            return answer(401, {"error": {"code": 505, "description": "unauthorized"}})
        self.deliver(trio.current_time())
        body = json.loads(await request.aread() or b"null")
        fault = self._fault(call)
        if isinstance(fault, float):
            self.late.append((trio.current_time() + fault, body))
        if fault == "lost" or isinstance(fault, float):
            raise httpx.ConnectError("lost")
        if isinstance(fault, int):
            return answer(fault, {"error": {"code": 0, "description": "told to"}})
        said = self._answer(call, body)
        if fault == "unanswered":
            raise httpx.ReadError("unanswered")
        return said

    def deliver(self, now: float) -> None:
        """The posts that have been under way until `now`."""
        due = [body for moment, body in self.late if moment <= now]
        self.late = [(moment, body) for moment, body in self.late if moment > now]
        for body in due:
            self._post(body)

    def come_to_rest(self) -> None:
        """Nothing hinders the server any more, and all that was under way arrives."""
        self.paused = self.slow = False
        self.unblock()
        self.deliver(math.inf)

    def unblock(self) -> None:
        """The cause is gone; the server looks into the drive and tells."""
        for job in self.jobs.values():
            if job.status == "blocked":
                job.status, made = ("ready", True) if job.result else ("error", False)
                job.code = 0 if made else job.code
        self._work()

    def _fault(self, call: str) -> str | int | float | None:
        for begin, faults in self.faults.items():
            if call.startswith(begin) and faults:
                return faults.pop(0)
        return None

    def _answer(self, call: str, body: Any) -> httpx.Response:
        match call.split():
            case ["POST", "requests"]:
                return self._post(body)
            case ["GET", path] if path.startswith("requests/"):
                return self._get(path.removeprefix("requests/"))
            case ["DELETE", path]:
                return self._delete(path.removeprefix("requests/"))
            case ["GET", "getRequestsQueueStatus"]:
                self._work()
                open_ones = ("wait", "blocked") if self.uncounted else ("wait", "inProgress", "blocked")
                waiting = [job for job in self.jobs.values() if job.status in open_ones]
                stopped = any(job.status == "blocked" for job in waiting)
                return answer(200, {"number": len(waiting), "ready": 0, "canceled": 0, "isBlocked": stopped})
            case ["POST", path]:
                return answer(200, self._query(path.removeprefix("operations/")))
        return answer(404, {})

    def _post(self, body: dict[str, Any]) -> httpx.Response:
        if body["uuid"] in self.jobs:
            return answer(409, {"error": {"code": 0, "description": "uuid exists"}})
        (task,) = body["request"]
        self.jobs[body["uuid"]] = Job(task)
        self._work()
        return answer(201, {"number": 0, "uuid": body["uuid"], "isBlocked": False})

    def _get(self, uuid: str) -> httpx.Response:
        self._work()
        if uuid not in self.jobs:
            return answer(404, {"error": {"code": 0, "description": "unknown"}})
        job = self.jobs[uuid]
        error = {"code": job.code, "description": "said by the server"}
        return answer(200, {"results": [{"status": job.status, "error": error, "result": job.result}]})

    def _delete(self, uuid: str) -> httpx.Response:
        if uuid in self.jobs and self.jobs[uuid].status == "wait":
            del self.jobs[uuid]
            return answer(200, {})
        return answer(409 if uuid in self.jobs else 404, {})

    def _work(self) -> None:
        for job in list(self.jobs.values()):
            if self.paused or any(each.status == "blocked" for each in self.jobs.values()):
                return
            if job.status == "wait":
                job.status = "inProgress"
            if job.status == "inProgress" and self.slow:
                return
            if job.status == "inProgress":
                self._carry_out(job)

    def _carry_out(self, job: Job) -> None:
        prints = not job.task["type"].startswith("get")
        for troubles, status in ((self.fail, "error"), (self.block, "blocked")):
            if prints and troubles:
                job.code, made = troubles.pop(0)
                job.status = status
                job.result = self._do(job.task) if made else None
                return
        job.result = self._do(job.task)
        job.status = "ready" if job.code == 0 else "error"
        if job.task["type"] == "getFnDocument" and job.result is None:
            job.status, job.code = "error", 123

    def _do(self, task: dict[str, Any]) -> Any:
        kind = task["type"]
        if kind == "getFnDocument":
            tags = self.documents.get(task["fiscalDocumentNumber"])
            return tags and {"documentTLV": tags}
        if kind.startswith("get"):
            return None
        self.done.append(task)
        if kind in self.cash:
            self.cash[kind].append(round(task["cashSum"] * 100))
            return {"counters": {"cashSum": 600.0}}
        if kind in ("openShift", "closeShift"):
            self.shift = "opened" if kind == "openShift" else "closed"
            return self._document(kind, {})
        sale = kind.removesuffix("Correction")
        if sale not in SIGNS:
            return None
        told = self._document(
            "receipt" if sale == kind else "receiptCorrection",
            {"1054": SIGNS[sale], "1020": task["total"], "1042": 1, "qr": "t="},
        )
        told["fiscalParams"] |= {"total": task["total"], "fiscalReceiptNumber": 1}
        return told

    def _document(self, kind: str, tags: dict[str, Any]) -> dict[str, Any]:
        self.fd += 1
        common = {"1012": MOMENT, "1037": f"{RNM}    ", "1038": 7, "1040": self.fd, "1041": FN}
        sign = f"{self.fd * 7919:010}"
        whole = {"fiscalDocumentType": kind, "short": False, "1077": f"2104{int(sign):08X}"}
        self.documents[self.fd] = tags | common | whole
        return {
            "fiscalParams": {
                "fiscalDocumentNumber": self.fd,
                "fiscalDocumentSign": sign,
                "fiscalDocumentDateTime": MOMENT,
                "shiftNumber": 7,
                "fnNumber": FN,
                "registrationNumber": RNM,
                "fnsUrl": "www.nalog.gov.ru",
            },
            "warnings": {"notPrinted": self.not_printed, "recovered": self.recovered},
        }

    def _query(self, query: str) -> dict[str, Any]:
        income, outcome = self.cash["cashIn"], self.cash["cashOut"]
        answers: dict[str, dict[str, Any]] = {
            "queryDeviceInfo": {
                "deviceInfo": {
                    "model": 63,
                    "modelName": "АТОЛ 22 v2 Ф",
                    "serial": "00106700000001",
                    "firmwareVersion": "5.8.100",
                    "ffdVersion": self.ffd,
                }
            },
            "queryDeviceStatus": {
                "deviceStatus": {
                    "currentDateTime": MOMENT,
                    "shift": self.shift,
                    "blocked": False,
                    "coverOpened": self.cover,
                    "paperPresent": self.paper,
                    "cashDrawerOpened": False,
                }
            },
            "queryShiftStatus": {"shiftStatus": {"state": self.shift, "number": 7, "expiredAt": MOMENT}},
            "queryShiftTotals": {
                "shiftTotals": {
                    "incomeTotals": {"count": len(income), "sum": sum(income) / 100},
                    "outcomeTotals": {"count": len(outcome), "sum": sum(outcome) / 100},
                }
            },
            "queryFnInfo": {
                "fnInfo": {
                    "serial": FN,
                    "ffdVersion": self.ffd,
                    "validity": {"validityDate": "2027-05-24T00:00:00+03:00"},
                }
            },
            "queryFnStatus": {
                "fnStatus": {
                    "fiscalDocumentNumber": self.fd,
                    "fiscalReceiptNumber": 1,
                    "warnings": {"resourceExhausted": True, "ofdTimeout": False},
                }
            },
            "queryOfdExchangeStatus": {
                "ofdExchangeStatus": {"notSentCount": 2, "notSentFirstDocNumber": 9, "notSentFirstDocDateTime": MOMENT}
            },
        }
        return answers[query]


def answer(status: int, body: object) -> httpx.Response:
    return httpx.Response(status, stream=httpx.ByteStream(json.dumps(body).encode()))
