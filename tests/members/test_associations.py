"""Making and changing associations, logos included; what a stored logo is and is not."""

import io

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from members.models import Association, Invitation
from members.services.associations import change_association, create_association, found_association
from members.services.logos import MAX_BYTES, redraw
from spm_portal.common.models import AuditEvent
from spm_portal.common.refusal import Refused
from tests.cast import Cast


def picture(kind: str = "PNG", size: tuple[int, int] = (2000, 500)) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, "#c0392b").save(out, format=kind)
    return SimpleUploadedFile("logo.bin", out.getvalue())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_logo_is_redrawn_as_a_small_png(kind: str):
    drawn = Image.open(redraw(picture(kind)))
    assert (drawn.format, drawn.size) == ("PNG", (640, 160))


def test_what_hides_behind_a_picture_does_not_survive():
    upload = picture()
    upload.seek(0, io.SEEK_END)
    upload.write(b"<script>alert(1)</script>")
    upload.seek(0)
    assert b"script" not in redraw(upload).read()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "cannot be read|not a picture"),
        (b"", "not a picture"),
        (b"\x89PNG\r\n\x1a\n broken", "not a picture"),
        (b"0" * (MAX_BYTES + 1), "larger than 1 MB"),
    ],
)
def test_what_is_no_picture_is_refused_with_the_fix(content: bytes, words: str):
    with pytest.raises(ValidationError, match=words):
        redraw(SimpleUploadedFile("logo.png", content))


def test_a_huge_picture_in_a_small_file_is_refused():
    with pytest.raises(ValidationError, match="12 million pixels"):
        redraw(picture(size=(6000, 3000)))


def test_settings_and_logo_change_in_one_audit_row(cast: Cast):
    changed = change_association(
        association_id=cast.amani.pk,
        by=cast.manager,
        at=timezone.now(),
        accent_colour="#aa3300",
        currency="KES",
        logo=picture(),
    )
    assert changed.logo.name.startswith("logos/amani")
    event = AuditEvent.objects.about(cast.amani).get()
    assert event.data == {"changed": ["accent_colour", "logo"]}
    removed = change_association(
        association_id=cast.amani.pk, by=cast.manager, at=timezone.now(), remove_logo=True
    )
    assert not removed.logo


@pytest.mark.parametrize("part", ["reviewer", "signatory", "other_manager", "operator", "donor"])
def test_only_the_manager_changes_settings(cast: Cast, part: str):
    with pytest.raises(PermissionDenied):
        change_association(
            association_id=cast.amani.pk, by=getattr(cast, part), at=timezone.now(), name="Taken over"
        )


def test_an_impossible_setting_changes_nothing(cast: Cast):
    with pytest.raises(ValidationError):
        change_association(
            association_id=cast.amani.pk, by=cast.manager, at=timezone.now(), accent_colour="red"
        )
    assert Association.objects.get(pk=cast.amani.pk).accent_colour == cast.amani.accent_colour
    with pytest.raises(TypeError, match="slug"):
        change_association(association_id=cast.amani.pk, by=cast.manager, at=timezone.now(), slug="x")


def test_a_new_association_comes_with_its_first_manager(cast: Cast):
    call = {"name": "Cedar", "slug": "cedar", "language": "en", "time_zone": "UTC", "at": timezone.now()}
    with pytest.raises(PermissionDenied):
        found_association(email="first@example.org", by=cast.manager, **call)
    with pytest.raises(Refused):
        found_association(email=cast.operator.email, by=cast.operator, **call)
    assert not Association.objects.filter(slug="cedar").exists()
    made = found_association(email="first@example.org", by=cast.operator, **call)
    assert Invitation.objects.open().get(association=made).email == "first@example.org"


def test_two_associations_never_share_an_address(cast: Cast):
    with pytest.raises(ValidationError):
        create_association(name="Amani again", slug="amani", at=timezone.now())
