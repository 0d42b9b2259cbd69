"""The sources' Markdown as a flat list of blocks, which every maker draws in its own way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark").enable("table")
Run = tuple[str, bool, bool]
"""Text, bold, italic."""


@dataclass
class Block:
    """A piece of a source. `kind` is heading, text, bullet, number, table or break.

    `level` is a heading's depth; `first` marks the item that begins a list; `rows` are a table's cells.
    """

    kind: str
    runs: list[Run] = field(default_factory=list)
    level: int = 0
    first: bool = False
    rows: list[list[list[Run]]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words without emphasis."""
        return plain(self.runs)


def plain(runs: list[Run]) -> str:
    """The words of some runs."""
    return "".join(text for text, _, _ in runs)


def read_blocks(markdown: str) -> Iterator[Block]:
    """The blocks of a text, in order."""
    lists: list[str] = []
    begins = False
    heading = 0
    table: list[list[list[Run]]] | None = None
    for token in PARSER.parse(markdown):
        match token.type:
            case "heading_open":
                heading = int(token.tag[1])
            case "bullet_list_open" | "ordered_list_open":
                lists.append("bullet" if token.type.startswith("bullet") else "number")
                begins = True
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "table_open":
                table = []
            case "table_close":
                yield Block("table", rows=table or [])
                table = None
            case "tr_open" if table is not None:
                table.append([])
            case "hr":
                yield Block("break")
            case "inline" if table is not None:
                table[-1].append(read_runs(token))
            case "inline" if heading:
                yield Block("heading", read_runs(token), level=heading)
                heading = 0
            case "inline":
                yield Block(lists[-1] if lists else "text", read_runs(token), first=begins)
                begins = False


def read_runs(token: Token) -> list[Run]:
    """The runs of a piece of inline Markdown."""
    runs: list[Run] = []
    bold = italic = False
    for part in token.children or []:
        match part.type:
            case "strong_open" | "strong_close":
                bold = part.type == "strong_open"
            case "em_open" | "em_close":
                italic = part.type == "em_open"
            case "softbreak":
                runs.append((" ", bold, italic))
            case _:
                runs.append((part.content, bold, italic))
    return [run for run in runs if run[0]]
