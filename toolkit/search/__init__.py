"""Search: shelves of documents for one audience each, read with our Spanish analysis.

From the inside out: `spanish` and `norms` (analysis), `query` (our grammar), `shelf` (what goes in and comes
out), `scoring`, `matching`, `reading` (a search), `whoosh_*` (the engine, imported nowhere else), `shelves`
(all of an instance), `passages` (pages and snippets).
"""
