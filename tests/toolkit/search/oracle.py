"""What a search should answer, worked out the slow and obvious way: every document looked at for every query.

Same analysis, same rules, no index. The engine must agree with it on everything.
"""

from __future__ import annotations

import math
from collections import Counter

from whoosh.util.numeric import byte_to_length, length_to_byte

from toolkit.search import spanish
from toolkit.search.matching import NORM_WEIGHT, NUMBER_WEIGHT, alternatives, variants
from toolkit.search.query import Norm, Phrase
from toolkit.search.scoring import EXACT_FIELDS, FIELDS, K1, STEM_FIELDS, TITLE_BONUS
from toolkit.search.shelf import Document


def fields_of(document: Document) -> dict[str, dict[str, list[int]]]:
    read = {
        name: spanish.analyse([getattr(document, name)], every_word=True)
        for name in ("title", "summary", "people")
    }
    text = spanish.analyse(document.pages, every_word=False)
    found = {f"{name}_{side}": getattr(terms, side_) for name, terms in [*read.items(), ("text", text)]
             for side, side_ in (("stem", "stems"), ("exact", "exact"))}  # fmt: skip
    return found | {"codes": spanish.analyse([document.codes], every_word=True).exact}


class Oracle:
    def __init__(self, shelves: dict[str, list[Document]]) -> None:
        self.shelves = shelves

    def search(
        self, names, query, filters=None, facets=(), sort="relevance", offset=0, limit=10, inside=None
    ):
        shelved = [(name, d) for name in dict.fromkeys(names) for d in self.shelves.get(name, [])]
        self.docs = [(d, fields_of(d)) for _, d in shelved]
        self.lengths = [
            {f: byte_to_length(length_to_byte(sum(map(len, terms.values())))) for f, terms in fields.items()}
            for _, fields in self.docs
        ]
        best: dict = {}
        for n, (name, d) in enumerate(shelved):
            if inside and name != inside.shelf and inside.slug not in {
                slug for facet in ("organization", "joint") for slug in d.facets.get(facet, ())
            }:  # fmt: skip
                continue
            rank = (d.form == "full", d.version, d.own, -n)
            best[d.key] = max(best.get(d.key, (rank, n)), (rank, n))
        found = []
        items = list(query.items)
        stop = query.only_stop_words
        for n in sorted(n for _, n in best.values()):
            parts = [self.score(n, item, stop) for item in items]
            score = sum(s for s, _, _ in parts)
            if parts and all(titled for _, _, titled in parts):
                score *= TITLE_BONUS
            held = sum(h for _, h, _ in parts)
            phrases = sum(self.holds(n, phrase) for phrase in query.phrases)
            found.append((n, 2 * phrases + (held == len(items)), round(score, 4), held > 0 or not items))
        if stop and not any(matched for *_, matched in found):
            found = [(n, 1, 0.0, True) for n, *_ in found]
        found = [
            row for row in found
            if row[3] and not any(self.excluded(row[0], item) for item in query.excluded)
            and all(self.in_field(row[0], name, word) for name, word in query.fielded)
        ]  # fmt: skip
        wanted = [(name, set(values)) for name, values in (filters or {}).items() if values]
        for name, typed in query.facets:
            every = {value for document, _ in self.docs for value in document.facets.get(name, ())}
            meant = {value for value in every if spanish.fold(value) == spanish.fold(typed)}
            given = next((values for other, values in wanted if other == name and typed in values), None)
            if given is None:
                wanted.append((name, meant))
            else:
                given ^= {typed}
                given |= meant

        def passes(n, but=None):
            return all(
                name == but or values & set(self.docs[n][0].facets.get(name, ())) for name, values in wanted
            )

        chosen = [row for row in found if passes(row[0])]
        value = (lambda row: self.docs[row[0]][0].date) if sort == "date" else (lambda row: row[2])
        chosen.sort(
            key=lambda row: (-row[1], -value(row), -self.docs[row[0]][0].date, self.docs[row[0]][0].key[::-1])
        )
        counts = {
            name: sorted(
                Counter(
                    v for n, *_ in found if passes(n, name) for v in set(self.docs[n][0].facets.get(name, ()))
                ).items(),
                key=lambda pair: (-pair[1], pair[0]),
            )
            for name in facets
        }
        complete = sum(tier >= 2 * len(query.phrases) + 1 for _, tier, *_ in chosen)
        hits = [(self.docs[n][0].key, shelved[n][0], score) for n, _, score, _ in chosen][
            offset : offset + limit
        ]
        return hits, len(chosen), complete, counts

    def terms(self, item, stop):
        """(field, the terms that count as one, weight)."""
        if isinstance(item, Norm):
            exact = [(f, [item.token], NORM_WEIGHT) for f in ("text_exact", *EXACT_FIELDS)]
            known = any(item.token in fields[f] for _, fields in self.docs for f, _, _ in exact)
            words = [w for w in item.words if w.stem]
            if known:
                words = [w for w in words if w.exact.isdigit() and len(w.exact) >= 4]
            return exact + [(f, [w.stem], NUMBER_WEIGHT) for w in words for f in STEM_FIELDS]
        if item.prefix:
            return [(f, self.expanded(f, item.exact), 1.0) for f in (*STEM_FIELDS, *EXACT_FIELDS)]
        if stop:
            return [(f, [item.exact], 1.0) for f in ("title_exact", "summary_exact")]
        return [(f, [term], weight) for f, term, weight in alternatives(item)]

    def expanded(self, field, prefix):
        grown = {prefix[:n] for n in range(max(4, len(prefix) - 4), len(prefix))} | {spanish.stem(prefix)}
        return {
            t for _, fields in self.docs for t in fields[field]
            if t.startswith(prefix) or (field in STEM_FIELDS and t in grown)
        }  # fmt: skip

    def score(self, n, item, stop):
        total, held, titled = 0.0, False, False
        for field, terms, weight in self.terms(item, stop):
            tf = sum(len(self.docs[n][1][field].get(t, ())) for t in terms)
            if not tf:
                continue
            df = sum(any(t in fields[field] for t in terms) for _, fields in self.docs)
            idf = math.log(len(self.docs) / (df + 1)) + 1
            average = sum(lengths[field] for lengths in self.lengths) / len(self.docs) or 1
            b = FIELDS[field].b
            norm = K1 * (1 - b + b * self.lengths[n][field] / average)
            total += FIELDS[field].weight * weight * idf * tf * (K1 + 1) / (tf + norm)
            held, titled = True, titled or field.startswith("title")
        return total, held, titled

    def holds(self, n, phrase):
        said = [(at, w) for at, w in enumerate(phrase.words) if w.stem]
        for field in STEM_FIELDS:
            stems = self.docs[n][1][field]
            starts = [
                {p - at for t in {w.stem, *map(spanish.stem, variants(w.exact))} for p in stems.get(t, ())}
                for at, w in said
            ]
            if set.intersection(*starts):
                return True
        return False

    def excluded(self, n, item):
        if isinstance(item, Phrase):
            return bool([w for w in item.words if w.stem]) and self.holds(n, item)
        return bool(item.stem or item.prefix) and self.score(n, item, False)[1]

    def in_field(self, n, name, word):
        if not word.stem and not word.prefix:
            return True
        for field in ("codes",) if name == "codes" else (f"{name}_stem", f"{name}_exact"):
            terms = [word.stem if field.endswith("stem") else word.exact]
            if word.prefix:
                terms = self.expanded(field, word.exact)
            if any(t in self.docs[n][1][field] for t in terms):
                return True
        return False
