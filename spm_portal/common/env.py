"""Typed readers of environment variables that fail with the fix in the message."""

import math
import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final, TypeVar, overload
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

N = TypeVar("N", int, float)

_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off"})
_POSTGRES_SCHEMES: Final = frozenset({"postgres", "postgresql"})


def _raw(name: str) -> str | None:
    """The variable without surrounding blanks; set but empty counts as unset, as in an env file's ``NAME=``."""
    value = os.environ.get(name, "").strip()
    return value or None


def _bad(name: str, value: str, wanted: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"Environment variable {name} is {value!r}. Set it to {wanted}, or unset it to use the default."
    )


def _missing(name: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"Environment variable {name} is not set. Set it before starting; .env.example describes it."
    )


@overload
def text(name: str, default: str) -> str: ...
@overload
def text(name: str, default: None = None, *, required: bool) -> str: ...
@overload
def text(name: str, default: None = None) -> str | None: ...
def text(name: str, default: str | None = None, *, required: bool = False) -> str | None:
    """The variable as text, or ``default``; with ``required`` its absence is an error."""
    value = _raw(name)
    if value is None and default is None and required:
        raise _missing(name)
    return default if value is None else value


def boolean(name: str, default: bool = False) -> bool:
    """The variable as a truth value: true, yes, on, 1 or false, no, off, 0 in any case."""
    value = _raw(name)
    if value is None:
        return default
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise _bad(name, value, "true or false (also yes, no, on, off, 1, 0)")


def integer(name: str, default: int, *, minimum: int | None = None, maximum: int | None = None) -> int:
    """The variable as a whole number within the given bounds (both included)."""
    return _bounded(int, name, default, "a whole number", minimum, maximum)


def number(name: str, default: float, *, minimum: float | None = None, maximum: float | None = None) -> float:
    """The variable as a number, with a point before decimals, within the given bounds (both included)."""
    return _bounded(float, name, default, "a number such as 1.5", minimum, maximum)


def _bounded(
    kind: Callable[[str], N], name: str, default: N, wanted: str, minimum: N | None, maximum: N | None
) -> N:
    value = _raw(name)
    if value is None:
        return default
    bounds = [f"at least {minimum}"] if minimum is not None else []
    bounds += [f"at most {maximum}"] if maximum is not None else []
    wanted = " ".join([wanted, " and ".join(bounds)]).strip()
    try:
        found = kind(value)
    except ValueError:
        raise _bad(name, value, wanted) from None
    is_inside = (minimum is None or found >= minimum) and (maximum is None or found <= maximum)
    if not (is_inside and math.isfinite(found)):
        raise _bad(name, value, wanted)
    return found


def csv(name: str, default: Collection[str] = ()) -> list[str]:
    """The variable as a list: items separated by commas, blanks around them dropped, empty items an error."""
    value = _raw(name)
    if value is None:
        return list(default)
    items = [item.strip() for item in value.split(",")]
    if not all(items):
        raise _bad(name, value, "items separated by single commas, such as a.example,b.example")
    return items


def path(name: str, default: Path) -> Path:
    """The variable as an absolute path; a leading ~ is the home directory. It need not exist."""
    value = _raw(name)
    if value is None:
        return default
    try:
        result = Path(value).expanduser()
    except RuntimeError:
        raise _bad(name, value, "an absolute path (this home directory does not exist)") from None
    if not result.is_absolute():
        raise _bad(name, value, "an absolute path, such as /srv/spm/media")
    return result


def checked_out(folder: Path) -> str:
    """The commit that a git checkout in this folder stands at; "unknown" where there is none."""
    git = folder / ".git"
    try:
        head = (git / "HEAD").read_text(encoding="ascii").strip()
        name = head.removeprefix("ref: ")
        if name == head:
            return head[:40]
        if (git / name).is_file():
            return (git / name).read_text(encoding="ascii").strip()[:40]
        packed = (git / "packed-refs").read_text(encoding="ascii").splitlines()
        return next(line[:40] for line in packed if line.endswith(f" {name}"))
    except (OSError, ValueError, StopIteration):
        return "unknown"


def choice(name: str, default: str, choices: Collection[str]) -> str:
    """The variable as one of ``choices``."""
    value = _raw(name)
    if value is None:
        return default
    if value not in choices:
        raise _bad(name, value, f"one of {', '.join(sorted(choices))}")
    return value


def database(
    default_url: str | None = None, *, name: str = "DATABASE_URL"
) -> dict[str, dict[str, Any]] | None:
    """Django's DATABASES from a PostgreSQL URL, or None where neither the variable nor a default is given.

    Query parameters become connection options, such as ``?sslmode=require``; a socket directory is written as
    ``postgresql:///base?host=/var/run/postgresql``.
    """
    value = _raw(name) or default_url
    return None if value is None else {"default": parse_database_url(value, name=name)}


def parse_database_url(url: str, *, name: str = "DATABASE_URL") -> dict[str, Any]:
    """One entry of Django's DATABASES from ``postgresql://user:password@host:port/base?option=value``."""
    wanted = "postgresql://user:password@host:5432/base (PostgreSQL only; percent-encode special characters)"
    try:
        parts = urlsplit(url)
        port = parts.port
        query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        raise _bad(name, _masked(url), wanted) from None
    base = unquote(parts.path.lstrip("/"))
    if parts.scheme not in _POSTGRES_SCHEMES or not base or "/" in base:
        raise _bad(name, _masked(url), wanted)
    host = query.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": base,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": query.pop("port", "") or (str(port) if port else ""),
        "OPTIONS": query,
    }


def _masked(url: str) -> str:
    """The URL without its password, fit for a message."""
    credentials, at, rest = url.rpartition("@")
    if not at:
        return url
    start, colon, _password = credentials.rpartition(":")
    return f"{start}:***@{rest}" if colon and not start.endswith("/") and "//" in start else url
