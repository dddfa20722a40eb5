"""Who takes part in the demonstration: an association, 24 MFIs, two donors, and people of every role. All fictional."""

from dataclasses import dataclass

PASSWORD = "demo-amani-2026"  # noqa: S105 - printed by `make run`; the demonstration holds no secret


@dataclass(frozen=True, slots=True)
class DemoInstitution:
    """An MFI of the demonstration: what it is, how big, and how far its practice is."""

    name: str
    short_name: str
    legal_form: str
    borrowers: int  # at the end of the first round
    average_loan: int  # in the association's currency
    women: float  # share of borrowers
    rural: float
    practice: float  # 0 to 1: how likely a practice is in place
    saves: bool = False
    owner_group: str = ""
    joined: int = 2015


INSTITUTIONS = (
    DemoInstitution("Tumaini Women's Bank", "Tumaini", "bank", 86_400, 58_000, 0.74, 0.38, 0.86, True),
    DemoInstitution(
        "Jitegemee Savings and Credit Cooperative",
        "Jitegemee",
        "cooperative",
        41_200,
        46_000,
        0.52,
        0.61,
        0.66,
        True,
    ),
    DemoInstitution("Mwangaza Microfinance", "Mwangaza", "nbfi", 63_900, 39_500, 0.69, 0.44, 0.78),
    DemoInstitution("Upendo Foundation", "Upendo", "ngo", 18_300, 22_000, 0.88, 0.72, 0.81),
    DemoInstitution(
        "Safari Rural Bank", "Safari Rural", "rural_bank", 27_600, 51_000, 0.47, 0.83, 0.58, True
    ),
    DemoInstitution("Bahari Coast Finance", "Bahari", "nbfi", 12_900, 64_000, 0.58, 0.21, 0.49),
    DemoInstitution("Kilimo Credit", "Kilimo", "nbfi", 22_700, 55_500, 0.43, 0.91, 0.64),
    DemoInstitution("Neema Development Programme", "Neema", "ngo", 9_800, 18_500, 0.93, 0.66, 0.74),
    DemoInstitution("Umoja Village Banks", "Umoja", "ngo", 31_500, 16_200, 0.91, 0.88, 0.7),
    DemoInstitution(
        "Highland Cooperative Society", "Highland Coop", "cooperative", 15_600, 48_000, 0.49, 0.69, 0.53, True
    ),
    DemoInstitution(
        "Pamoja Capital", "Pamoja", "nbfi", 52_300, 71_000, 0.55, 0.28, 0.6, owner_group="Pamoja Holding"
    ),
    DemoInstitution(
        "Pamoja Agri Finance",
        "Pamoja Agri",
        "nbfi",
        8_700,
        69_000,
        0.41,
        0.87,
        0.57,
        owner_group="Pamoja Holding",
    ),
    DemoInstitution("Imani Microcredit", "Imani", "ngo", 6_200, 20_500, 0.85, 0.54, 0.68),
    DemoInstitution("Lakeshore SACCO", "Lakeshore", "cooperative", 11_900, 43_000, 0.51, 0.58, 0.47, True),
    DemoInstitution("Sunrise Enterprise Finance", "Sunrise", "nbfi", 19_400, 83_000, 0.46, 0.19, 0.62),
    DemoInstitution("Maendeleo Trust", "Maendeleo", "ngo", 14_100, 25_500, 0.82, 0.63, 0.76),
    DemoInstitution("Wanawake Kwanza", "Wanawake", "ngo", 24_800, 19_800, 0.97, 0.57, 0.83),
    DemoInstitution("Baraka Islamic Microfinance", "Baraka", "nbfi", 7_600, 47_500, 0.5, 0.35, 0.55),
    DemoInstitution("Green Valley Finance", "Green Valley", "nbfi", 13_300, 52_500, 0.56, 0.77, 0.8),
    DemoInstitution("Hekima Youth Credit", "Hekima", "ngo", 5_100, 17_900, 0.61, 0.4, 0.59),
    DemoInstitution(
        "First Rift Community Bank", "First Rift", "rural_bank", 20_900, 49_500, 0.48, 0.79, 0.63, True
    ),
    DemoInstitution("Zawadi Group Lending", "Zawadi", "nbfi", 37_800, 21_500, 0.9, 0.49, 0.67),
    DemoInstitution("Daraja Small Business Bank", "Daraja", "bank", 33_200, 96_000, 0.44, 0.24, 0.71, True),
    DemoInstitution("Ufanisi Microfinance", "Ufanisi", "nbfi", 4_300, 36_500, 0.65, 0.52, 0.45, joined=2024),
)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person of the demonstration; `place` is the short name of an MFI, a donor's address, or empty."""

    email: str
    name: str
    role: str
    place: str = ""
    language: str = "en"


PEOPLE = (
    DemoPerson("manager@demo.example", "Amina Odhiambo", "association_manager"),
    DemoPerson("reviewer@demo.example", "Peter Kamau", "association_reviewer"),
    DemoPerson("signatory@demo.example", "Grace Wanjiru", "institution_signatory", "Upendo"),
    DemoPerson("editor@demo.example", "Daniel Mutua", "institution_editor", "Upendo"),
    DemoPerson("signatory2@demo.example", "Faith Achieng", "institution_signatory", "Tumaini"),
    DemoPerson("donor@demo.example", "Ingrid Solberg", "donor_reader", "nordic-inclusion-fund"),
    DemoPerson("donor2@demo.example", "Henrik Lund", "donor_reader", "alder-foundation"),
    DemoPerson("operator@demo.example", "Samuel Otieno", "platform_operator"),
)

# The sign-ins that `make run` prints, by what the person does.
SIGN_INS = tuple(
    (person.role, person.email) for person in PEOPLE if not person.email.startswith(("signatory2", "donor2"))
)
DONORS = (("Nordic Inclusion Fund", "nordic-inclusion-fund"), ("Alder Foundation", "alder-foundation"))
