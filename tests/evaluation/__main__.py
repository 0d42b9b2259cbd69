"""Quality of search as people use it: the paragraphs through `portal import`, the questions through
`portal search --batch`. `make evaluate` prints it."""

import tempfile
from pathlib import Path

from tests.evaluation.test_xquad import DATA, through_the_commands

if DATA.exists():
    with tempfile.TemporaryDirectory() as folder:
        written, plain = through_the_commands(Path(folder))
    print(f"XQuAD-es, MRR@10 as written       {written:.4f}  (floor .950)")
    print(f"XQuAD-es, MRR@10 without accents  {plain:.4f}  (floor .945)")
else:
    print(f"{DATA.name} is not here: nothing to evaluate")
