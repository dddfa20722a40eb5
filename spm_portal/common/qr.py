"""QR codes as SVG: an address that a printed page leads to, drawn without any network."""

import io


def qr_svg(text: str) -> bytes:
    """The code as a drawing that scales, dark on nothing, with the quiet zone that readers need."""
    # late: only workers that make documents need it
    import segno

    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False, omitsize=True)
    return out.getvalue()
