"""What the demonstration's editors wrote: a foreword, words of chapters, and two cases, one of them with a photo."""

import io
from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from members.models import Institution, User
from reporting.models import Round
from reporting.services.report_texts import write_case, write_chapter
from spm_portal.common.pictures import Photo, read_photo

FOREWORD = {
    "en": """Our members reach clients whom no bank reaches. This report says how well they do it, by their own answers.

We thank every MFI that reported, and ask readers for two things:

- **Read the method first.** Some figures are not published, so that no member can be recognised.
- **Ask us.** Whatever you miss here may be a question for the next round.

*The board of Amani Microfinance Network*""",
    "fr": """Nos membres servent des clients qu’aucune banque n’atteint. Ce rapport dit comment,
selon leurs propres réponses.

Nous remercions chaque IMF qui a répondu.

*Le conseil d’Amani Microfinance Network*""",
}
CHAPTERS = {
    "outreach": """## Growth in the west

Most new borrowers live in the four counties around the lake, where three members opened branches. Growth there
was carried by group loans; **individual loans grew in towns only**.""",
    "client-protection": """In June the association adopted a common procedure for complaints. Members have until
the end of next year to put it in place; [the Client Protection Pathway](https://sptf.info/client-protection)
gives the steps.""",
    "support": """This year the association gave

1. four courses on client protection for 61 people of 19 members,
2. on-site advice to five members on over-indebtedness,
3. one shared survey of clients who left.""",
    "recommendations": """### For members

- Tell every client the full yearly rate before signing.
- Report complaints to the board every quarter.

### For donors

- Fund poverty measurement with one tool across members, so that results can be read side by side.""",
}  # fmt: skip
STALL = """Grace sells vegetables at the market of Kisumu. When the floods closed the market, her group asked for a
pause, and the MFI moved two instalments to the end of the loan without a fee.

> “I paid everything back, two months later. The officer came to the stall to explain it, and I signed again.”"""
GROUPS = """Thirty groups that save together now choose a member who reads the contract aloud before anybody signs.
In the groups that did so, questions about fees fell by half within a year."""


def write_report(of_round: Round, told_about: Institution, *, by: User, at: datetime) -> None:
    """Write the editors' part of a round's report; `told_about` agreed to be named."""
    words = [("foreword", language, text) for language, text in FOREWORD.items()]
    words += [(chapter, "en", text) for chapter, text in CHAPTERS.items()]
    for chapter, language, text in words:
        write_chapter(
            round_id=of_round.pk, chapter=chapter, language=language, text=text, version="", by=by, at=at
        )
    cases = (
        ("Two instalments later", STALL, None, _photo(), "A market stall with vegetables under a red awning"),
        ("Read it aloud", GROUPS, told_about, None, ""),
    )
    for position, (title, text, institution, photo, photo_words) in enumerate(cases, start=1):
        write_case(
            round_id=of_round.pk,
            story_id=None,
            language="en",
            title=title,
            text=text,
            institution=institution,
            photo=photo,
            photo_words=photo_words,
            agreed=True,
            position=position,
            version="",
            by=by,
            at=at,
        )


def _photo() -> Photo:
    """A market stall, drawn: no photo of people belongs into a demonstration."""
    picture = Image.new("RGB", (1200, 720), "#bfdbe8")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 520, 1200, 720), fill="#c9b38c")
    for place in range(8):
        draw.rectangle(
            (200 + place * 100, 140, 300 + place * 100, 250), fill=("#b8402e", "#f6efe2")[place % 2]
        )
    for left in (210, 970):
        draw.rectangle((left, 250, left + 16, 600), fill="#6b4f35")
    draw.rectangle((200, 420, 1000, 600), fill="#8a6a48")
    for place, colour in enumerate(("#d9572c", "#4f8a3d", "#e0b12f", "#7a3f6b", "#4f8a3d", "#d9572c")):
        for row in range(3):
            for column in range(3):
                x, y = 225 + place * 128 + column * 36, 330 + row * 32
                draw.ellipse((x, y, x + 34, y + 34), fill=colour)
    out = io.BytesIO()
    picture.resize((800, 480)).save(out, format="PNG")
    return read_photo(SimpleUploadedFile("stall.png", out.getvalue()))
