"""Resources: what they say of themselves, their versions and files, who publishes and withdraws them.

Every function takes the `Visit` of the person who acts. What changes a document writes, in the same
transaction, the job that brings the shelves up to date.
"""

from toolkit.catalogue.cards import Card, check, describe
from toolkit.catalogue.changes import (
    add,
    bring_back,
    change,
    check_lifted,
    delete_draft,
    move,
    publish,
    restore,
    withdraw,
)
from toolkit.catalogue.contents import (
    add_file,
    add_version,
    delete_file,
    get_file,
    get_page,
    get_version,
    newest_version,
    page_counts,
    page_texts,
    twins,
)
from toolkit.catalogue.lists import (
    CONTRIBUTIONS,
    browse,
    browse_of,
    contribution_counts,
    contributions,
    counts_by,
    draft_titles,
    get,
    get_to,
    get_to_change,
    holdings,
    made_by,
    newest,
    whole,
)
from toolkit.catalogue.progress import Progress, progress

__all__ = [
    "CONTRIBUTIONS",
    "Card",
    "Progress",
    "add",
    "add_file",
    "add_version",
    "bring_back",
    "browse",
    "browse_of",
    "change",
    "check",
    "check_lifted",
    "contribution_counts",
    "contributions",
    "counts_by",
    "delete_draft",
    "delete_file",
    "describe",
    "draft_titles",
    "get",
    "get_file",
    "get_page",
    "get_to",
    "get_to_change",
    "get_version",
    "holdings",
    "made_by",
    "move",
    "newest",
    "newest_version",
    "page_counts",
    "page_texts",
    "progress",
    "publish",
    "restore",
    "twins",
    "whole",
    "withdraw",
]
