"""Private spaces: each organisation has one, open to the people who belong to it and to nobody else; a joint
space belongs to several.

`rooms` says whose space somebody may open, `fellows` who is in it, `pending` what waits there, `deliveries`
what went to and fro, `folders` how its documents are sorted, `profile` what its coordination decides,
`joint` how a space of several organisations opens and closes.
"""

from toolkit.spaces.fellows import Fellow, fellows, heads
from toolkit.spaces.pending import Task, tasks, waiting
from toolkit.spaces.rooms import browse, enter, get, get_to_lead, suspended, uploadable

__all__ = [
    "Fellow",
    "Task",
    "browse",
    "enter",
    "fellows",
    "get",
    "get_to_lead",
    "heads",
    "suspended",
    "tasks",
    "uploadable",
    "waiting",
]
