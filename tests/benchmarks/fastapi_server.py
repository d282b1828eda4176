"""The peer: the same work written plainly on FastAPI and aiosqlite.

`python -m tests.benchmarks.fastapi_server PORT DATA`. Same request model and sums, same idempotency, intent durable
before the print, result durable before the answer, the same instant register behind a lock. No supervision, no
recovery, no delivery: it is the floor, not a rival.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import aiosqlite
import uvicorn
from fastapi import FastAPI, Header, HTTPException, Response

from protocols.api_receipt import ReceiptBody
from protocols.order import fingerprint

SCHEMA = """
CREATE TABLE IF NOT EXISTS receipts (
    id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, state TEXT NOT NULL, receipt TEXT NOT NULL,
    fd INTEGER UNIQUE, answer TEXT, created_at TEXT NOT NULL)
"""


def make_app(data: Path) -> FastAPI:
    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with aiosqlite.connect(data / "peer.db", isolation_level=None) as db:
            await db.execute("PRAGMA journal_mode=WAL")
            await db.execute("PRAGMA synchronous=FULL")
            await db.execute(SCHEMA)
            app.state.db, app.state.lock, app.state.fd = db, asyncio.Lock(), 0
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/v1/kkt/receipt")
    async def post_receipt(body: ReceiptBody, idempotency_key: Annotated[UUID, Header()]) -> Response:
        receipt = body.to_receipt()
        mark, receipt_id = fingerprint(receipt), str(uuid4())
        if receipt.cash_kopecks + receipt.cashless_kopecks < receipt.total_kopecks:
            raise HTTPException(422, "PAYMENTS_BELOW_TOTAL")
        async with app.state.lock:  # one register, one connection
            answer = await _print(app.state, receipt_id, str(idempotency_key), mark, body)
        return Response(answer, media_type="application/json")

    return app


async def _print(state: Any, receipt_id: str, key: str, mark: str, body: ReceiptBody) -> str:
    async with state.db.execute("SELECT hash, answer FROM receipts WHERE key = ?", (key,)) as found:
        row = await found.fetchone()
    if row is not None:
        if row[0] != mark:
            raise HTTPException(409, "IDEMPOTENCY_KEY_REUSED")
        return str(row[1])
    now = datetime.now(UTC)
    await state.db.execute(
        "INSERT INTO receipts VALUES (?, ?, ?, 'printing', ?, NULL, NULL, ?)",
        (receipt_id, key, mark, body.model_dump_json(), now.isoformat()),
    )
    state.fd += 1
    document = {"fn": "9999078900000001", "fd": str(state.fd), "fp": f"{state.fd:010}", "at": now.isoformat()}
    answer = json.dumps({"status": "printed", "receipt_id": receipt_id, "fiscal_doc": document})
    await state.db.execute(
        "UPDATE receipts SET state = 'pending', fd = ?, answer = ? WHERE id = ?", (state.fd, answer, receipt_id)
    )
    return answer


if __name__ == "__main__":
    Path(sys.argv[2]).mkdir(parents=True, exist_ok=True)
    application = make_app(Path(sys.argv[2]))
    uvicorn.run(application, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
