"""Rosters: what the learners of a course are called, for those who may know it.

Views hold pseudonyms. Beside them lies a sealed roster for each course: it is opened when a caller asks who
sees all of the course, or who is the learner.
"""
