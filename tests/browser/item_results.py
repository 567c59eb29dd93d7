"""A file of item results: forty learners, eight questions of falling ease, one of them with the wrong key."""

import csv
import io
import random
from typing import Final

LEARNERS: Final = 40
QUESTIONS: Final = 8
MISKEYED: Final = 5
HEADER: Final = [
    "Student Unique ID",
    "Course ID",
    "Assessment ID",
    "Assessment Name",
    "Question ID",
    "Question",
    "Answer Submission",
    "Points Received",
    "Points Possible",
]


def item_results(course: str, line_item: str, title: str) -> bytes:
    """Return the file; who is able knows the answer, who is not guesses among four."""
    draw = random.Random(4)  # noqa: S311 - the same file each time
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(HEADER)
    for learner in range(LEARNERS):
        ability = draw.random()
        for question in range(1, QUESTIONS + 1):
            knows = ability > (question - 1) / QUESTIONS
            answer = "B" if knows else draw.choice("ABCD")
            key = "C" if question == MISKEYED else "B"
            points = int(answer == key)
            name = f"Question {question}"
            rows.writerow(
                [f"{learner:07}", course, line_item, title, f"q{question}", name, answer, points, 1]
            )
    return out.getvalue().encode()
