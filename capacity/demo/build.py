"""Builds the capacity part of the demonstration, as its people would have done it over more than a year."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from capacity.demo.assessments import Cast, hold_assessment
from capacity.demo.plan import make_plan, take_steps
from capacity.demo.strategy import carry_initiatives, write_strategy
from capacity.demo.support import (
    NEW_OF_FIRST,
    NEW_OF_SECOND,
    OF_FIRST,
    OF_SECOND,
    Partner,
    Support,
    count_in_network,
    go_on,
    offer_anew,
    open_to_donors,
)
from capacity.services.frameworks import shipped_version
from members.models import Association, Donor, User


def build_capacity(
    association: Association,
    *,
    manager: User,
    reviewer: User,
    donors: Sequence[tuple[Donor, User]],
    at: datetime,
) -> None:
    """Two assessments, the plan between them and two donors who pay for some of it; each donor with its reader."""
    cast = Cast(association, manager, reviewer)
    version = shipped_version(at=at)
    first, second = (
        hold_assessment(
            cast,
            version,
            number=number,
            opened=at - timedelta(days=opened),
            agreed=at - timedelta(days=agreed),
        )
        for number, opened, agreed in ((0, 425, 380), (1, 60, 22))
    )
    count_in_network(cast, at - timedelta(days=375))
    items = make_plan(cast, first, second, at)
    support = Support(cast, items, at)
    (one, her), (other, him) = donors
    found = open_to_donors(support, Partner(one, her, OF_FIRST), Partner(other, him, OF_SECOND))
    take_steps(cast, items, at, after=None, until=-136)
    go_on_with = Partner(one, her, ()), Partner(other, him, ())
    take_steps(cast, items, at, after=-136, until=0)
    go_on(support, found, *go_on_with)
    write_strategy(cast, items, at)
    carry_initiatives(cast, at)
    offer_anew(support, Partner(one, her, NEW_OF_FIRST), Partner(other, him, NEW_OF_SECOND))
