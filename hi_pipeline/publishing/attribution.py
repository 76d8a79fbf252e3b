"""The wording that each publisher asks for, in one file to keep beside the figures."""

from collections.abc import Sequence

from hi_pipeline.core.source import Source

SYNTHETIC_NOTICE = "SYNTHETIC: every figure here is made up, for trying the pipeline out. Use none of them.\n\n"


def attribution_text(sources: Sequence[Source], *, synthetic: bool) -> str:
    """Return the attribution file (Markdown), one paragraph a publication."""
    paragraphs = [
        f"## {source.publisher}: {source.title}\n\n{source.attribution}\n\n"
        f"Licence: {source.licence} ({source.licence_url}). Source: {source.landing_page}\n"
        for source in sources
    ]
    opening = "# Attributions\n\n" + (SYNTHETIC_NOTICE if synthetic else "")
    return opening + "\n".join(paragraphs)
