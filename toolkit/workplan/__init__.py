"""El plan de trabajo: a year of joint actions, agreed to by both parties and changed only by both."""

from toolkit.workplan import changes, indicators
from toolkit.workplan.indicators import Aim, Figure, figures
from toolkit.workplan.plans import add, agree, browse, change, current, get, publish, summary
from toolkit.workplan.progress import Advance, advance, by_objective, chosen, far, priorities

__all__ = [
    "Advance",
    "Aim",
    "Figure",
    "add",
    "advance",
    "agree",
    "browse",
    "by_objective",
    "change",
    "changes",
    "chosen",
    "far",
    "current",
    "figures",
    "get",
    "indicators",
    "priorities",
    "publish",
    "summary",
]
