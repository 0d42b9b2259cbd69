"""How kinds and states of norms are called, and what they do to one another."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

KINDS = {
    "law": _l("Ley"),
    "legislative_decree": _l("Decreto legislativo"),
    "supreme_decree": _l("Decreto supremo"),
    "emergency_decree": _l("Decreto de urgencia"),
    "ministerial_resolution": _l("Resolución ministerial"),
    "resolution": _l("Resolución"),
    "recommendation": _l("Recomendación internacional"),
    "model_law": _l("Ley modelo"),
    "other": _l("Otra norma"),
}
STATES = {"in_force": _l("vigente"), "amended": _l("modificada"), "replaced": _l("reemplazada"),
          "repealed": _l("derogada")}  # fmt: skip
DOES = {"amends": _l("Modifica a"), "repeals": _l("Deroga a"), "replaces": _l("Reemplaza a"),
        "regulates": _l("Reglamenta a"), "consolidates": _l("Compila a")}  # fmt: skip
UNDERGOES = {"amends": _l("Modificada por"), "repeals": _l("Derogada por"), "replaces": _l("Reemplazada por"),
             "regulates": _l("Reglamentada por"), "consolidates": _l("Compilada en")}  # fmt: skip


def norm_kind(code: str) -> str:
    """«Decreto supremo»."""
    return str(KINDS.get(code, code))


def norm_state(code: str) -> str:
    """«vigente»."""
    return str(STATES.get(code, code))


def norm_does(deed: str) -> str:
    """«Modifica a»."""
    return str(DOES[deed])


def norm_undergoes(deed: str) -> str:
    """«Modificada por»."""
    return str(UNDERGOES[deed])
