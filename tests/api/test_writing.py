"""Changing a return through the API: answers, reasons, checks and submission, as on the pages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from members.models import IdempotentRequest
from reporting.enums import AnswerSource, ReturnState
from reporting.models import Answer, Explanation, Submission, Transition
from reporting.selectors.returns import load_sheet
from reporting.services.answers import answers_sha256
from spm_portal.common.numbers import format_number
from tests.api.reading import Told, ask, call, key_of
from tests.browsers import signed_in
from tests.cast import Cast
from tests.factories.reporting import (
    RoundFactory,
    SubmissionFactory,
    default_catalogue,
    fill,
    sample,
)

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def own(cast: Cast) -> Submission:
    return SubmissionFactory(round=RoundFactory(association=cast.amani), institution=cast.kilimo)


@pytest.fixture
def token(cast: Cast) -> str:
    return key_of(cast.editor)


def patch(token: str, own: Submission, *answers: dict[str, Any], **headers: str) -> Told:
    return call(token, f"returns/{own.pk}/answers/", "patch", {"answers": list(answers)}, **headers)


def results(told: Told) -> dict[str, str]:
    return {one["code"]: one["result"] for one in told.json["results"]}


def test_answers_are_saved_with_api_as_their_source(own: Submission, token: str, cast: Cast):
    told = patch(
        token,
        own,
        {"code": "branches_total", "value": 24, "version": 0},
        {"code": "target_groups", "value": ["rural", "women"]},
        {"code": "green_products", "missing": "refused", "note": "Not told."},
    )
    assert told.status == 200, told.json
    assert set(results(told).values()) == {"saved"}
    assert told.json["results"][0]["stored"] == {"value": 24, "missing": None, "note": "", "version": 1}
    assert told.json["progress"]["answered"] > 0
    kept = {one.code: one for one in own.answers.all()}
    assert {one.source for one in kept.values()} == {AnswerSource.API}
    assert kept["branches_total"].changed_by == cast.editor
    assert kept["green_products"].missing == "refused"
    event = Answer.pgh_event_model.objects.get(code="branches_total")  # type: ignore[attr-defined]
    assert event.pgh_context.metadata == {"user": str(cast.editor.pk), "source": "api"}


def test_a_session_that_writes_by_the_api_is_api_in_history_too(own: Submission, cast: Cast):
    client = signed_in(cast.editor)
    address = f"/api/v1/returns/{own.pk}/answers/"
    body = {"answers": [{"code": "branches_total", "value": 24}]}
    assert client.patch(address, body, "application/json").status_code == 200
    event = Answer.pgh_event_model.objects.get(code="branches_total")  # type: ignore[attr-defined]
    assert event.pgh_context.metadata["source"] == "api"


def test_a_conflict_tells_both_values_and_saves_the_rest(own: Submission, token: str):
    patch(token, own, {"code": "branches_total", "value": 24})
    told = patch(
        token, own, {"code": "branches_total", "value": 30}, {"code": "active_clients", "value": 3200}
    )
    assert (told.status, told.code) == (409, "conflict")
    assert results(told) == {"branches_total": "conflict", "active_clients": "saved"}
    row = told.json["results"][0]
    assert (row["stored"]["value"], row["stored"]["version"]) == (24, 1)
    assert (row["yours"]["value"], row["yours"]["version"]) == (30, 0)
    assert patch(token, own, {"code": "branches_total", "value": 30, "version": 1}).status == 200
    assert results(patch(token, own, {"code": "branches_total", "value": 30})) == {
        "branches_total": "unchanged"
    }


def test_a_refusal_says_why_and_saves_the_rest(own: Submission, token: str):
    told = patch(
        token,
        own,
        {"code": "branches_total", "value": 2.5},
        {"code": "no_such_thing", "value": 1},
        {"code": "regulated", "value": True},
    )
    assert (told.status, told.code) == (422, "refused")
    assert results(told) == {
        "branches_total": "refused",
        "no_such_thing": "refused",
        "regulated": "saved",
    }
    assert set(told.json["error"]["fields"]) == {"branches_total", "no_such_thing"}
    assert all(one["message"] for one in told.json["results"][:2])


STRANGE = [None, True, 0, -1, 2.5, 10**30, 1e308, "", " ", "x" * 1000, [], ["x"], ["women"], "ngo", "0.5"]


@pytest.mark.parametrize("value", STRANGE, ids=lambda one: repr(one)[:12])
def test_no_value_breaks_any_kind_of_question(own: Submission, token: str, value: Any):
    kinds = {one.type: one.code for one in default_catalogue().indicators}
    told = patch(token, own, *[{"code": code, "value": value} for code in kinds.values()])
    assert told.status in {200, 422}, told.json


CONTENTS = {
    "not an object": [],
    "nothing": {},
    "no answers": {"answers": []},
    "no code": {"answers": [{"value": 1}]},
    "no value": {"answers": [{"code": "branches_total", "note": "x"}]},
    "an object": {"answers": [{"code": "branches_total", "value": {}}]},
    "mixed list": {"answers": [{"code": "target_groups", "value": ["women", 1]}]},
    "a null sign": {"answers": [{"code": "mission_statement", "value": "a\x00b"}]},
    "half a sign": {"answers": [{"code": "mission_statement", "value": "\ud800"}]},
    "a slip of the pen": {"answers": [{"code": "branches_total", "value": 1, "verison": 3}]},
    "twice": {"answers": [{"code": "branches_total", "value": one} for one in (1, 2)]},
    "no such reason": {"answers": [{"code": "branches_total", "missing": "lazy"}]},
    "version": {"answers": [{"code": "branches_total", "value": 1, "version": 2**40}]},
    "too many": {"answers": [{"code": f"c{one}", "value": 1} for one in range(501)]},
}


@pytest.mark.parametrize("name", CONTENTS)
def test_content_that_cannot_be_read_is_refused_whole(own: Submission, token: str, name: str):
    told = call(token, f"returns/{own.pk}/answers/", "patch", CONTENTS[name])
    assert (told.status, told.code) == (400, "invalid"), told.json
    assert told.json["error"]["fields"]
    assert not own.answers.exists()


@pytest.mark.parametrize("number", ["1e999", "NaN", "1" * 5000])
def test_a_number_beyond_all_bounds_is_refused(own: Submission, token: str, number: str):
    body = '{"answers": [{"code": "branches_total", "value": NUMBER}]}'.replace("NUMBER", number)
    client = Client(headers={"Authorization": f"Bearer {token}"})
    assert client.patch(f"/api/v1/returns/{own.pk}/answers/", body, "application/json").status_code == 400


def test_who_may_not_change_a_return_is_told_so(own: Submission, cast: Cast):
    answer = {"code": "branches_total", "value": 24}
    assert patch(key_of(cast.reviewer), own, answer).code == "not_editable"
    assert patch(key_of(cast.other_signatory), own, answer).status == 404
    Submission.objects.update(state=ReturnState.SUBMITTED)
    told = patch(key_of(cast.editor), own, answer)
    assert (told.status, told.code) == (403, "not_editable")
    assert "association" in told.json["error"]["message"]
    assert not own.answers.exists()


def test_a_reason_settles_a_warning(own: Submission, cast: Cast, token: str):
    fill(own, sample()["values"])
    clients = sample()["values"]["active_clients"]
    SubmissionFactory(
        round=RoundFactory(association=cast.amani, year=2023),
        institution=cast.kilimo,
        approved=True,
        values={"active_clients": clients * 3},
    )
    checked = call(token, f"returns/{own.pk}/validate/", "post", {}).json
    assert checked["ready"] is False
    open_rules = {one["rule"] for one in checked["findings"] if one["severity"] == "warning"}
    address = f"returns/{own.pk}/explanations/"
    for rule in sorted(open_rules):
        told = call(token, address, "post", {"rule": rule, "reason": "We merged."})
        assert told.status == 200, told.json
    assert all(one["reason"] == "We merged." for one in told.json["findings"] if one["rule"] in open_rules)
    assert told.json == call(token, f"returns/{own.pk}/validate/", "post", {}).json
    assert set(Explanation.objects.values_list("rule", flat=True)) == open_rules
    event = Explanation.pgh_event_model.objects.first()  # type: ignore[attr-defined]
    assert event.pgh_context.metadata["source"] == "api"
    assert call(token, address, "post", {"rule": "none", "reason": "x"}).code == "reason_refused"


def test_only_a_signatory_submits_and_only_what_is_ready(own: Submission, cast: Cast):
    address = f"returns/{own.pk}/submit/"
    assert call(key_of(cast.editor), address, "post", {}).code == "move_forbidden"
    token = key_of(cast.signatory)
    told = call(token, address, "post", {})
    assert (told.status, told.code) == (422, "not_ready")
    fill(own, sample()["values"])
    for warning in load_sheet(own).warnings:
        call(token, f"returns/{own.pk}/explanations/", "post", {"rule": warning.rule, "reason": "So it is."})
    assert call(token, f"returns/{own.pk}/validate/", "post", {}).json["ready"] is True
    assert call(token, address, "post", {"version": 99}).code == "not_ready"
    named = {"version": own.version, "certified_name": "Somebody Else"}
    assert call(token, address, "post", named).code == "not_ready"
    told = call(token, address, "post", named | {"certified_name": "Signatory"})
    assert told.status == 200, told.json
    assert told.json["state"] == "submitted"
    assert told.json["receipt_number"]
    (moved,) = Transition.objects.all()
    assert (moved.by, moved.certified_name) == (cast.signatory, "Signatory")
    assert moved.answers_sha256 == answers_sha256(load_sheet(own))


def test_reading_a_return_and_writing_it_back_changes_nothing(own: Submission, token: str):
    fill(own, {code: one for code, one in sample()["values"].items() if not code.endswith("_file")})
    before = answers_sha256(load_sheet(own))
    read = call(token, f"returns/{own.pk}/").json["answers"]
    kinds = {one.code: one.type.value for one in default_catalogue().indicators}
    back = [
        {name: one[name] for name in ("code", "value", "missing", "note", "version")}
        for one in read
        if kinds[one["code"]] != "file" and (one["value"] is not None or one["missing"])
    ]
    told = patch(token, own, *back)
    assert told.status == 200, told.json
    assert set(results(told).values()) == {"unchanged"}
    assert answers_sha256(load_sheet(own)) == before


def test_the_same_return_made_by_pages_and_by_the_api_has_the_same_hash(own: Submission, cast: Cast):
    """Numbers, choices, texts, yes and no."""
    values = {
        code: value
        for code, value in sample()["values"].items()
        if default_catalogue().indicator(code).type != "file"
    }
    other = SubmissionFactory(round=own.round, institution=cast.umoja)
    _by_pages(other, cast, values)
    sent = [{"code": code, "value": value} for code, value in values.items()]
    told = patch(key_of(cast.editor), own, *sent)
    assert told.status == 200, told.json
    one, two = (
        load_sheet(Submission.objects.select_related("round__catalogue", "association").get(pk=each.pk))
        for each in (own, other)
    )
    assert one.values == two.values
    assert len(one.values) == len(values)
    assert answers_sha256(one) == answers_sha256(two)


def _by_pages(submission: Submission, cast: Cast, values: dict[str, Any]) -> None:
    client = signed_in(cast.other_signatory)
    for section in default_catalogue().sections:
        typed: dict[str, Any] = {}
        for indicator in section.indicators:
            if indicator.code in values:
                typed |= {
                    f"v-{indicator.code}": _typed(values[indicator.code]),
                    f"r-{indicator.code}": 0,
                    f"m-{indicator.code}": "",
                    f"n-{indicator.code}": "",
                }
        address = reverse("return_section", args=["amani", submission.pk, section.code])
        assert client.post(address, typed).status_code == 302, section.code


def _typed(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) and value not in {0, 0.5, 1}:
        return format_number(value, language="en")
    return value if isinstance(value, list) else str(value)


# --- Idempotency keys ---------------------------------------------------------------------------------------

KEY = {"Idempotency-Key": "5f2b"}


def test_the_same_request_with_the_same_key_is_done_once(own: Submission, token: str):
    change = {"code": "branches_total", "value": 24}
    first = patch(token, own, change, **KEY)
    patch(token, own, {"code": "branches_total", "value": 25, "version": 1})
    again = patch(token, own, change, **KEY)
    assert first.status == 200
    assert again == first
    assert again.headers["Idempotent-Replay"] == "true"
    assert own.answers.get().number == 25
    # the same with the fields in another order, which is the same request
    assert patch(token, own, dict(reversed(change.items())), **KEY) == first


def test_a_conflict_is_answered_again_too(own: Submission, token: str):
    patch(token, own, {"code": "branches_total", "value": 24})
    first = patch(token, own, {"code": "branches_total", "value": 30}, **KEY)
    assert first.status == 409
    assert patch(token, own, {"code": "branches_total", "value": 30}, **KEY) == first


def test_another_request_with_the_same_key_is_refused(own: Submission, token: str):
    patch(token, own, {"code": "branches_total", "value": 24}, **KEY)
    told = patch(token, own, {"code": "branches_total", "value": 25, "version": 1}, **KEY)
    assert (told.status, told.code) == (422, "idempotency_key_reused")
    other = call(token, f"returns/{own.pk}/explanations/", "post", {"rule": "x", "reason": "y"}, **KEY)
    assert other.code == "idempotency_key_reused"
    assert own.answers.get().number == 24


def test_keys_of_two_people_do_not_meet(own: Submission, cast: Cast):
    for user, value in ((cast.editor, 24), (cast.signatory, 25)):
        told = patch(key_of(user), own, {"code": "branches_total", "value": value}, **KEY)
        assert told.code == "conflict" if value == 25 else told.status == 200
    assert IdempotentRequest.objects.count() == 2


def test_what_failed_may_be_tried_again_with_its_key(own: Submission, cast: Cast, token: str):
    Submission.objects.update(state=ReturnState.SUBMITTED)
    change = {"code": "branches_total", "value": 24}
    assert patch(token, own, change, **KEY).status == 403
    assert not IdempotentRequest.objects.exists()
    Submission.objects.update(state=ReturnState.DRAFT)
    assert patch(token, own, change, **KEY).status == 200


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 201], ids=ascii)
def test_strange_keys_are_refused(own: Submission, token: str, key: str):
    told = patch(token, own, {"code": "branches_total", "value": 24}, **{"Idempotency-Key": key})
    assert told.status == 400
    assert not own.answers.exists()


def test_reading_shows_what_was_written(own: Submission, token: str, cast: Cast):
    patch(token, own, {"code": "branches_total", "value": 24})
    read = {one["code"]: one for one in ask(cast.editor, f"returns/{own.pk}/").json["answers"]}
    assert (read["branches_total"]["value"], read["branches_total"]["source"]) == (24, "api")
