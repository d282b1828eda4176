"""The host's and the register's side of the link back to back, over a line that loses, cuts, flips and adds.

Nothing is delayed past the waits: what a fault spares arrives before anybody's patience ends. Damage that an XOR of
bytes cannot show is not the link's to notice, so a run that has some is thrown away.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from hypothesis import given, reject, settings
from hypothesis import strategies as st

from protocols.shtrih.device import DeviceLink, Reaction
from protocols.shtrih.frames import NAK, FrameError, encode_frame
from protocols.shtrih.host import Answered, FateUnknown, HostLink, NotSent, Outcome

MOST_STEPS = 500
Fault = Callable[[bytes], bytes]


def keep(data: bytes) -> bytes:
    return data


def lose(place: int, count: int) -> Fault:
    return lambda data: data[: place % len(data)] + data[place % len(data) + count :]


def flip(place: int, bit: int) -> Fault:
    return lambda data: bytes(byte ^ (1 << bit if at == place % len(data) else 0) for at, byte in enumerate(data))


def add(place: int, noise: int) -> Fault:
    return lambda data: data[: place % len(data)] + bytes([noise]) + data[place % len(data) :]


PLACES = st.one_of(st.just(0), st.integers(0, 20))
DAMAGES = st.one_of(
    st.just(keep),
    st.just(lose(0, 1000)),
    st.builds(lose, PLACES, st.integers(1, 20)),
    st.builds(flip, PLACES, st.integers(0, 7)),
)
FAULTS = DAMAGES | st.builds(add, PLACES, st.just(0x7F))


@dataclass
class Chances:
    """Everything that happens by chance, asked for when it is due."""

    fault: Callable[[], Fault] = lambda: keep
    fault_back: Callable[[], Fault] = lambda: keep  # on the way to the host
    cut: Callable[[int], int] = lambda size: size
    register_first: Callable[[], bool] = lambda: True
    slow: Callable[[], bool] = lambda: False
    power_cut: Callable[[], bool] = lambda: False


@dataclass
class Line:
    """A host and a register with a line between; a command's answer is its code, no error and its operand."""

    chances: Chances
    host: HostLink = field(default_factory=HostLink)
    register: DeviceLink = field(default_factory=DeviceLink)
    sent: list[bytes] = field(default_factory=list)
    executed: list[bytes] = field(default_factory=list)
    answered: list[bytes] = field(default_factory=list)
    to_host: bytes = b""
    at_work: bytes = b""

    def exchange(self, body: bytes) -> Outcome:
        self.sent.append(body)
        step = self.host.send(body)
        for _ in range(MOST_STEPS):
            if step.write and (arrived := self.chances.fault()(step.write)):
                self.react(self.register.receive(arrived))
            if step.outcome:
                return step.outcome
            while not self.to_host and self.register_moves():
                pass
            if self.to_host:
                cut = self.chances.cut(len(self.to_host))
                piece, self.to_host = self.to_host[:cut], self.to_host[cut:]
                step = self.host.receive(piece)
            else:
                step = self.host.time_out()
        raise AssertionError("the exchange does not end")

    def register_moves(self) -> bool:
        """Whether anything happened at the register while the host waits."""
        if self.chances.power_cut():
            self.register.power_cycle()
            self.at_work = b""
        elif self.at_work and not self.chances.slow():
            answer, self.at_work = answer_to(self.at_work), b""
            self.answered.append(answer)
            self.transmit(self.register.answer(answer))
        elif self.register.waits and self.chances.register_first():
            self.react(self.register.time_out())
        else:
            return False
        return True

    def react(self, reaction: Reaction) -> None:
        self.transmit(reaction.send)
        if reaction.command is not None:
            if reaction.command not in self.sent:
                reject()
            self.executed.append(reaction.command)
            self.at_work = reaction.command

    def transmit(self, data: bytes) -> None:
        if data:
            self.to_host += self.chances.fault_back()(data)


def answer_to(body: bytes) -> bytes:
    return body[:1] + b"\0" + body[1:]


def without_nak(body: bytes) -> bool:
    """A line that swallows all of an answer but a 15h in it makes it a refusal; nobody could tell."""
    return NAK not in encode_frame(answer_to(body))


OPERANDS = st.lists(st.sampled_from([0x02, 0x05, 0x06, 0x01, 0x30, 0xFF]), min_size=4, max_size=4).map(bytes)
COMMANDS = st.builds(bytes.__add__, st.sampled_from([b"\x10", b"\x80"]), OPERANDS).filter(without_nak)
SCRIPTS = st.lists(COMMANDS, min_size=1, max_size=4, unique=True)
AFTERWARDS = bytes.fromhex("13 41 42 43 44")


def bad_luck(data: st.DataObject, faults: st.SearchStrategy[Fault] = FAULTS) -> Chances:
    return Chances(
        fault=lambda: data.draw(faults),
        fault_back=lambda: data.draw(faults),
        cut=lambda size: data.draw(st.integers(1, size)),
        register_first=lambda: data.draw(st.booleans()),
        slow=lambda: data.draw(st.booleans()),
    )


def verify(line: Line, body: bytes, outcome: Outcome) -> None:
    if outcome.held is not None and outcome.held not in line.answered:
        reject()
    assert outcome.held != answer_to(body)
    match outcome:
        case Answered(body=answer):
            if answer not in line.answered:
                reject()
            assert answer == answer_to(body)
        case NotSent():
            assert body not in line.executed
        case FateUnknown():
            assert line.sent.count(body) == 1
    assert len(line.executed) == len(set(line.executed))


@settings(max_examples=300, deadline=None)
@given(SCRIPTS, st.data())
def test_no_fault_makes_a_command_happen_twice_or_an_answer_pass_for_another(
    script: list[bytes], data: st.DataObject
) -> None:
    line = Line(bad_luck(data))

    for body in script:
        verify(line, body, line.exchange(body))


@settings(max_examples=300, deadline=None)
@given(SCRIPTS, st.data())
def test_nor_does_a_loss_of_power_among_the_faults(script: list[bytes], data: st.DataObject) -> None:
    """But for noise: a byte of it before a frame draws NAK, and if power goes before the rest is heard nobody knows."""
    line = Line(bad_luck(data, DAMAGES))
    line.chances.power_cut = lambda: data.draw(st.integers(0, 7)) == 7

    for body in script:
        verify(line, body, line.exchange(body))


def once(place: int, fault: Fault) -> Callable[[], Fault]:
    transmissions = count()
    return lambda: fault if next(transmissions) == place else keep


HEARD = st.builds(
    flip, st.integers(2, 7), st.integers(0, 7)
)  # the register hears a whole frame, and that it is damaged
SINGLE = st.one_of(
    st.tuples(st.just("fault_back"), DAMAGES | st.just(add(0, 0x7F))), st.tuples(st.just("fault"), HEARD)
)


@settings(max_examples=200, deadline=None)
@given(SCRIPTS, st.integers(0, 12), SINGLE, st.data())
def test_a_single_fault_costs_no_answer(
    script: list[bytes], place: int, single: tuple[str, Fault], data: st.DataObject
) -> None:
    """But for a loss on the way there: who never heard of a command looks like who lost its power after it."""
    way, fault = single
    line = Line(bad_luck(data, st.just(keep)))
    setattr(line.chances, way, once(place, fault))
    slowness = iter(data.draw(st.lists(st.booleans(), max_size=5)))  # else it outlasts the host's patience
    line.chances.slow = lambda: next(slowness, False)

    outcomes = [line.exchange(body) for body in script]

    for body, outcome in zip(script, outcomes, strict=True):
        verify(line, body, outcome)
        assert isinstance(outcome, Answered)
    assert line.executed == script


@settings(max_examples=200, deadline=None)
@given(SCRIPTS, st.data())
def test_on_a_mended_line_the_next_command_is_answered(script: list[bytes], data: st.DataObject) -> None:
    line = Line(bad_luck(data))
    for body in script:
        line.exchange(body)

    line.chances = Chances()
    outcome = line.exchange(AFTERWARDS)

    assert isinstance(outcome, Answered)
    assert outcome.body == answer_to(AFTERWARDS)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=600), st.just(None)), max_size=40))
def test_noise_leads_the_host_to_an_end_and_nowhere_else(noise: list[bytes | None]) -> None:
    host = HostLink()
    step = host.send(AFTERWARDS)

    for piece in noise:
        if not step.outcome:
            step = host.time_out() if piece is None else host.receive(piece)
            assert len(step.write) <= 64
    for _ in range(MOST_STEPS):
        step = step if step.outcome else host.time_out()

    assert step.outcome
    assert step.wait is None


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=600), st.just(None)), max_size=40))
def test_noise_never_keeps_the_register_from_its_next_command(noise: list[bytes | None]) -> None:
    register = DeviceLink()
    for piece in noise:
        reaction = register.time_out() if piece is None else register.receive(piece)
        if reaction.command is not None:
            register.answer(b"\x37\x37")
    line = Line(Chances(), register=register)

    outcome = line.exchange(AFTERWARDS)

    assert isinstance(outcome, Answered)
    assert line.executed == [AFTERWARDS]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_a_body_goes_into_one_frame_or_is_refused(body: bytes) -> None:
    try:
        frame = encode_frame(body)
    except FrameError:
        assert len(body) not in range(1, 256)
    else:
        assert len(body) in range(1, 256)
        assert len(frame) == len(body) + 3
