"""The words of e-mails, and the jobs that send them.

A template `mail/NAME.txt` begins with the subject on a line of its own, then the text. It is rendered in
the language of the person who will read it, by the worker, outside of any request; `address(endpoint, …)`
gives the full address of a page in that language.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from portal.accounts import links
from portal.instance import Instance
from portal.languages import gettext, speaking
from toolkit import outbox, visitors
from toolkit.jobs import Handler, Job


class Post:
    """The mail of one instance. The application, for templates and addresses, is made at its first use."""

    def __init__(self, instance: Instance) -> None:
        own = instance.settings
        self.instance = instance
        self.transport = outbox.transport(own["MAIL_URL"], instance.folder, own["MAIL_FROM"])

    @cached_property
    def app(self) -> Flask:
        """An application that answers nobody."""
        from portal import create_app

        return create_app(self.instance)

    def render(self, name: str, values: dict[str, Any], language: str) -> tuple[str, str]:
        """Subject and text of a message in a language. It is no page: what is put into a sentence is not
        escaped."""
        with self.app.app_context(), speaking(language):
            template = self.app.jinja_env.get_template(f"mail/{name}.txt")
            words = template.render(
                portal=self.instance.settings["NAME"], _=gettext,
                address=lambda endpoint, **parts: self.address_of(endpoint, language, **parts), **values,
            )  # fmt: skip
        subject, _, text = words.strip().partition("\n")
        return subject.strip(), text.strip() + "\n"

    def address_of(self, endpoint: str, language: str, **values: str) -> str:
        """The full address of a page, as people reach the portal from outside."""
        public = urlsplit(self.instance.settings["PUBLIC_URL"] or "http://localhost:8000")
        prefix = "" if language == "es" else f"/{language}"
        adapter = self.app.url_map.bind(
            public.netloc, script_name=public.path.rstrip("/") + prefix, url_scheme=public.scheme
        )
        return adapter.build(endpoint, values, force_external=True)

    def send(self, job: Job) -> None:
        """Job `send_mail`: send the message that it names."""
        outbox.deliver(self.instance.database, int(job.values["id"]), self.render, self.transport)

    def reset_password(self, job: Job) -> None:
        """Job `reset_password`: if the address has an account in force, send it a link for a new password."""
        with self.app.app_context(), self.instance.database.open_for_maintenance() as session:
            found = links.make_reset(session, str(job.values["email"]))
            if found is None:
                return
            person, token = found
            link = self.address_of("security.reset_password", person.language, token=token)
            outbox.send(session, person.email, "reset_password", {"name": person.name, "link": link},
                        person.language)  # fmt: skip

    def sign_in_link(self, job: Job) -> None:
        """Job `sign_in_link`: if the address has an account in force, send it a link that signs in once."""
        with self.app.app_context(), self.instance.database.open_for_maintenance() as session:
            found = links.make_sign_in(session, str(job.values["email"]))
            if found is None:
                return
            person, token = found
            link = self.address_of("account.use_link", person.language, token=token)
            outbox.send(session, person.email, "sign_in_link", {"name": person.name, "link": link},
                        person.language)  # fmt: skip

    def confirm_email(self, job: Job) -> None:
        """Job `confirm_email`: send a link to a new address, unless somebody has it already."""
        with self.app.app_context(), self.instance.database.open_for_maintenance() as session:
            email = str(job.values["email"])
            found = links.make_address(session, int(job.values["person_id"]), email)
            if found is None:
                return
            person, token = found
            link = self.address_of("account.confirm_email", person.language, token=token)
            outbox.send(session, email, "confirm_email", {"name": person.name, "link": link},
                        person.language)  # fmt: skip

    def ask_access(self, job: Job) -> None:
        """Job `ask_access`: a visitor asks for access; send the link that confirms it."""
        asked = job.values
        with self.instance.database.open_for_maintenance() as session:
            visitors.receive(session, str(asked["resource"]), str(asked["email"]), str(asked["message"]),
                             str(asked["language"]))  # fmt: skip


def handlers(instance: Instance) -> dict[str, Handler]:
    """What a worker does for the kinds of jobs that are mail."""
    post = Post(instance)
    return {
        "send_mail": Handler(post.send),
        "reset_password": Handler(post.reset_password),
        "sign_in_link": Handler(post.sign_in_link),
        "confirm_email": Handler(post.confirm_email),
        "ask_access": Handler(post.ask_access),
    }
