"""From the views of courses to the overview of the tenant: one line per course."""

from collections.abc import Iterable, Mapping

from shared.analytics.course_fold import group_size
from shared.analytics.model import View


def overview_entry(course: View, assessments: Iterable[View]) -> View:
    """Return the line of a course in the tenant's overview.

    `leastGroup` is the size of the smallest group that figures of the course could be taken apart into.
    """
    sizes = [group_size(view) for view in assessments]
    percent = course["percent"]
    return {
        "courseId": course["courseId"],
        "learners": course["learners"],
        "results": course["results"],
        "assessments": len(sizes),
        "mean": percent["mean"] if isinstance(percent, dict) else None,
        "latestUpload": course["latestUpload"],
        "leastGroup": min(sizes),
    }


def merged_overview(before: View | None, entries: Mapping[str, View | None]) -> View:
    """Return the overview in which `entries` replace those of their courses; None drops a course."""
    listed = before["courses"] if before is not None else []
    kept = {str(c["courseId"]): c for c in listed if isinstance(c, dict)} if isinstance(listed, list) else {}
    for course, entry in entries.items():
        if entry is None:
            kept.pop(course, None)
        else:
            kept[course] = entry
    return {"courses": [kept[course] for course in sorted(kept)]}
