"""What needs the password again: changing how one signs in, and whatever cannot be undone."""

from __future__ import annotations

from flask_security import auth_required

fresh = auth_required("session", within=30, grace=10)
"""Signed in, and with password or code given within 30 minutes, or within 10 of the last such act; else the
page that asks for the password comes first (ASVS 5.0 7.5.1)."""
