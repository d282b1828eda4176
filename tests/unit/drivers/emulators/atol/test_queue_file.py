"""The queue's file: what a kill, a cut line or a long life makes of it."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from msgspec import Raw

from drivers.emulators.atol import queue
from drivers.emulators.atol.jobs import Job, Outcome, Status, new_job
from drivers.emulators.atol.queue import Queue, QueueCorrupt, Unknown
from tests.emulated_atol import inline

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TASK = Raw(b'{"type":"reportX"}')


def done(job: Job) -> Job:
    return job.settled(0, Outcome(Status.READY, result=Raw(b'{"a":1.10}')))


async def filled(path: Path, count: int) -> None:
    """With so many jobs, each done."""
    with Queue(path, inline) as jobs:
        for number in range(count):
            await jobs.add(new_job(f"{number}", NOON, [TASK]))
            await jobs.change(f"{number}", done)


async def test_a_finished_job_keeps_its_result_and_not_its_tasks(tmp_path: Path) -> None:
    await filled(tmp_path / "queue", 1)

    with Queue(tmp_path / "queue", inline) as jobs:
        job = jobs.get("0")

    assert (job.finished, job.tasks, bytes(job.outcomes[0].result)) == (True, (), b'{"a":1.10}')


async def test_a_line_cut_off_never_was(tmp_path: Path) -> None:
    await filled(tmp_path / "queue", 1)
    with (tmp_path / "queue").open("ab") as file:
        file.write(b'{"uuid":"1","at":"2026')

    with Queue(tmp_path / "queue", inline) as jobs:
        assert jobs.get("0").finished
        with pytest.raises(Unknown):
            jobs.get("1")
        await jobs.add(new_job("1", NOON, [TASK]))

    with Queue(tmp_path / "queue", inline) as jobs:
        assert jobs.next is not None


async def test_a_file_edited_by_hand_is_refused_with_its_line(tmp_path: Path) -> None:
    await filled(tmp_path / "queue", 1)
    (tmp_path / "queue").write_bytes((tmp_path / "queue").read_bytes() + b"{}\n")

    with pytest.raises(QueueCorrupt, match="line 3"):
        Queue(tmp_path / "queue", inline)


async def test_a_long_file_is_written_anew_and_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MAX_LINES", 10)

    await filled(tmp_path / "queue", 20)

    lines = (tmp_path / "queue").read_bytes().splitlines()
    assert len(lines) < 40
    with Queue(tmp_path / "queue", inline) as jobs:
        assert [jobs.get(f"{number}").finished for number in range(20)] == [True] * 20
        assert jobs.count()[Status.READY] == 20


async def test_only_the_newest_finished_jobs_are_kept_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "KEPT", 3)
    await filled(tmp_path / "queue", 5)

    with Queue(tmp_path / "queue", inline) as jobs:
        assert jobs.count()[Status.READY] == 3
        with pytest.raises(Unknown):
            jobs.get("1")


async def test_two_programs_cannot_have_one_queue(tmp_path: Path) -> None:
    with Queue(tmp_path / "queue", inline), pytest.raises(OSError, match="temporarily unavailable"):
        Queue(tmp_path / "queue", inline)


async def test_every_line_is_a_job(tmp_path: Path) -> None:
    await filled(tmp_path / "queue", 2)

    lines = (tmp_path / "queue").read_bytes().splitlines()

    jobs = [msgspec.json.decode(line, type=Job) for line in lines]
    assert [(job.uuid, job.finished) for job in jobs] == [("0", False), ("0", True), ("1", False), ("1", True)]
