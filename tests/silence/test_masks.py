"""The mask takes away what it names, and nothing beside it."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from tests.silence.masks import MASK, masked, masked_json


def answer(body: str = "", **headers: str) -> TestResponse:
    app = Flask(__name__)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    app.add_url_rule("/", view_func=lambda: Response(body, headers=named))
    return app.test_client().get("/")


SAME = [
    ('<script src="/a.js" nonce="abc" defer></script>', '<script src="/a.js" nonce="x-_" defer></script>'),
    (
        '<input type="hidden" name="csrf_token" value="Ij.a-b">',
        '<input type="hidden" name="csrf_token" value="Ij.zz1">',
    ),
    ("con esta referencia: <strong>0a1b2c3d</strong>", "con esta referencia: <strong>ffffffff</strong>"),
    ('{"took_ms": 1.25, "total": 3}', '{"took_ms": 99.5, "total": 3}'),
]  # fmt: skip
DIFFERENT = [
    ("3 resultados", "4 resultados"),
    ('<a nonce="abc">', '<a nonce="xyz">'),
    ('<input type="hidden" name="revision" value="1">', '<input type="hidden" name="revision" value="2">'),
    ('{"took_ms": 1.25, "total": 3}', '{"took_ms": 1.25, "total": 4}'),
    ("<strong>0a1b2c3d</strong>", "<strong>ffffffff</strong>"),
    ("una línea", "una línea "),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_differs_between_any_two_requests_is_masked(one: str, other: str) -> None:
    assert masked(answer(one)).body == masked(answer(other)).body
    assert MASK in masked(answer(one)).body.decode()


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_nothing_else_of_a_body_is_masked(one: str, other: str) -> None:
    assert masked(answer(one)).body != masked(answer(other)).body


def test_of_the_headers_nonce_session_and_date_are_masked() -> None:
    one = answer(Content_Security_Policy="script-src 'nonce-abc'; img-src data:", Date="Mon",
                 Set_Cookie="ayni=eyJ; HttpOnly; Path=/")  # fmt: skip
    other = answer(Content_Security_Policy="script-src 'nonce-xyz'; img-src data:", Date="Tue",
                   Set_Cookie="ayni=zzz.1; HttpOnly; Path=/")  # fmt: skip
    assert masked(one).headers == masked(other).headers


@pytest.mark.parametrize(("name", "one", "other"), [
    ("Content_Security_Policy", "img-src data:", "img-src 'self'"),
    ("Set_Cookie", "ayni=a; HttpOnly; Path=/", "ayni=a; Path=/"),
    ("Set_Cookie", "texto=150; Path=/", "texto=100; Path=/"),
    ("Cache_Control", "private, no-store", "private, no-cache"),
    ("ETag", '"1"', '"2"'),
    ("Content_Disposition", "inline", "attachment"),
])  # fmt: skip
def test_no_other_header_is_masked(name: str, one: str, other: str) -> None:
    assert masked(answer(**{name: one})).headers != masked(answer(**{name: other})).headers


def test_the_order_of_the_headers_counts() -> None:
    assert masked(answer(Aa="1", Bb="2")).headers != masked(answer(Bb="2", Aa="1")).headers


def test_a_line_of_the_command_loses_its_milliseconds_alone() -> None:
    line = {"query": "agua", "total": 2, "took_ms": 1.5}
    assert masked_json(line) == masked_json({**line, "took_ms": 7.25})
    assert masked_json(line) != masked_json({**line, "total": 3})
    assert list(json.loads(masked_json(line))) == ["query", "total", "took_ms"]


def test_two_visits_to_a_real_page_are_the_same(client: FlaskClient) -> None:
    first, second = client.get("/ingresar"), client.get("/ingresar")
    assert first.data != second.data
    assert masked(first) == masked(second)
