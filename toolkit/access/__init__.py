"""Who may see and do what. The only place that answers "who".

A `Viewer` is somebody at one moment, as plain values. The conditions of `scopes` are attached to every
session opened for a viewer (see `database`): rows that the viewer may not see do not exist in it.

* `listed_to`: the card (*ficha*: title, summary, facts) of a resource exists for this viewer.
* `readable_by`: so do the contents of a version. It implies the first.

Every table is declared in `SCOPES` with the condition that governs it; the house-rule tests fail for
a table that is declared nowhere. The matrix is product.md 5.2 to 5.4.
"""

from toolkit.access.agreement import (
    may_amend,
    may_close_proposal,
    may_edit_agreement,
    proposed_by_own,
    speaks_for,
    standing_of_agreement,
)
from toolkit.access.applications import (
    may_apply,
    may_apply_for,
    may_change_application,
    may_consent,
    may_silence,
)
from toolkit.access.compendia import may_write_compendia, standing_of_compendium
from toolkit.access.counts import deliveries_counted, names_in_register, readers_of
from toolkit.access.deeds import (
    leads,
    may_acknowledge,
    may_administer,
    may_ask_access,
    may_ask_to_publish,
    may_change,
    may_correct,
    may_end_share,
    may_moderate,
    may_propose_share,
    may_publish,
    may_restore,
    may_share,
    may_upload,
    may_withdraw,
    may_write_units,
    uploads_for,
)
from toolkit.access.initiatives import standing_of_initiative
from toolkit.access.meetings import may_meet, standing_of_meeting
from toolkit.access.news import (
    article_is_out,
    may_change_article,
    may_publish_news,
    may_write_news,
    standing_of_article,
)
from toolkit.access.norms import may_write_norms, standing_of_norm
from toolkit.access.resources import draft_titles, listed_to, readable_by, was_listed_to
from toolkit.access.scopes import INTERNAL, LISTED, PEOPLE, READ, SCOPES, Condition
from toolkit.access.shelves import (
    MEMBERS_SHELF,
    PUBLIC_SHELF,
    Standing,
    audiences_of,
    coordination_shelf,
    shelves_of,
    space_shelf,
)
from toolkit.access.usage import FEWEST, shown
from toolkit.access.viewer import (
    CHOSEN,
    LIMA,
    MEMBERS,
    OWN,
    PUBLIC,
    VISITOR,
    Viewer,
    at,
    lima_day,
    steward_of,
)
from toolkit.access.workplan import (
    may_lead,
    may_plan,
    may_read_inside,
    may_report,
    may_verify,
    plan_of_year,
    plans_that_name,
    proofs_of,
    proofs_opened,
    reports_for,
    standing_of_action,
    standing_of_plan,
)

__all__ = [
    "CHOSEN",
    "FEWEST",
    "INTERNAL",
    "LIMA",
    "LISTED",
    "MEMBERS",
    "MEMBERS_SHELF",
    "OWN",
    "PEOPLE",
    "PUBLIC",
    "PUBLIC_SHELF",
    "READ",
    "SCOPES",
    "VISITOR",
    "Condition",
    "Standing",
    "Viewer",
    "article_is_out",
    "at",
    "audiences_of",
    "coordination_shelf",
    "deliveries_counted",
    "draft_titles",
    "leads",
    "lima_day",
    "listed_to",
    "may_acknowledge",
    "may_administer",
    "may_amend",
    "may_apply",
    "may_apply_for",
    "may_ask_access",
    "may_ask_to_publish",
    "may_change",
    "may_change_application",
    "may_change_article",
    "may_close_proposal",
    "may_consent",
    "may_correct",
    "may_edit_agreement",
    "may_end_share",
    "may_lead",
    "may_meet",
    "may_moderate",
    "may_plan",
    "may_propose_share",
    "may_publish",
    "may_publish_news",
    "may_read_inside",
    "may_report",
    "may_restore",
    "may_share",
    "may_silence",
    "may_upload",
    "may_verify",
    "may_withdraw",
    "may_write_compendia",
    "may_write_news",
    "may_write_norms",
    "may_write_units",
    "names_in_register",
    "readable_by",
    "proposed_by_own",
    "readers_of",
    "shelves_of",
    "space_shelf",
    "shown",
    "speaks_for",
    "standing_of_action",
    "standing_of_agreement",
    "standing_of_article",
    "standing_of_compendium",
    "standing_of_initiative",
    "standing_of_meeting",
    "standing_of_norm",
    "standing_of_plan",
    "steward_of",
    "uploads_for",
    "was_listed_to",
    "plan_of_year",
    "plans_that_name",
    "proofs_of",
    "proofs_opened",
    "reports_for",
]
