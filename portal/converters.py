"""What may stand in an address: the identifiers and numbers that the routes name."""

from __future__ import annotations

from werkzeug.routing import BaseConverter


class PublicId(BaseConverter):
    """The identifier of a record: letters and digits only, so that the first hyphen ends it."""

    regex = "[0-9A-Za-z]{1,40}"


class Whole(BaseConverter):
    """A number from 1 on, at most six digits, without leading zeros: one address for each thing."""

    regex = "[1-9][0-9]{0,5}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)


CONVERTERS = {"public_id": PublicId, "whole": Whole}
"""By the word that routes use."""
