"""How a served view becomes a reply."""

from pydantic import BaseModel

from functions.http.wiring import services
from shared.analytics.serving.polling import next_poll
from shared.analytics.serving.service import Served
from shared.web.call import Reply


def reply_of[M: BaseModel](served: Served[M]) -> Reply:
    """Return the reply: the body decides the tag, for roles are shown one version in different ways."""
    pace = next_poll(served.changed_at, services().clock.now())
    return Reply(served.model, body=served.body, data_version=served.data_version, next_poll=pace)
