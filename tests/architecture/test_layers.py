"""Who may do what in which layer, as far as the import contracts cannot say it."""

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.http import HttpRequest

from tests.architecture.source import ROOT, calls, functions, parameters, python_files, tree

WRITES = {
    "save",
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "delete",
    "update",
}
# Django's own collections have methods of the same names.
NOT_ROWS = {"context", "data", "found", "headers", "parts", "session", "meta", "writer"}
SERVICES = [path for path in python_files(layer="services") if path.name != "__init__.py"]


def module_of(path: Path) -> str:
    return ".".join(path.with_suffix("").parts)


def opens_a_transaction(function: ast.FunctionDef) -> bool:
    return any(ast.unparse(call.func) == "transaction.atomic" for call in calls(function))


def writers() -> list[tuple[Path, ast.FunctionDef]]:
    return [
        (path, function) for path in SERVICES for function in functions(path) if opens_a_transaction(function)
    ]


# Services that nobody who is signed in can call, with the reason.
BY_NOBODY = {
    "training/services/case_calls.py answer": "an expert who is called has no account; the link is the expert's own",
    "training/services/case_calls.py declare": "an expert who is called has no account; the link is the expert's own",
    "training/services/case_reminders.py send_due": "the clock asks; the mails say which step it is",
    "training/services/certificate_files.py request_own": "a holder has no account; the link is the person's own",
    "reporting/services/guests.py save_as_guest": "a guest has no account; who made the link stands on the link",
    "members/services/people.py create_operator": "makes the first person of an installation",
    "reporting/services/workbooks.py record_reading": "the job reports; who uploaded stands on the upload",
    "reporting/services/replies.py send_due": "the clock asks; the mails say what the times are",
    "training/services/registrations.py leave": "a registered person has no account; the link is the person's own",
    "reporting/services/workbooks.py rehearse": "the job asks what would change; nothing is kept",
}


def test_there_are_services_to_look_at() -> None:
    assert len(writers()) > 20


@pytest.mark.parametrize(
    ("path", "function"), writers(), ids=lambda value: getattr(value, "name", "") or str(value)
)
def test_a_service_takes_names_who_and_when(path: Path, function: ast.FunctionDef) -> None:
    place = f"{path}:{function.lineno} {function.name}"
    assert not function.args.args, f"{place}: make every parameter keyword-only"
    assert not function.args.posonlyargs, f"{place}: make every parameter keyword-only"
    assert "at" in parameters(function), f"{place}: take the moment as at="
    if f"{path} {function.name}" not in BY_NOBODY:
        assert {"by", "user"} & parameters(function), f"{place}: take the person as by="


@pytest.mark.parametrize("path", SERVICES, ids=str)
def test_a_service_never_sees_a_request(path: Path) -> None:
    module = import_module(module_of(path))
    for name, found in vars(module).items():
        assert found is not HttpRequest, f"{path} imports HttpRequest"
        if inspect.isfunction(found) and found.__module__ == module.__name__:
            assert "request" not in inspect.signature(found).parameters, f"{path}: {name} takes a request"


@pytest.mark.parametrize(
    "layer", ["views", "forms", "api", "selectors", "datasets", "templatetags", "web", "admin"]
)
def test_only_services_write(layer: str) -> None:
    found = []
    for path in python_files(layer=layer):
        for call in calls(tree(path)):
            if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
                continue
            owner = ast.unparse(call.func.value)
            if "objects" in owner or (owner.split(".")[0] not in NOT_ROWS and "super()" not in owner):
                if call.func.attr == "update" and "objects" not in owner and "filter" not in owner:
                    continue  # a dict or set
                found.append(f"{path}:{call.lineno}: {ast.unparse(call)[:80]}")
    assert not found, "Call a service instead:\n" + "\n".join(found)


def test_views_read_only_what_the_person_may_see() -> None:
    """A view starts from visible_to, or from the association that its guard found."""
    scoped = ("visible_to(", "members_of(", "offered_to(", "held_by(", "association=request.association")
    found = []
    for path in python_files(layer="views"):
        for statement in ast.walk(tree(path)):
            if not isinstance(statement, ast.stmt) or isinstance(statement, ast.FunctionDef | ast.ClassDef):
                continue
            text = ast.unparse(statement)
            if ".objects" in text and not any(scope in text for scope in scoped):
                if any(isinstance(child, ast.stmt) for child in ast.iter_child_nodes(statement)):
                    continue  # its parts are looked at one by one
                found.append(f"{path}:{statement.lineno}: {text[:100]}")
    known = {place for place in UNSCOPED if any(line.startswith(f"{place}:") for line in found)}
    assert known == UNSCOPED.keys(), f"No longer there: {sorted(UNSCOPED.keys() - known)}"
    unknown = [line for line in found if line.partition(":")[0] not in UNSCOPED]
    assert not unknown, "Start from visible_to:\n" + "\n".join(unknown)


# Views that read from another place, with the reason.
UNSCOPED = {
    "reporting/views/review.py": "names the signatories of a return that visible_to has found",
}


@pytest.mark.parametrize("path", python_files(layer="models"), ids=str)
def test_models_hide_no_logic(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            assert node.name not in {"save", "delete", "clean"}, (
                f"{path}:{node.lineno}: move it into a service"
            )


@pytest.mark.parametrize("path", python_files(layer="tasks"), ids=str)
def test_a_task_takes_an_id_and_calls_the_kernel_or_a_service(path: Path) -> None:
    for function in functions(path):
        assert ".objects" not in ast.unparse(function), f"{path}: {function.name} reads rows itself"
        assert len(parameters(function)) <= 1, f"{path}: {function.name}: an id in, nothing else"
        for parameter in function.args.args:
            assert parameter.annotation is not None
            assert ast.unparse(parameter.annotation) == "str"
        statements = [
            one for one in function.body if not isinstance(one, ast.Expr) or isinstance(one.value, ast.Call)
        ]
        assert len(statements) <= 2, f"{path}: {function.name} does more than call"


def test_history_cannot_be_switched_off_by_the_portal() -> None:
    """pgtrigger.ignore and a TRUNCATE would leave no event behind."""
    for path in python_files():
        text = (ROOT / path).read_text(encoding="utf-8")
        for banned in ("pgtrigger.ignore", "pgtrigger.schema", "session_replication_role", "TRUNCATE"):
            assert banned not in text, f"{path}: {banned}"


def test_raw_sql_has_few_places() -> None:
    """Everything else goes through querysets, which quote for us."""
    found = {
        str(path)
        for path in python_files()
        for call in calls(tree(path))
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in {"raw", "extra", "execute", "executemany", "callproc"}
        and re.search(r"(cursor|connection|objects|queryset|\))$", ast.unparse(call.func.value))
    }
    assert found <= RAW_SQL.keys(), sorted(found - RAW_SQL.keys())
    assert found == RAW_SQL.keys(), f"No longer there: {sorted(RAW_SQL.keys() - found)}"


RAW_SQL = {
    "spm_portal/common/locks.py": "advisory locks, for which Django has no words",
    "spm_portal/common/embedded.py": "starts PostgreSQL before Django knows it",
    "members/selectors/readiness.py": "asks whether the database answers",
    "reporting/selectors/beside.py": "one fixed statement of five EXISTS, which the ORM would write anew each time",
}


def test_no_request_data_is_splatted_into_a_queryset() -> None:
    """filter(**request.GET.dict()) would let a visitor choose columns and operators."""
    for path in python_files():
        for call in calls(tree(path)):
            for keyword in call.keywords:
                if keyword.arg is None:
                    text = ast.unparse(keyword.value)
                    assert "request" not in text, f"{path}:{call.lineno}: **{text}"
