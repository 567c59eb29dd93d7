"""What each element of QTI may have: its attributes and what is inside, counted from the information models.

A line `element | attributes | content` tells it for all versions, by the names of 3.0:

- `name`, `name:type`, a `!` for what must be there; `*` for any attribute; `+body` for those of all of HTML;
- content in order, each `name`, `%group` or `name/name` with `?`, `*` or `+`; `#text` where text may
  stand, `...` for anything; nothing for an empty element;
- `~2` or `~3` behind either: only in 2.x, only in 3.0.
"""
