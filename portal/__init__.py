"""The Flask application: `create_app` puts an instance and the tuple of sections together, nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from flask import Flask

    from portal.instance import Instance
    from portal.section import Section

HERE = Path(__file__).parent


def _sections() -> tuple[Section, ...]:
    from portal import (
        account,
        actions,
        administration,
        agreement,
        applications,
        audit,
        coauthors,
        compendia,
        contributions,
        coordination,
        emergencies,
        exchange,
        exports,
        health,
        initiatives,
        invitations,
        library,
        meetings,
        members,
        news,
        norms,
        organizations,
        pages,
        posts,
        preferences,
        requests,
        resources,
        sharing,
        spaces,
        statistics,
        topics,
        units,
        workplan,
    )

    return (
        health.section, pages.section, preferences.section, account.section, organizations.section,
        spaces.section, contributions.section, library.section, resources.section,
        news.section, topics.section, agreement.section, norms.section, compendia.section, units.section,
        workplan.section, actions.section, initiatives.section, coordination.section, meetings.section,
        applications.section, statistics.section,
        sharing.section, requests.section, exchange.section, exports.section,
        members.section, invitations.section, posts.section, coauthors.section,
        administration.section, audit.section, emergencies.section,
    )  # fmt: skip


def create_app(instance: Instance) -> Flask:
    """The application that serves `instance`. The web framework is loaded here: commands do without."""
    from portal import (
        accounts,
        counting,
        errors,
        languages,
        limits,
        protection,
        section,
        settings,
        templating,
        viewer,
    )
    from portal.addresses import Application
    from portal.converters import CONVERTERS

    templates = HERE / "templates" if (HERE / "templates").is_dir() else HERE.parent / "templates"
    app = Application(__name__, template_folder=str(templates), static_folder=str(HERE / "static"))
    public = urlsplit(instance.settings["PUBLIC_URL"])
    https = public.scheme == "https"
    app.config.update(
        SECRET_KEY=settings.secret(instance.folder),
        MAX_CONTENT_LENGTH=1_000_000,
        MAX_FORM_MEMORY_SIZE=1_000_000,
        MAX_FORM_PARTS=500,
        SESSION_COOKIE_NAME="__Host-ayni" if https else "ayni",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        TRUSTED_HOSTS=[public.hostname, "localhost", "127.0.0.1"] if public.hostname else None,
        HTTPS=https,
    )
    app.extensions["instance"] = instance
    counting.set_up(app)
    viewer.set_up(app)
    languages.set_up(app)
    protection.trust(app, instance.settings["PROXIES"])
    templating.set_up(app)
    errors.set_up(app)
    protection.set_up(app, https=https)
    limits.set_up(app)
    app.url_map.converters.update(CONVERTERS)
    for one in _sections():
        app.register_blueprint(one)
    accounts.set_up(app)
    section.guard(app)
    return app
