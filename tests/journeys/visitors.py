"""The people of the demonstration, signed in, and what they reach from home."""

from allauth.account.internal.flows.login import record_authentication
from django.test import Client, RequestFactory

from members.models import User
from reporting.demo.cast import PEOPLE
from tests.journeys.crawl import OF_A_KIND, Crawl, crawl

PERSON = {person.role: person for person in reversed(PEOPLE)}
# Nothing links to the gallery of components; operators and developers know its address.
STARTS = {"platform_operator": ("/", "/gallery/")}
# Every section and every chapter has other fields and charts; one role each looks at all of them.
ALL_OF = {
    "institution_editor": {"return_section": 15},
    "donor_reader": {"release_chapter": 20},
}
# Who sees what a sister role sees, and may do less: one page of a kind shows the difference.
SISTERS = {"association_reviewer", "institution_editor"}
# A second of these says nothing that the first did not.
ONE_IS_ENOUGH = dict.fromkeys(("return_section", "release_chapter", "indicator", "member", "consents"), 1)


def client_of(email: str) -> Client:
    """A session of one of the demonstration's people, who has just typed the password."""
    client = Client()
    user = User.objects.get(email=email)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    request = RequestFactory().get("/")
    request.session, request.user = client.session, user
    record_authentication(request, user, method="password", email=email, reauthenticated=True)
    request.session.save()
    return client


# The demonstration is only looked at: what a role reaches is the same in every test of a process.
_REACHED: dict[str, Crawl] = {}


def reached_by(role: str, client: Client) -> Crawl:
    """What a role reaches from home."""
    if role not in _REACHED:
        _REACHED[role] = crawl(
            client,
            STARTS.get(role, ("/",)),
            ONE_IS_ENOUGH | ALL_OF.get(role, {}),
            of_a_kind=1 if role in SISTERS else OF_A_KIND,
        )
    return _REACHED[role]
