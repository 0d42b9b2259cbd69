"""The yearly report as a file: asked for in the browser, made by the worker, fetched by who asked.

The worker opens a visit for the person who asked, as that person is then, and writes what that visit
reads; a visitor's report is made for a visitor, once for all visitors. The file lies in the instance's tray
under the digest of its reader and its words (`toolkit.exports.tray`): nothing else has to be remembered of
it, and it is handed out only to whom the same words would be shown now.
"""

from __future__ import annotations

from collections.abc import Mapping

from portal.instance import Instance
from portal.languages import LOCALES, language, speaking
from portal.mail import Post
from portal.workplan import report as words
from toolkit import people
from toolkit.access import VISITOR, Viewer
from toolkit.errors import NotFound
from toolkit.exports import opendocument, outline, tray
from toolkit.exports.outline import Link
from toolkit.jobs import Handler, Job
from toolkit.records import now
from toolkit.workplan import report
from toolkit.workplan.report import Report

KIND = "make_report"


def name_of(found: Report, viewer: Viewer) -> str:
    """The name of a report's file in the tray: of this reader, in the language of the page."""
    return outline.digest(words.outline(found), viewer.person_id, language())


class Maker:
    """Makes reports of one instance."""

    def __init__(self, instance: Instance, post: Post) -> None:
        self.instance, self.post = instance, post

    def make(self, job: Job) -> None:
        """Job `make_report`: write the report of a year for a person (None is a visitor) in a language."""
        year, spoken = int(job.values["year"]), str(job.values["language"])
        with self.post.app.app_context(), speaking(spoken):
            try:
                name, contents = self._written(job, year, spoken)
            except NotFound:  # the plan, or the person, is not there any more
                return
        self.instance.tray.keep(name, contents)

    def _written(self, job: Job, year: int, spoken: str) -> tuple[str, bytes]:
        viewer = self._viewer(job.values)
        with self.instance.database.visit(viewer) as visit:
            found = report.gather(visit, year)
            total = len(found.actions)
            blocks = words.outline(found, lambda done: self.instance.tray.count(job.key, done, total))
            contents = opendocument.write(
                blocks, words.title(found), LOCALES[spoken].replace("_", "-"), self._address
            )
            return name_of(found, viewer), contents

    def _viewer(self, values: Mapping[str, object]) -> Viewer:
        if values["person_id"] is None:
            return VISITOR
        with self.instance.database.open_for_maintenance(writing=False) as session:
            return people.viewer_of(session, int(str(values["person_id"])), now())

    def _address(self, link: Link) -> str:
        return self.post.address_of(link.endpoint, language(), **link.values)

    def sweep(self, _job: Job) -> None:
        """Job `sweep_tray`: take away what is older than a day, and come back for the rest."""
        coming = self.instance.tray.sweep()
        with self.instance.database.open_for_maintenance() as session:
            tray.plan_sweep(session, coming)


def handlers(instance: Instance) -> dict[str, Handler]:
    """What a worker does for reports."""
    maker = Maker(instance, Post(instance))
    return {KIND: Handler(maker.make), "sweep_tray": Handler(maker.sweep)}
