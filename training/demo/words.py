"""Names, places and sentences of the demonstrated training year. All fictional."""

from dataclasses import dataclass

WOMEN = (
    *("Amina Otieno", "Grace Wanjiku", "Faith Chebet", "Mercy Achieng", "Esther Njeri", "Lydia Moraa"),
    *("Fatuma Abdi", "Beatrice Akinyi", "Ruth Jepkosgei", "Halima Yusuf", "Joyce Wambui", "Naomi Atieno"),
)
MEN = (
    *("Brian Kiptoo", "Peter Mwangi", "Samuel Ouma", "David Ochieng", "Joseph Kimani", "Hassan Ali"),
    *("Daniel Mutua", "George Omondi", "Patrick Njoroge", "Isaac Kiprono", "Martin Barasa", "Kevin Maina"),
)
JOBS = (
    "Branch manager",
    "SPM officer",
    "Loan officer",
    "Head of operations",
    "Data officer",
    "Internal auditor",
)
LIKED = (
    "Working on the targets of our own MFI.",
    "The cases from other members.",
    "That we had to explain it to each other.",
)
MISSED = ("More time for the exercise on day two.", "Examples from rural branches.", "")
APPLIED = (
    "We write our targets into the plan of every branch.",
    "We now read complaints in every meeting of managers.",
    "I showed my colleagues the questions that we had left empty.",
)


@dataclass(frozen=True, slots=True)
class Held:
    """A session of the year: course, days before today, days long, place, seats, who comes, what it cost."""

    code: str
    days_ago: int
    days: int
    place: str
    seats: int
    members: tuple[str, ...]
    people_each: int
    cost: int
    grant: int = 0
    price: int = 0
    online: bool = False


HELD = (
    Held(
        "SPM-101",
        330,
        1,
        "Nairobi",
        24,
        ("Tumaini", "Jitegemee", "Mwangaza", "Upendo"),
        4,
        96_000,
        40_000,
        4_500,
    ),
    Held("SPM-202", 255, 2, "Kisumu", 20, ("Mwangaza", "Upendo", "Umoja"), 4, 184_000, 90_000, 8_000),
    Held("SPM-204", 190, 1, "", 30, ("Tumaini", "Daraja", "Umoja", "Jitegemee"), 3, 38_000, 0, 2_500, True),
    Held("SPM-201", 120, 2, "Nakuru", 16, ("Upendo", "Daraja", "Tumaini"), 4, 142_000, 60_000, 8_000),
    Held("SPM-TOT", 75, 3, "Nairobi", 12, ("Mwangaza", "Upendo", "Jitegemee"), 2, 260_000, 200_000, 12_000),
    Held("SPM-205", 24, 1, "Mombasa", 20, ("Umoja", "Jitegemee", "Daraja"), 4, 118_000, 50_000, 5_000),
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A session of the last published year by its day; the rest as of one held."""

    code: str
    month: int
    day: int
    days: int
    place: str
    seats: int
    members: tuple[str, ...]
    people_each: int
    cost: int
    grant: int
    price: int


# Five MFIs beside the others can be told; four cannot.
EARLIER = (
    Earlier(
        "SPM-203",
        9,
        16,
        1,
        "Naivasha",
        20,
        ("Kilimo", "Sunrise", "Baraka", "First Rift", "Lakeshore"),
        2,
        88_000,
        30_000,
        4_000,
    ),
    Earlier(
        "SPM-202",
        10,
        14,
        2,
        "Kisumu",
        16,
        ("Upendo", "Neema", "Maendeleo", "Umoja"),
        2,
        150_000,
        80_000,
        7_000,
    ),
)


def held_on(one: Earlier, days_ago: int) -> Held:
    """As a session that was held so many days ago."""
    return Held(
        one.code,
        days_ago,
        one.days,
        one.place,
        one.seats,
        one.members,
        one.people_each,
        one.cost,
        one.grant,
        one.price,
    )


@dataclass(frozen=True, slots=True)
class Coming:
    """A session to come: course, days from today, place, seats, most seats for a member, and who asked for it."""

    code: str
    in_days: int
    days: int
    place: str
    seats: int
    quota: int | None
    members: tuple[str, ...]
    people_each: int
    price: int
    approval: bool = False


COMING = (
    Coming("SPM-203", 18, 1, "Nairobi", 8, 3, ("Tumaini", "Jitegemee", "Upendo", "Umoja"), 3, 4_500),
    Coming("SPM-302", 45, 2, "Eldoret", 20, None, ("Mwangaza", "Daraja"), 2, 8_000, True),
    Coming("SPM-301", 80, 2, "Nairobi", 18, 4, (), 0, 8_000),
)
