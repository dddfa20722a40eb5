"""Every address of the portal, walked from the resolver, and a real address for each."""

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

from tests.permissions.helpers_of_capacity import targets_of_capacity
from tests.permissions.helpers_of_editors import targets_of_editors
from tests.permissions.helpers_of_peers import targets_of_peers
from tests.permissions.helpers_of_reports import targets_of_reports
from tests.permissions.training_parts import targets_of_training
from tests.permissions.world import TOKEN, World

Kwargs = dict[str, Any]
_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver."""

    pattern: str  # as written in the code, the parts of included patterns joined
    name: str  # with namespaces, or empty
    view: Callable[..., Any]

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parts that vary."""
        groups = re.findall(r"\(\?P<(\w+)>", self.pattern)
        return tuple(dict.fromkeys([*groups, *_CONVERTER.findall(re.sub(r"\(\?P<\w+>", "", self.pattern))]))

    @property
    def is_support(self) -> bool:
        """Whether it belongs to the support tool."""
        return self.pattern.startswith("admin/")

    def path(self, kwargs: Mapping[str, Any]) -> str:
        """The address with its parts filled in."""
        filled = _fill_groups(self.pattern, kwargs)
        filled = _CONVERTER.sub(lambda found: str(kwargs[found[1]]), filled)
        return "/" + re.sub(r"\\([./-])", r"\1", filled.replace("^", "").replace("$", "").replace(r"\Z", ""))


def _fill_groups(pattern: str, kwargs: Mapping[str, Any]) -> str:
    """Replace the named groups of a regular expression by values."""
    while found := re.search(r"\(\?P<(\w+)>", pattern):
        depth, end = 1, found.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(pattern[end], 0)
            end += 1
        pattern = pattern[: found.start()] + str(kwargs[found[1]]) + pattern[end:]
    return pattern


Visit = tuple[Address, str, Kwargs]


def all_addresses() -> list[Address]:
    """Every pattern that the portal answers, allauth, admin and API included."""
    return list(_walk(get_resolver(), "", ()))


def _walk(resolver: URLResolver, prefix: str, namespaces: tuple[str, ...]) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        pattern = prefix + _text(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _walk(entry, pattern, inner)
        elif isinstance(entry, URLPattern):
            name = ":".join((*namespaces, entry.name)) if entry.name else ""
            yield Address(pattern, name, entry.callback)
        else:
            raise TypeError(f"What is {entry!r}?")


def _text(pattern: Any) -> str:
    if isinstance(pattern, RoutePattern):
        return str(pattern._route)
    if isinstance(pattern, RegexPattern):
        return str(pattern._regex)
    raise TypeError(f"What is {pattern!r}?")


# --- Real addresses of Amani and Kilimo -------------------------------------------------------------------


def _admin_object(name: str, world: World) -> str:
    """An object of the table that an admin address is about; a random key where the world has none."""
    label, _, _ = name.removeprefix("admin:").rpartition("_")
    for model in apps.get_models():
        if f"{model._meta.app_label}_{model._meta.model_name}" == label:
            found = model._default_manager.order_by("pk").first()
            return str(found.pk) if found is not None else str(uuid.UUID(int=0))
    raise LookupError(f"No table for {name}")


def targets(world: World) -> dict[str, dict[str, Kwargs]]:
    """For each name its cases, each with the parts of the address; "" is the usual case."""
    slug = {"slug": world.cast.amani.slug}
    returns = {
        "": {**slug, "pk": world.draft.pk},
        "submitted": {**slug, "pk": world.submitted.pk},
        "approved": {**slug, "pk": world.approved.pk},
    }
    kilimo = world.cast.kilimo
    member = {**slug, "pk": kilimo.pk}
    round_code = {"": {**slug, "code": world.draft.round.code}}
    role = kilimo.role_assignments.get(user=world.cast.editor)
    amani_role = world.cast.amani.role_assignments.get(user=world.cast.reviewer)
    catalogue = {**slug, "version": world.draft.round.catalogue_id}
    donor = {"slug": world.cast.horizon.slug}
    shown = {**donor, "association": world.cast.amani.slug, "code": world.released.code}
    return {
        "theme": {"": {"colour": "aa3300"}},
        "invitation": {"": {"token": TOKEN}},
        "institution_people": {"": {"pk": kilimo.pk}},
        "role_end": {"": {"pk": role.pk}, "of the association": {"pk": amani_role.pk}},
        "invitation_revoke": {"": {"pk": world.invitation.pk}},
        "invitation_resend": {"": {"pk": world.invitation.pk}},
        "sharing_end": {"": {**slug, "pk": world.agreement.pk}},
        "member": {"": member},
        "member_edit": {"": member},
        "member_rejoin": {"": {**slug, "pk": world.cast.zamani.pk}},
        "membership_end": {"": {**member, "membership": kilimo.memberships.get().pk}},
        "consents": {"": member},
        "consent_give": {"": member},
        "value_reads": {"": member},
        "operator_association": {"": {"pk": world.cast.amani.pk}},
        "operator_known_member": {"": {"pk": world.cast.amani.pk}},
        "operator_donor": {"": {"pk": world.cast.horizon.pk}},
        "mail_message": {"": {"pk": world.mail.pk}},
        "mail_retry": {"": {"pk": world.failed_mail.pk}},
        "job_retry": {"": {"pk": world.failed_job.pk}},
        "catalogue_version": {"": catalogue},
        "indicator": {"": {**catalogue, "code": "branches_total"}},
        "rule_setting": {"": {**slug, "rule": "W41"}},
        "guidance_edit": {"": {**catalogue, "code": "branches_total"}},
        "question_help": {"": {**returns[""], "code": "branches_total"}},
        "answer_flag": {"": returns[""]},
        "return_team": {"": returns[""]},
        "guest_link": {"": {"token": TOKEN}},
        "guest_section": {"": {"pk": world.guest.pk}},
        "guest_answer": {"": {"pk": world.guest.pk}},
        "guest_help": {"": {"pk": world.guest.pk, "code": "branches_total"}},
        "round_board": round_code,
        "round_settings": round_code,
        "round_action": round_code,
        "board_file": round_code,
        "ask_rules": round_code,
        "ask_outliers": round_code,
        "ask_rule": {"": {**round_code[""], "rule": "W41"}},
        "calendar_feed": {"": {"token": TOKEN}},
        "return": returns,
        "return_section": {"": {**returns[""], "code": "PRO"}},
        "return_problems": returns,
        "return_submit": returns,
        "return_receipt": returns,
        "return_receipt_pdf": returns,
        "return_history": {"": returns[""]},
        "value_history": {"": {**returns[""], "code": "branches_total"}},
        "question": {"": {**slug, "pk": world.question.pk}},
        "question_ask": {"": returns["submitted"]},
        "return_review": returns,
        "return_move": returns,
        "return_levels": returns,
        "publish": {"": {**slug, "code": world.released.code}},
        "replies": {"": {**slug, "code": world.released.code}},
        "reply_answer": {"": {**slug, "pk": world.reply.pk}},
        "reply": {"": returns[""], "approved": returns["approved"]},
        "edition": {"": {**slug, "pk": world.release.pk}},
        "public_editions": {"": slug},
        "public_report": {"": {**slug, "code": world.released.code, "number": 1, "language": "en"}},
        "verify_edition": {
            "": {"digest": world.release.edition_sha256},
            "unknown": {"digest": "0" * 64},
        },
        "release": {"": {**slug, "pk": world.release.pk}},
        "what_changed_make": {"": {**slug, "pk": world.release.pk}},
        "report_request": {"": {**slug, "pk": world.release.pk}},
        **targets_of_editors(slug, world.release, world.story),
        **targets_of_peers(slug),
        **targets_of_capacity(slug, donor, world.capacity, TOKEN),
        **targets_of_training(slug, world.training, TOKEN),
        "job": {"": {**slug, "pk": world.job.pk}},
        "job_file": {"": {**slug, "pk": world.job.pk}},
        "attachment": {"": {**returns[""], "file": world.attachment.pk}},
        "evidence_item": {"": {**slug, "pk": world.document.pk}},
        "evidence_file": {"": {**slug, "pk": world.document.pk}},
        "citations": {"": {**returns[""], "code": "branches_total"}},
        "citation_file": {"": {**returns[""], "citation": world.citation.pk}},
        "paper": returns,
        **targets_of_reports(slug, world.approved, world.draft),
        "return_print": {"": returns[""]},
        "return_print_job": {"": {**returns[""], "job": world.form_job.pk}},
        "return_print_file": {"": {**returns[""], "job": world.form_job.pk}},
        "return_excel": returns,
        "workbook_file": {"": returns[""]},
        "workbook_upload": {"": {**returns[""], "upload": world.workbook.pk}},
        "workbook_annotated": {"": {**returns[""], "upload": world.workbook.pk}},
        "donor_home": {"": donor},
        "donor_figures_file": {"": {**donor, "kind": "csv"}},
        "figures_time_file": {"": {**slug, "kind": "csv"}},
        "operator_capacities_file": {"": {"kind": "csv"}},
        "donor_values": {"": donor},
        "donor_round_values": {"": shown},
        "donor_member_values": {
            "": {**shown, "pk": world.cast.umoja.pk},
            "not shared": {**shown, "pk": world.cast.kilimo.pk},
        },
        "network_round_values": {"": {**slug, "code": world.released.code}},
        "network_member_values": {
            "": {**slug, "code": world.released.code, "pk": world.cast.umoja.pk},
            "not shared": {**slug, "code": world.released.code, "pk": world.cast.kilimo.pk},
        },
        "public_round_values": {"": {**slug, "code": world.released.code}},
        "public_member_values": {"": {**slug, "code": world.released.code, "pk": world.cast.umoja.pk}},
        "release_chapter": {"": {**slug, "pk": world.release.pk, "chapter": "outreach"}},
        "save_answer": {"": returns[""]},
        "return_explanation": {"": returns[""]},
        "key_revoke": {"": {"pk": world.key.pk}},
        **{
            f"api_return_{part}": returns if part == "submit" else {"": returns[""]}
            for part in ("answers", "validate", "explanations", "submit")
        },
        "api_catalogue": {"": {"pk": world.draft.round.catalogue_id}},
        "api_return": {case: {"pk": kwargs["pk"]} for case, kwargs in returns.items()},
        "api_release": {"": {"pk": world.release.pk}},
        "api_donor_values": {"": donor},
        "api_framework": {"": {"pk": world.capacity.agreed.framework_id}},
        "api_assessment": {"": {"pk": world.capacity.agreed.pk}},
        "api_nothing": {"": {"rest": "nothing/here"}},
        "mfa_remove_webauthn": {"": {"pk": 1}},
        "mfa_edit_webauthn": {"": {"pk": 1}},
        "account_confirm_email": {"": {"key": "a-key"}},
        "account_reset_password_from_key": {"": {"uidb36": "1", "key": "a-key"}},
    }


def all_visits(world: World) -> list[Visit]:
    """Every address in each of its cases, with the values of its parts."""
    named = targets(world)
    return [
        (address, case, kwargs)
        for address in all_addresses()
        for case, kwargs in _cases_of(address, world, named).items()
    ]


def _cases_of(address: Address, world: World, named: dict[str, dict[str, Kwargs]]) -> dict[str, Kwargs]:
    parameters = set(address.parameters)
    if not parameters:
        return {"": {}}
    if address.name.startswith("admin:"):
        values = {"app_label": "members", "object_id": ""}
        if "object_id" in parameters and address.name != "admin:view_on_site":
            values["object_id"] = _admin_object(address.name, world)
        if {"content_type_id", "object_id"} <= parameters:
            kind = ContentType.objects.get_for_model(world.draft)
            values |= {"content_type_id": str(kind.pk), "object_id": str(world.draft.pk)}
        return {"": {name: values[name] for name in parameters}}
    if address.is_support:
        return {"": {name: _admin_unnamed(address, name, world) for name in parameters}}
    found = named.get(address.name)
    if found is None:
        if parameters == {"slug"}:
            return {"": {"slug": world.cast.amani.slug}}
        raise LookupError(
            f"{address.pattern} has the parts {sorted(parameters)}: name an object of Amani for it in"
            " tests/permissions/addresses.py, targets()."
        )
    return {case: {name: kwargs[name] for name in parameters} for case, kwargs in found.items()}


def _admin_unnamed(address: Address, parameter: str, world: World) -> str:
    """The redirect from an object's old address in the admin, which has no name."""
    if parameter != "object_id":
        return "nothing/here/"
    app, model = address.pattern.removeprefix("admin/").split("/")[:2]
    return _admin_object(f"admin:{app}_{model}_change", world)


NOWHERE = "no-such-place"


def absent(kwargs: Kwargs, known: frozenset[object]) -> list[Kwargs]:
    """The same parts, in each one identifier that the person does not know replaced by one that nothing has."""
    return [
        {**kwargs, name: uuid.uuid5(uuid.NAMESPACE_URL, name) if isinstance(value, uuid.UUID) else NOWHERE}
        for name, value in kwargs.items()
        if value not in known and (isinstance(value, uuid.UUID) or name == "slug")
    ]
