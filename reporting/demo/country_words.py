"""What stands about the real countries: where the figures come from, and what readers should know of them."""

from datetime import datetime

from members.models import User
from reporting.models import Round
from reporting.services.report_texts import write_chapter

FOREWORD = {
    "en": """The figures of this report were reported by MFIs of {country} to MIX Market and are public under the
licence CC BY 4.0 (World Bank / MIX Market). They came into the portal as they were published, in US dollars.

Read them with three things in mind:

- **Who reported.** MFIs reported as they chose: some years have many, others few. Compare years by the panel of
  the same members, not by totals.
- **What was asked.** MIX asked a part of this form. Questions that it never asked have no figures here.
- **Nobody asked back.** The portal's rules found odd values; there was nobody to explain or correct them.""",
    "es": """Las cifras de este informe fueron declaradas por IMF de {country} a MIX Market y son públicas con la
licencia CC BY 4.0 (Banco Mundial / MIX Market). Entraron en el portal tal como se publicaron, en dólares.

Léalas teniendo en cuenta tres cosas:

- **Quién informó.** Las IMF informaron cuando quisieron: unos años tienen muchas, otros pocas. Compare los años
  por el panel de los mismos miembros, no por los totales.
- **Qué se preguntó.** MIX preguntó una parte de este formulario. Lo que nunca preguntó no tiene cifras aquí.
- **Nadie volvió a preguntar.** Las reglas del portal encontraron valores raros; no había quien los explicara.""",
}


def write_foreword(of_round: Round, languages: dict[str, str], *, by: User, at: datetime) -> None:
    """Write the foreword in each of the languages; `languages` has the country's name in each."""
    for language, country in languages.items():
        write_chapter(
            round_id=of_round.pk,
            chapter="foreword",
            language=language,
            text=FOREWORD[language].format(country=country),
            version="",
            by=by,
            at=at,
        )
