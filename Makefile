# Every target does its own set-up: a bare clone needs only Python 3.11+, pip and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed

.PHONY: run test setup lock lint types imports check bench bench-farm bench-line bench-links bench-viewers grpc fuzz crashtest kills soak simulate clean

run: $(STAMP)  ## the gateway on embedded parts, on http://127.0.0.1:8000
	$(BIN)/python run.py

test: $(STAMP)  ## every test, WORKERS (one more than cores, up to 4) at a time; under 10 minutes on 2 cores
	$(BIN)/python -m pytest -n $${WORKERS:-$$($(BIN)/python -c 'import os; print(1 + (os.cpu_count() or 1))')} --maxprocesses 4 --dist worksteal

setup: $(STAMP)  ## .venv with the locked packages

# pip of the outer Python installs into the new one, so that not even ensurepip is needed
$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Kassir needs Python 3.11 or newer; say make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv --clear --without-pip $(VENV)
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install --python $(BIN)/python --no-deps --require-hashes --compile-bytecode -r requirements.lock; \
	else \
	  $(PYTHON) -m pip --python $(BIN)/python install --quiet --no-deps --require-hashes -r requirements.lock; \
	fi
	@touch $(STAMP)

lock:  ## renew requirements.lock from pyproject.toml
	@command -v uv >/dev/null 2>&1 || { echo "make lock needs uv (pip install uv)"; exit 1; }
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --output-file requirements.lock

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports

check: lint types imports test  ## what CI runs

bench: $(STAMP)  ## receipts/s and added latency beside a plain FastAPI + aiosqlite gateway
	$(BIN)/python -m tests.benchmarks.receipts

bench-line: $(STAMP)  ## a receipt on a line of 115200 baud beside what its bytes and its print need
	$(BIN)/python -m tests.benchmarks.line
	$(BIN)/python -m tests.benchmarks.tlv

bench-farm: $(STAMP)  ## one gateway on a hundred emulated registers
	$(BIN)/python -m tests.benchmarks.farm

bench-links: $(STAMP)  ## what guarding a call costs beside purgatory; 200 receipts that waited, delivered beside sales
	$(BIN)/python -m tests.benchmarks.guard
	$(BIN)/python -m tests.benchmarks.sync

bench-viewers: $(STAMP)  ## sales beside two hundred viewers of the status stream, and without them
	$(BIN)/python -m tests.benchmarks.viewers

grpc: $(STAMP)  ## the messages of the gRPC facade, anew from their .proto
	$(BIN)/python -m grpc_tools.protoc --proto_path=protocols/grpc --python_out=protocols/grpc --pyi_out=protocols/grpc kassir/v1/fiscal_gateway.proto

fuzz: $(STAMP)  ## COUNT (1000000) broken inputs for each codec: documented errors only, bounded memory
	$(BIN)/python -m tests.fuzz tlv --count $${COUNT:-1000000}
	$(BIN)/python -m tests.fuzz frames --count $${COUNT:-1000000}
	$(BIN)/python -m tests.fuzz ofd --count $${COUNT:-1000000}

crashtest: $(STAMP)  ## every crash test there is, on real processes: kills, power cuts, I/O errors, links; half an hour
	$(BIN)/python -m tests.crash

kills: $(STAMP)  ## kill -9 under load, KILLS times (100), judged by the audit
	$(BIN)/python -m tests.crash --only lives --lives $${KILLS:-100}

soak: $(STAMP)  ## MINUTES (60) of 50 receipts/s, judged by the audit, the log, and memory that must not grow
	$(BIN)/python -m tests.soak --minutes $${MINUTES:-60}

simulate: $(STAMP)  ## SEEDS (2000) whole lives of the gateway in virtual time, with everything that goes wrong
	$(BIN)/python -m tests.simulation --seeds $${SEEDS:-2000}

clean:
	rm -rf $(VENV) data .mypy_cache .ruff_cache .pytest_cache .hypothesis
