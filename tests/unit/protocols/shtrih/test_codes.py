import pytest

from protocols.shtrih.codes import VAT_BYTES, VAT_BYTES_NANO, Error, Flags, LifePhase, Mode, PaymentSlot
from protocols.shtrih.errors import CATALOGUE, error_of


@pytest.mark.parametrize("error", Error)
def test_a_refusal_that_somebody_acts_on_has_words(error: Error) -> None:
    assert error_of(error) == CATALOGUE[error]


def test_every_error_has_its_own_number_in_a_byte() -> None:
    assert all(number == error.number and error.text for number, error in CATALOGUE.items())
    assert set(CATALOGUE) <= set(range(256))
    assert len(CATALOGUE) > 130


def test_what_stops_a_sale_comes_with_something_to_do() -> None:
    silent = {0x00, 0x08, 0x2B, 0x2C, 0x34, 0x55, 0x56}  # answers to questions, and commands that a sale has not

    assert {number for number, error in CATALOGUE.items() if not error.advice} == silent


def test_a_number_that_no_source_knows_sends_for_service() -> None:
    assert (error_of(0xFA).text, bool(error_of(0xFA).advice)) == ("неизвестная ошибка", True)


def test_a_healthy_register_has_its_roll_paper_and_lever() -> None:
    assert Flags(0x0292) == Flags.RECEIPT_ROLL | Flags.TWO_DECIMALS | Flags.RECEIPT_PAPER | Flags.RECEIPT_LEVER


def test_every_half_byte_is_a_mode() -> None:
    assert [Mode(number) for number in range(16)] == list(Mode)


def test_the_phases_of_life_fill_up_bit_by_bit() -> None:
    assert [phase.bit_count() for phase in LifePhase] == [0, 1, 2, 3, 4]


def test_payments_have_the_places_of_their_tags() -> None:
    assert [slot + 1 for slot in PaymentSlot] == [1, 2, 14, 15, 16]


@pytest.mark.parametrize("rates", [VAT_BYTES, VAT_BYTES_NANO])
def test_each_rate_has_a_byte_of_its_own(rates: dict[str, int]) -> None:
    assert len(set(rates.values())) == len(rates) == 12
    assert {rate.partition("/")[2] for rate in rates} - {""} == {"105", "107", "110", "120", "122"}
