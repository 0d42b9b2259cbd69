"""How much the library is used: counted without knowing by whom."""

from toolkit.usage.keeping import ACTS, Misses, Uses, keep, normal
from toolkit.usage.reading import missed, of_organization, of_resource, public_by_month

__all__ = [
    "ACTS",
    "Misses",
    "Uses",
    "keep",
    "missed",
    "normal",
    "of_organization",
    "of_resource",
    "public_by_month",
]
