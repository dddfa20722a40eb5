"""Numbers are read in the user's language, refused when they could mean two things, and always read back."""

from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from spm_portal.common import numbers
from spm_portal.common.numbers import (
    NumberError,
    NumberFault,
    format_money,
    format_number,
    format_percent,
    parse_number,
)

LANGUAGES = ["en", "fr", "es", "ar", "pt", "ru"]
NBSP, NARROW, THIN = "\u00a0", "\u202f", "\u2009"

READ = [
    ("fr", "3 200,5", "3200.5"),
    ("fr", f"3{NBSP}200,5", "3200.5"),
    ("fr", f"3{NARROW}200,5", "3200.5"),
    ("fr", f"3{THIN}200,5", "3200.5"),
    ("fr", "3 200", "3200"),
    ("fr", "3200", "3200"),
    ("fr", "3,2", "3.2"),
    ("fr", "3,20", "3.20"),
    ("fr", "3,2001", "3.2001"),
    ("fr", "0,125", "0.125"),
    ("fr", "1234,567", "1234.567"),
    ("fr", "1 234,567", "1234.567"),
    ("fr", "\u22123,2", "-3.2"),
    ("en", "3,200.5", "3200.5"),
    ("en", "3,200", "3200"),
    ("en", "1,234,567.891", "1234567.891"),
    ("en", "3 200.5", "3200.5"),
    ("en", "3'200", "3200"),
    ("en", "3’200", "3200"),
    ("en", ".5", "0.5"),
    ("en", " +7 ", "7"),
    ("en", "-0", "0"),
    ("en", "99999999999999999999", "99999999999999999999"),
    ("es", "3.200,5", "3200.5"),
    ("es", "1.234", "1234"),
    ("es", "3.200", "3200"),
    ("es-pe", "3.2", "3.2"),
    ("es-mx", "3,200.5", "3200.5"),
    ("pt", "3.200,5", "3200.5"),
    ("pt-br", "1.234.567", "1234567"),
    ("ru", f"1{NBSP}234{NBSP}567,50", "1234567.50"),
    ("ar", "3,200.5", "3200.5"),
    ("ar", "٣٬٢٠٠٫٥", "3200.5"),
    ("ar", "٣٢٠٠", "3200"),
    ("ar", "٣٫٢٠٠", "3.200"),
    ("ar", "\u200e-٣٢٠٠", "-3200"),
    ("en", "۳۲۰۰", "3200"),
]

AMBIGUOUS = [
    ("fr", "3,200", "3.2", "3200"),
    ("es", "3,200", "3.2", "3200"),
    ("pt", "3,200", "3.2", "3200"),
    ("ru", "12,345", "12.345", "12345"),
    ("en", "3.200", "3.2", "3200"),
    ("en", "-999.125", "-999125", "-999.125"),
    ("ar", "3.200", "3.2", "3200"),
    ("ar", "٣،٢٠٠", "3.2", "3200"),
]

OTHER_MARKS = [
    ("es", "3.2", ["3.2"]),
    ("en", "3,2", ["3.2"]),
    ("en", "3,20", ["3.20"]),
    ("en", "0,200", ["0.2"]),
    ("en", "1.234,5", ["1234.5"]),
    ("en", "12,34,567", ["1234567"]),
    ("fr", "3.2", ["3.2"]),
    ("fr", "3.200", ["3.2", "3200"]),
    ("fr", "3,200.5", ["3200.5"]),
    ("fr", "1.234.567,5", ["1234567.5"]),
    ("ar", "٣،٢", ["3.2"]),
]

REFUSED = [
    ("", NumberFault.EMPTY),
    ("   ", NumberFault.EMPTY),
    ("5%", NumberFault.EXTRA_TEXT),
    ("5 %", NumberFault.EXTRA_TEXT),
    ("USD 5", NumberFault.EXTRA_TEXT),
    ("5 USD", NumberFault.EXTRA_TEXT),
    ("$5", NumberFault.EXTRA_TEXT),
    ("Rs. 5", NumberFault.EXTRA_TEXT),
    ("3.2k", NumberFault.EXTRA_TEXT),
    ("5 million", NumberFault.EXTRA_TEXT),
    ("NaN", NumberFault.NOT_FINITE),
    ("-Infinity", NumberFault.NOT_FINITE),
    ("∞", NumberFault.NOT_FINITE),
    ("1e5", NumberFault.EXPONENT),
    ("1.5E-3", NumberFault.EXPONENT),
    ("(3,200)", NumberFault.NEGATIVE),
    ("3,200-", NumberFault.NEGATIVE),
    ("1" * 21, NumberFault.TOO_LONG),
    ("1." + "0" * 20, NumberFault.TOO_LONG),
    ("1" * 100_000, NumberFault.TOO_LONG),
    ("12 5", NumberFault.MALFORMED),
    ("1 234,567 890", NumberFault.MALFORMED),
    ("3;2", NumberFault.MALFORMED),
    ("3_200", NumberFault.MALFORMED),
    ("--3", NumberFault.MALFORMED),
    ("5.", NumberFault.MALFORMED),
    (".", NumberFault.MALFORMED),
    ("1.2.3", NumberFault.MALFORMED),
    ("0x1F", NumberFault.EXTRA_TEXT),
    ("1/2", NumberFault.MALFORMED),
    ("²", NumberFault.EXTRA_TEXT),
]


def refusal(text: str, language: str, **options) -> NumberError:
    with pytest.raises(NumberError) as caught:
        parse_number(text, language=language, **options)
    return caught.value


@pytest.mark.parametrize(("language", "text", "expected"), READ)
def test_text_is_read_in_the_language_of_the_user(language, text, expected):
    assert parse_number(text, language=language) == Decimal(expected)


@pytest.mark.parametrize(("language", "text", "low", "high"), AMBIGUOUS)
def test_own_decimal_mark_before_three_digits_is_refused_with_both_readings(language, text, low, high):
    error = refusal(text, language)
    assert error.fault == NumberFault.AMBIGUOUS
    assert error.readings == (Decimal(low), Decimal(high))
    for reading in error.readings:
        offered = format_number(reading, language=language)
        assert offered in str(error)
        assert parse_number(offered, language=language) == reading


@pytest.mark.parametrize(("language", "text", "readings"), OTHER_MARKS)
def test_marks_of_other_languages_are_refused_with_what_to_type(language, text, readings):
    error = refusal(text, language)
    assert error.fault == NumberFault.OTHER_MARKS
    assert error.readings == tuple(Decimal(r) for r in readings)
    assert all(format_number(r, language=language) in str(error) for r in error.readings)


@pytest.mark.parametrize(("text", "fault"), REFUSED)
def test_what_is_not_a_plain_number_is_refused(text, fault):
    error = refusal(text, "en")
    assert error.fault == fault
    assert len(str(error)) < 250


def test_the_message_names_what_to_remove():
    assert "“USD”" in str(refusal("3,200 USD", "en"))
    assert "“%”" in str(refusal("12 %", "fr"))


@pytest.mark.parametrize(
    ("text", "choices"), [("3.5", (3, 4)), ("-3.5", (-4, -3)), ("3.0", (3,)), ("3,200.00", (3200,))]
)
def test_whole_numbers_refuse_any_decimal_part(text, choices):
    error = refusal(text, "en", whole=True)
    assert error.fault == NumberFault.NOT_WHOLE
    assert error.readings == choices


def test_whole_does_not_settle_an_ambiguity_silently():
    assert refusal("3.000", "en", whole=True).fault == NumberFault.AMBIGUOUS
    assert parse_number("3,000", language="en", whole=True) == 3000


def test_an_unknown_country_falls_back_to_its_language_and_an_unknown_language_is_an_error():
    assert parse_number("3,2", language="fr-zz") == Decimal("3.2")
    with pytest.raises(ValueError, match="xx-unknown"):
        format_number(1, language="xx-unknown")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "3,200.5"),
        ("fr", f"3{NARROW}200,5"),
        ("es", "3.200,5"),
        ("ar", "3,200.5"),
        ("pt", "3.200,5"),
        ("ru", f"3{NBSP}200,5"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(language, expected):
    assert format_number(3200.5, language=language) == expected


@pytest.mark.parametrize(
    ("value", "options", "expected"),
    [
        (Decimal("3.125"), {}, "3.1250"),
        (Decimal("1000.125"), {}, "1,000.125"),
        (Decimal("0.125"), {}, "0.125"),
        (Decimal("2.5"), {"decimals": 0}, "3"),
        (Decimal("-2.5"), {"decimals": 0}, "-3"),
        (Decimal("-0.2"), {"decimals": 0}, "0"),
        (0.1, {}, "0.1"),
        (1234567, {"grouping": False}, "1234567"),
        (Decimal("1E+3"), {}, "1,000"),
        (12, {"decimals": 2}, "12.00"),
    ],
)
def test_decimals_and_grouping(value, options, expected):
    assert format_number(value, language="en", **options) == expected


def test_percent_and_money_carry_their_sign_where_the_language_puts_it():
    assert format_percent(12.5, language="en") == "12.5%"
    assert format_percent(12.5, language="fr") == f"12,5{NBSP}%"
    assert format_money(3200, "PKR", language="en") == f"PKR{NBSP}3,200"
    assert format_money(Decimal("-3200.5"), "XOF", language="fr", decimals=2) == f"-3{NARROW}200,50{NBSP}XOF"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_only_finite_numbers_are_written(value):
    with pytest.raises(ValueError, match="finite"):
        format_number(value, language="en")


@pytest.mark.parametrize("language", [*LANGUAGES, "es-pe", "de-ch", "en-za", "ar-ma"])
@given(
    value=st.decimals(min_value=-(10**13), max_value=10**13, places=5),
    grouping=st.booleans(),
    places=st.integers(0, 5),
)
def test_what_is_written_is_read_back_exactly(language, value, grouping, places):
    value = round(value, places)
    text = format_number(value, language=language, grouping=grouping)
    assert parse_number(text, language=language) == value


@pytest.mark.parametrize("language", [*LANGUAGES, "es-pe", "de-ch", "hi", "sv", "fa"])
@given(value=st.decimals(min_value=-(10**13), max_value=10**13, places=2), grouping=st.booleans())
def test_numbers_are_written_as_the_locale_data_says(language, value, grouping):
    """Babel's own formatting, which reads its pattern anew for every number, is the yardstick."""
    expected = format_decimal(
        abs(value) if value.is_zero() else value,
        format="#,##0.00",
        locale=numbers._locale(language),
        group_separator=grouping,
        numbering_system="latn",
    )
    assert format_number(value, language=language, decimals=2, grouping=grouping) == expected


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=st.integers(-(10**20) + 1, 10**20 - 1))
def test_whole_numbers_are_read_back_exactly(language, value):
    assert parse_number(format_number(value, language=language), language=language, whole=True) == value


@given(
    text=st.text(alphabet="0123456789.,' -+٣٫٬،%eD\u00a0", max_size=14), language=st.sampled_from(LANGUAGES)
)
def test_whatever_is_accepted_keeps_every_digit_and_reads_back(text, language):
    try:
        value = parse_number(text, language=language)
    except NumberError:
        return
    again = format_number(value, language=language)
    assert parse_number(again, language=language) == value
    typed = "".join(str(int(c)) for c in text if c.isdecimal())
    kept = abs(value).scaleb(max(0, -value.as_tuple().exponent))
    assert int(typed) == int(kept)


def test_the_round_trip_test_can_fail(monkeypatch):
    """Without the fourth decimal our own output would be refused."""
    monkeypatch.setattr(numbers, "_AMBIGUOUS_DECIMALS", -1)
    assert format_number(Decimal("3.125"), language="en") == "3.125"
    assert refusal("3.125", "en").fault == NumberFault.AMBIGUOUS
