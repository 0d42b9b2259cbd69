"""Headers of every answer, errors too; the host and the addresses it builds."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal import create_app
from portal.instance import Instance
from portal.limits import limiter

PAGES = ("/", "/biblioteca", "/ingresar", "/recuperar", "/nada", "/en/", "/salud", "/subir", "/recursos/abc")


@pytest.mark.parametrize("path", PAGES)
def test_headers_of_pages_and_errors(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    for rule in ("object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"):
        assert rule in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"]
    assert "=True" not in answer.headers["Cache-Control"]
    assert "Strict-Transport-Security" not in answer.headers
    assert "charset=utf-8" in answer.headers["Content-Type"] or answer.mimetype == "application/json"


def test_the_nonce_is_new_each_time_and_that_of_the_page(client: FlaskClient) -> None:
    nonces = []
    for _ in range(2):
        answer = client.get("/")
        (said,) = re.findall(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
        assert set(re.findall(r'nonce="([^"]+)"', answer.text)) == {said}
        nonces.append(said)
    assert nonces[0] != nonces[1]


def test_a_visitor_gets_no_cookie(client: FlaskClient) -> None:
    for path in ("/", "/biblioteca?q=acta", "/nada", "/ayuda"):
        assert "Set-Cookie" not in client.get(path).headers


def test_over_https_everything_is_stricter(instance: Instance) -> None:
    secure = Instance(instance.folder, PUBLIC_URL="https://ayni.example.pe")
    browser = create_app(secure).test_client()
    answer = browser.get("/ingresar", base_url="https://ayni.example.pe")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-") and "Secure" in cookie and "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie and "Domain" not in cookie


def test_a_foreign_host_is_refused_in_a_sentence(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Host": "malo.example"})
    assert answer.status_code == 400 and "no es la de este portal" in answer.text


def test_forwarded_headers_change_nothing(client: FlaskClient) -> None:
    plain = client.get("/espacios")
    forged = client.get(
        "/espacios", headers={"X-Forwarded-Host": "malo.example", "X-Forwarded-Proto": "https"}
    )
    assert forged.location == plain.location and "malo" not in forged.text


def test_static_files_are_kept_for_a_year_by_their_mark(client: FlaskClient) -> None:
    (address,) = set(re.findall(r'href="(/static/style\.css\?v=[^"]+)"', client.get("/").text))
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert "immutable" in answer.headers["Cache-Control"] and answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < 12_000


def test_behind_one_proxy_the_address_it_wrote_counts(instance: Instance) -> None:
    """Whoever writes entries of their own into the header shares one count with all who do the same."""
    app = create_app(Instance(instance.folder, PROXIES=1, SEARCHES_PER_MINUTE=1))
    limiter.reset()

    def search(forwarded: str) -> int:
        return app.test_client().get("/biblioteca?q=acta", headers={"X-Forwarded-For": forwarded}).status_code

    assert search("203.0.113.7") == 200
    assert search("198.51.100.1, 203.0.113.7") == 429
    assert search("203.0.113.8") == 200
    limiter.reset()


def test_without_a_proxy_the_header_is_not_read(instance: Instance) -> None:
    app = create_app(Instance(instance.folder, SEARCHES_PER_MINUTE=1))
    limiter.reset()
    answers = [
        app.test_client().get("/biblioteca?q=acta", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code
        for n in range(2)
    ]
    assert answers == [200, 429]
    limiter.reset()


@pytest.mark.parametrize(("endpoint", "address"), [
    ("security.reset_password", "/recuperar"), ("requests.confirm", "/solicitud-de-acceso"),
    ("invitations.take", "/invitacion"),
])  # fmt: skip
def test_the_log_of_a_fault_holds_no_key(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, endpoint: str, address: str
) -> None:
    def broken(**_: str) -> str:
        raise ValueError("roto")

    monkeypatch.setitem(app.view_functions, endpoint, broken)
    answer = app.test_client().get(f"{address}/llave-secreta-de-alguien")
    assert answer.status_code == 500
    assert "reference" in caplog.text and "llave-secreta" not in caplog.text
