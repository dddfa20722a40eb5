"""The readers of environment variables return typed values or say which variable to fix and how."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from spm_portal.common import env


@pytest.mark.parametrize(("raw", "expected"), [(None, "d"), ("", "d"), ("  ", "d"), (" x ", "x")])
def test_text_strips_and_treats_empty_as_unset(monkeypatch, raw, expected):
    monkeypatch.delenv("SPM_X", raising=False)
    if raw is not None:
        monkeypatch.setenv("SPM_X", raw)
    assert env.text("SPM_X", "d") == expected


def test_required_text_names_the_variable(monkeypatch):
    monkeypatch.delenv("SPM_X", raising=False)
    assert env.text("SPM_X") is None
    with pytest.raises(ImproperlyConfigured, match=r"SPM_X is not set.*\.env\.example"):
        env.text("SPM_X", required=True)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("true", True), ("YES", True), ("1", True), ("on", True), ("false", False), ("No", False), ("0", False)],
)
def test_boolean_reads_words(monkeypatch, raw, expected):
    monkeypatch.setenv("SPM_X", raw)
    assert env.boolean("SPM_X", not expected) is expected


def test_boolean_defaults(monkeypatch):
    monkeypatch.delenv("SPM_X", raising=False)
    assert env.boolean("SPM_X") is False
    assert env.boolean("SPM_X", True) is True


def test_integer_reads_and_defaults(monkeypatch):
    monkeypatch.delenv("SPM_X", raising=False)
    assert env.integer("SPM_X", 7) == 7
    monkeypatch.setenv("SPM_X", "12")
    assert env.integer("SPM_X", 7, minimum=12, maximum=12) == 12


@pytest.mark.parametrize("raw", ["", " a , b", "a"])
def test_csv_splits(monkeypatch, raw):
    monkeypatch.setenv("SPM_X", raw)
    assert env.csv("SPM_X", ["d"]) == ([item.strip() for item in raw.split(",")] if raw else ["d"])


def test_path_expands_the_home_directory(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SPM_X", "~/media")
    assert env.path("SPM_X", Path("/d")) == tmp_path / "media"
    monkeypatch.delenv("SPM_X")
    assert env.path("SPM_X", Path("/d")) == Path("/d")


def test_number_reads_and_defaults(monkeypatch):
    monkeypatch.delenv("SPM_X", raising=False)
    assert env.number("SPM_X", 1.5) == 1.5
    monkeypatch.setenv("SPM_X", "2.25")
    assert env.number("SPM_X", 1.5, minimum=2.25, maximum=2.25) == 2.25


def test_choice(monkeypatch):
    monkeypatch.setenv("SPM_X", "b")
    assert env.choice("SPM_X", "a", {"a", "b"}) == "b"
    monkeypatch.delenv("SPM_X")
    assert env.choice("SPM_X", "a", {"a", "b"}) == "a"


@pytest.mark.parametrize(
    ("read", "raw", "fix"),
    [
        (lambda: env.boolean("SPM_X"), "maybe", "true or false"),
        (lambda: env.integer("SPM_X", 1), "1.5", "a whole number"),
        (lambda: env.integer("SPM_X", 1, minimum=1), "0", "a whole number at least 1"),
        (
            lambda: env.integer("SPM_X", 1, minimum=1, maximum=9),
            "10",
            "a whole number at least 1 and at most 9",
        ),
        (lambda: env.number("SPM_X", 1), "1,5", "a number such as 1.5"),
        (lambda: env.number("SPM_X", 1, minimum=0, maximum=4), "4.1", "such as 1.5 at least 0 and at most 4"),
        (lambda: env.number("SPM_X", 1), "nan", "a number such as 1.5"),
        (lambda: env.csv("SPM_X"), "a,,b", "single commas"),
        (lambda: env.path("SPM_X", Path("/d")), "media", "an absolute path"),
        (lambda: env.path("SPM_X", Path("/d")), "~nobody-by-this-name/x", "home directory does not exist"),
        (lambda: env.choice("SPM_X", "a", {"b", "a"}), "c", "one of a, b"),
        (lambda: env.database(name="SPM_X"), "mysql://u@h/b", "PostgreSQL only"),
    ],
)
def test_bad_value_names_variable_value_and_fix(monkeypatch, read, raw, fix):
    monkeypatch.setenv("SPM_X", raw)
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    assert "SPM_X" in str(caught.value)
    assert repr(raw) in str(caught.value)
    assert fix in str(caught.value)


def test_database_url_in_parts():
    parsed = env.parse_database_url("postgresql://u%40x:p%2Fq@db.example:6432/spm?sslmode=require")
    assert parsed == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "spm",
        "USER": "u@x",
        "PASSWORD": "p/q",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


def test_database_url_with_a_socket_directory():
    parsed = env.parse_database_url("postgres:///spm?host=/var/run/postgresql")
    assert (parsed["HOST"], parsed["PORT"], parsed["NAME"]) == ("/var/run/postgresql", "", "spm")


def test_database_reads_the_variable_or_the_default_or_nothing(monkeypatch):
    monkeypatch.delenv("SPM_X", raising=False)
    assert env.database(name="SPM_X") is None
    from_default = env.database("postgres://h/a", name="SPM_X")
    assert from_default is not None
    assert from_default["default"]["NAME"] == "a"
    monkeypatch.setenv("SPM_X", "postgres://h/b")
    from_variable = env.database("postgres://h/a", name="SPM_X")
    assert from_variable is not None
    assert from_variable["default"]["NAME"] == "b"


@pytest.mark.parametrize(
    "url",
    [
        "postgres://user:hunter2@host/",
        "postgres://user:hunter2@host:port/base",
        "postgres://user:hunter2@host/base/more",
        "postgres://user:hunter2@host/base?sslmode",
        "http://user:hunter2@host/base",
    ],
)
def test_refused_url_never_shows_the_password(url):
    with pytest.raises(ImproperlyConfigured) as caught:
        env.parse_database_url(url)
    assert "hunter2" not in str(caught.value)
    assert "user:***@host" in str(caught.value)
