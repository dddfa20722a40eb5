"""docs/permissions.md: the matrix in words that a coordinator can read."""

from itertools import groupby
from pathlib import Path

from django.conf import settings

from tests.permissions.matrix import PERSONAS, Row

FILE = Path(settings.BASE_DIR) / "docs" / "permissions.md"
HEAD = """# Who may see and do what

Written by the test that opens every address of the portal as each of these people and compares what is answered
(`tests/permissions/`). Do not edit this page: change `tests/permissions/matrix.csv`, run the test, and commit both.

Everything below happens in one association, Amani, to the return, the people and the data of one of its members.

| | who it is |
|---|---|
| Visitor | nobody is signed in |
| Manager, Reviewer | staff of Amani |
| Signatory, Editor | people of the MFI whose things are looked at |
| Other member | the signatory of another member of Amani |
| Manager elsewhere | the manager of another association |
| Member elsewhere | the signatory of another association's member |
| Donor | reads for a donor with whom Amani shares |
| Other donor | reads for a donor with whom Amani does not share |
| Former staff | was a reviewer of Amani until their role ended |
| Former member | the signatory of an MFI that left Amani |
| Operator | runs the platform |
| Support | may open the support tool, holds no role |

**yes**: it works. **no**: told that it is not allowed. **–**: answered as if it did not exist.
**sign in**: sent to the sign-in page. **elsewhere**: sent to another page.
"""
SHORT = {
    "anonymous": "Visitor",
    "manager": "Manager",
    "reviewer": "Reviewer",
    "signatory": "Signatory",
    "editor": "Editor",
    "other_member": "Other member",
    "other_manager": "Manager elsewhere",
    "other_association": "Member elsewhere",
    "donor": "Donor",
    "other_donor": "Other donor",
    "ex_staff": "Former staff",
    "ex_member": "Former member",
    "operator": "Operator",
    "support": "Support",
}
WORDS = {
    "200": "yes",
    "204": "yes",
    "400": "yes",
    "409": "yes",
    "422": "yes",  # allowed, and then told what is wrong with the form
    "401": "sign in",
    "403": "no",
    "404": "–",
    "405": "–",
    "login": "sign in",
}


# Addresses that name a passkey: here the one of somebody else, which nobody may touch.
FOREIGN = {"mfa_remove_webauthn", "mfa_edit_webauthn"}
# Areas in which everybody acts on their own account alone: a list says more than a table of equal cells.
OWN = {
    "Signing in": "Everybody may do this with their own account, and nobody with another person's.",
}


def written(rows: list[Row]) -> str:
    """The page."""
    assert SHORT.keys() == PERSONAS.keys()
    parts = [HEAD]
    told = [row for row in rows if row.what]
    for area, of_area in groupby(told, key=lambda row: row.area):
        parts.append(f"\n## {area}\n\n")
        if area in OWN:
            parts.append(f"{OWN[area]}\n\n")
            parts += [f"- {row.what}\n" for row in of_area if row.name not in FOREIGN]
            continue
        parts.append(f"| | {' | '.join(SHORT.values())} |\n|---|{'---|' * len(SHORT)}\n")
        parts += [f"| {row.what} | {' | '.join(_cells(row))} |\n" for row in of_area]
    return "".join(parts)


def _cells(row: Row) -> list[str]:
    return [_word(row, persona) for persona in SHORT]


def _word(row: Row, persona: str) -> str:
    answers = row.cells[persona]
    if "302" in answers:
        # after a change the person is led on; reading is only led on to something else
        return (
            "yes" if row.method == "POST" and row.area not in {"Signing in", "Support tool"} else "elsewhere"
        )
    words = {WORDS[answer] for answer in answers}
    return "yes" if "yes" in words else min(words)
