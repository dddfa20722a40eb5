"""Saving one question against the barest view of the portal that writes one row.

Both go through the whole stack of middleware with a signed-in person and find the return as that person may see it.
The bare view then asks for the permission, updates one answer (whose history a trigger of the database writes) and
renders a line. The field save beyond that: it locks the return, puts words in order, checks the value and its version,
works out every rule of the return before and after, renews the counters, writes the audit row, and renders all that
changed around the box.
"""

from collections.abc import Callable
from itertools import count
from uuid import uuid4

from django.test import override_settings
from django.urls import reverse

from bench.pages import busiest, signed_in
from bench.timing import medians, ratio
from members.models import Association
from reporting.models import Answer, Submission

LIMIT = 3
CODE = "active_clients"


def save_ratio(association: Association) -> dict[str, float]:
    """Process time of a field save as a multiple of the bare write; each writes another number every time."""
    section = next(page for page in busiest(association) if page.name == "return_section")
    client = signed_in(section.by)
    held = Submission.objects.get(pk=section.address.split("/returns/")[1].split("/")[0])
    answer = Answer.objects.get(submission=held, code=CODE)
    page, numbers = str(uuid4()), count(1)

    def sender(name: str, *args: object) -> Callable[[], object]:
        address = reverse(name, args=[association.slug, held.pk, *args])

        def send() -> object:
            number = next(numbers)
            response = client.post(
                address,
                {
                    f"v-{CODE}": str(20_000 + number),
                    f"m-{CODE}": "",
                    f"n-{CODE}": "",
                    f"r-{CODE}": str(answer.version),
                    "page": page,
                    "sequence": number,
                },
                headers={"HX-Request": "true"},
            )
            if response.status_code != 200:
                raise AssertionError(f"{address} answered {response.status_code}")
            return response

        return send

    with override_settings(ROOT_URLCONF="bench.urls"):
        save = sender("save_answer")
        save()  # from here on the page follows its own word
        written = Answer.objects.get(pk=answer.pk).version
        taken = medians({"save": save, "bare": sender("bench_bare_write")}, rounds=40, warm_up=3)
    if Answer.objects.get(pk=answer.pk).version - written != 2 * 43:
        raise AssertionError("Not every save wrote the answer.")
    return {
        "limit": LIMIT,
        "field_save": ratio(taken["save"], taken["bare"]),
        "bare_write_ms": round(1000 * taken["bare"], 2),
    }
