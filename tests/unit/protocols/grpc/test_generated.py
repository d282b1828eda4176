"""The modules that protoc makes are those of the .proto beside them."""

from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).parents[4] / "protocols" / "grpc"
PROTO = "kassir/v1/fiscal_gateway.proto"


def test_what_is_generated_is_up_to_date(tmp_path: Path) -> None:
    made = ["protoc", f"--proto_path={ROOT}", f"--python_out={tmp_path}", f"--pyi_out={tmp_path}", PROTO]
    assert protoc.main(made) == 0

    for name in ("fiscal_gateway_pb2.py", "fiscal_gateway_pb2.pyi"):
        ours, fresh = (folder / "kassir" / "v1" / name for folder in (ROOT, tmp_path))
        assert ours.read_text("utf-8") == fresh.read_text("utf-8"), f"{name} is old: make grpc"
