"""Tabs of the training area: grouped by job for staff, in one row for readers of few pages."""

import re

import pytest
from django.urls import reverse

from members.models import User
from tests.browsers import signed_in
from tests.cast import Cast
from training.web.tabs import FLAT, jobs_of, tabs_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def nav(user: User, route: str) -> str:
    client = signed_in(user)
    page = client.get(reverse(route, args=["amani"])).content.decode()
    found = re.search(r'<nav class="area-tabs.*?</nav>', page, re.DOTALL)
    assert found
    return found[0]


def test_every_page_is_in_one_job_and_no_page_is_lost(cast: Cast) -> None:
    for user in (cast.manager, cast.editor):
        pages = tabs_of(user, cast.amani)
        jobs = jobs_of(user, cast.amani)
        assert sorted(tab.url_name for job in jobs for tab in job.tabs) == sorted(
            tab.url_name for tab in pages
        )
        assert len(jobs) < len(pages)


def test_staff_see_the_pages_of_a_job_below_the_jobs(cast: Cast) -> None:
    found = nav(cast.manager, "certificates")
    marked = re.findall(r'<a href="([^"]+)" aria-current="true">([^<]+)</a>', found)
    # the job leads to its first page, the page to itself
    assert marked == [
        (reverse("people_trained", args=["amani"]), "People"),
        (reverse("certificates", args=["amani"]), "Certificates"),
    ]
    assert reverse("roster", args=["amani"]) in found
    assert reverse("training_plan", args=["amani"]) not in found
    assert reverse("needs", args=["amani"]) in found


def test_one_page_keeps_its_name_and_few_pages_stand_in_one_row(cast: Cast) -> None:
    names = [str(job.label) for job in jobs_of(cast.editor, cast.amani)]
    assert "Our needs" in names
    assert "Needs and plan" not in names
    few = tabs_of(cast.donor, cast.amani)
    assert 1 < len(few) <= FLAT
    assert [job.url_name for job in jobs_of(cast.donor, cast.amani)] == [tab.url_name for tab in few]
    assert "chips" not in nav(cast.donor, "library")
