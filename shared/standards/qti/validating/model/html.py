"""The elements of HTML that QTI takes in (QTI 3.0 information model, 6; QTI 2.2, HTML5 elements)."""

from typing import Final

_TEXT: Final = """
abbr acronym b bdi bdo big cite code dfn em i kbd mark rb rp rt rtc s samp small span strong sub sup
time tt u var
"""
_FLOW: Final = "address article aside center div figure footer header nav section"
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_MEDIA: Final = (
    "src autoplay:html loop:html muted:html controls:html preload poster mediagroup crossorigin height width"
)

_TABLE: Final = "summary border cellpadding cellspacing width frame rules"

HTML: Final = "\n".join(
    (
        *(f"{name} | +body title datetime xml:space | #text %inline*" for name in _TEXT.split()),
        *(
            f"{name} | +body title open | #text summary? figcaption? %flow* figcaption?"
            for name in _FLOW.split()
        ),
        "details | +body open | #text summary? %flow*",
        *(f"{name} | +body | #text %inline*" for name in _HEADINGS),
        "p | +body | #text %inline*",
        "pre | +body xml:space | #text %inline*",
        "blockquote | +body cite title | #text~3 %block* %inline*~3",
        "q | +body cite | #text %inline*",
        "a | +body href! type title target rel | #text %inline*",
        "br | +body |",
        "hr | +body |",
        "img | +body src! alt! longdesc height width title srcset sizes usemap ismap crossorigin |",
        "object | +body data! type! width height alt~2 title codebase codetype name | #text param* %flow*",
        "param | name! value! valuetype type |",
        "picture | +body | source* img",
        f"audio | +body {_MEDIA} | #text source* track* %flow*",
        f"video | +body {_MEDIA} | #text source* track* %flow*",
        "source | +body src srcset sizes type media |",
        "track | +body src! kind srclang label default:html |",
        "label | +body for | #text %inline*",
        "ruby | +body | #text rb/rp/rt/rtc/span/b/i/em/strong*",
        "summary | +body | #text %inline*",
        "figcaption | +body | #text %flow*",
        "ul | +body type | li*",
        "ol | +body type start reversed | li*",
        "li | +body value | #text %flow*",
        "dl | +body | dt/dd*",
        "dt | +body | #text %flow*",
        "dd | +body | #text %flow*",
        f"table | +body {_TABLE} | caption? col* colgroup* thead? tfoot? tbody* tr* tfoot?",
        "caption | +body | #text %flow*",
        "colgroup | +body span width | col*",
        "col | +body span width |",
        "thead | +body | tr*",
        "tfoot | +body | tr*",
        "tbody | +body | tr*",
        "tr | +body | th/td*",
        *(
            f"{name} | +body headers scope abbr axis rowspan colspan align valign height width | #text %flow*"
            for name in ("th", "td")
        ),
    )
)
"""A line for each element; texts may hold what inline elements hold."""
