"""Uploads on their way in: the files of a form flow into the store while they arrive.

Only the endpoints in `UPLOADS` take files. There the body is read once, by the first who asks for the form
(the check of its token, after the door has let the person in): a field goes to `form`, a file to the store's
`incoming` folder, hashed and limited while it streams. What the request does not keep is removed at its end.

In our forms the fields stand before the files. So the words of somebody whose upload is too big are read, and
given back with the form, without waiting for the rest of the body.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import flask
from flask import Flask, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from portal.viewer import instance
from toolkit.errors import N_, Invalid, Message
from toolkit.extraction import inspect
from toolkit.files.admission import recognise
from toolkit.files.formats import Format
from toolkit.files.names import clean_name
from toolkit.files.store import Received

UPLOADS = frozenset({"contributions.create", "contributions.add_version", "contributions.add_file",
                     "news.create", "news.edit", "actions.report", "actions.prove"})  # fmt: skip
"""The endpoints that take files."""
BLOCK = 1 << 16
FIELDS = 1_000_000
"""Bytes for all fields of an upload form together, and for what surrounds them."""


@dataclass
class Arrival:
    """A file of a form: its name, cleaned, and what came in, or else the sentence why it is refused."""

    name: str
    received: Received | None = None
    format: Format | None = None
    trouble: Message | None = None


def limit() -> int:
    """The largest file that is taken, in bytes."""
    return int(instance().settings["UPLOAD_MEGABYTES"]) * 1_000_000


class Request(flask.Request):
    """A request whose files go to the store where they are expected. `oversize`: more came than is taken;
    `words_only`, said before the form is read: the files pass by and are not kept."""

    oversize: bool = False
    words_only: bool = False

    @property
    def arrivals(self) -> list[Arrival]:
        """The files that came with the form, in its order; reading them reads the form."""
        self._load_form_data()
        return self._arrivals

    @property
    def _arrivals(self) -> list[Arrival]:
        return cast(list[Arrival], self.__dict__.setdefault("ayni.arrivals", []))

    def _load_form_data(self) -> None:
        upload = self.endpoint in UPLOADS and self.mimetype == "multipart/form-data"
        if "form" in self.__dict__ or not upload:
            super()._load_form_data()
            return
        known = self.content_length or 0
        self.oversize = known > limit() + FIELDS
        self.max_content_length = known if self.oversize else limit() + FIELDS
        fields: list[tuple[str, str]] = []
        try:
            self._take(fields)
        except RequestEntityTooLarge:
            self.oversize = True
        except ValueError as trouble:
            raise BadRequest from trouble
        self.__dict__.update(form=MultiDict(fields), files=MultiDict())

    def _take(self, fields: list[tuple[str, str]]) -> None:
        """Read the body to its end, or to its first file where it is too big."""
        left, events = FIELDS, self._events()
        for event in events:
            part = Part(events)
            if isinstance(event, Field):
                words = part.rest(left)
                left -= len(words)
                fields.append((event.name, words.decode("utf-8", "replace")))
            elif isinstance(event, File) and event.filename and (self.oversize or not self.words_only):
                if self.oversize:
                    return
                self._arrivals.append(arrival := Arrival(clean_name(event.filename)))
                try:
                    arrival.received = instance().store.receive(part, limit=limit())
                except Invalid as trouble:
                    arrival.trouble = trouble.message
                part.skip()
            elif isinstance(event, File):
                part.skip()

    def _events(self) -> Iterator[Event]:
        boundary = self.mimetype_params.get("boundary", "").encode("latin-1", "ignore")
        if not boundary:
            raise BadRequest
        decoder = MultipartDecoder(boundary, self.max_form_memory_size, max_parts=self.max_form_parts)
        more = True
        while more:
            block = self.stream.read(BLOCK)
            more = bool(block)
            decoder.receive_data(block or None)
            while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
                yield event


class Part:
    """One part of a form, as a stream that can be read to the end of the part."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events, self._more = events, True

    def read(self, _size: int = -1, /) -> bytes:
        """The next bytes, as many as came; none at the end."""
        while self._more:
            event = next(self._events, None)
            if not isinstance(event, Data):
                raise BadRequest
            self._more = event.more_data
            if event.data:
                return bytes(event.data)
        return b""

    def rest(self, most: int) -> bytes:
        """All that is left; raises RequestEntityTooLarge for more than `most` bytes."""
        found = bytearray()
        while block := self.read():
            found += block
            if len(found) > most:
                raise RequestEntityTooLarge
        return bytes(found)

    def skip(self) -> None:
        """Let the rest of the part pass by."""
        while self.read():
            pass


def upload() -> Request:
    """The request, as the kind that takes files."""
    return cast(Request, request)


def examine() -> list[Arrival]:
    """The files of this request, recognised by their structure and looked into by the sandboxed child.

    To be called before the visit is opened: it takes time. A file that is refused keeps its sentence. Raises
    Invalid for the field `file` where more came than is taken.
    """
    if upload().oversize:
        raise Invalid(
            N_(
                "Lo que envió pasa de %(n)s MB, lo más que se recibe de una vez. "
                "Envíe menos archivos, o archivos más pequeños."
            ),
            field="file",
            n=limit() // 1_000_000,
        )
    arrivals = upload().arrivals
    for arrival in arrivals:
        if arrival.received is None:
            continue
        try:
            arrival.format = recognise(arrival.received.path, arrival.name)
            inspect(arrival.received.path, arrival.format.code, scratch=instance().folder / "scratch")
        except Invalid as trouble:
            arrival.trouble = trouble.message
    return arrivals


def set_up(app: Flask) -> None:
    """Take files at the upload endpoints, and leave nothing behind that was not kept."""
    app.request_class = Request

    @app.teardown_request
    def discard(_trouble: BaseException | None) -> None:
        for arrival in upload()._arrivals:
            if arrival.received is not None:
                instance().store.discard(arrival.received)
