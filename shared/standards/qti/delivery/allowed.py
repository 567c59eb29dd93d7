"""What of HTML, MathML and SVG a candidate's client may get. What is not listed here does not get through."""

from typing import Final

_SECTIONS: Final = "address article aside div footer header main nav section h1 h2 h3 h4 h5 h6"
_TEXT: Final = """
abbr acronym b bdi bdo big br cite code del dfn em hr i ins kbd mark p pre q blockquote rp rt ruby s samp
small span strike strong sub sup time tt u var wbr center font a
"""
_LISTS: Final = "dl dt dd ol ul li"
_TABLES: Final = "table caption colgroup col thead tbody tfoot tr th td"
_MEDIA: Final = "img picture source figure figcaption audio video track details summary"

HTML: Final = frozenset(f"{_SECTIONS} {_TEXT} {_LISTS} {_TABLES} {_MEDIA}".split())
"""The elements of HTML. None of them runs, loads a page, or sends anything anywhere by itself."""

_FORMULAS: Final = """
math mi mn mo ms mtext mspace mrow mfrac msqrt mroot mstyle merror mpadded mphantom mfenced menclose msub
msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mlabeledtr mtd maligngroup
malignmark mstack mlongdiv msgroup msrow mscarries mscarry msline
"""

MATHML: Final = frozenset(_FORMULAS.split())
"""The presentation elements of MathML. Annotations are left out: they hold anything, the answer as well."""

_DRAWINGS: Final = "svg g path rect circle ellipse line polyline polygon text tspan title desc"

SVG: Final = frozenset(_DRAWINGS.split())
"""The shapes and texts of SVG: no links, images, references, styles, animations or foreign objects."""

_EVERYWHERE: Final = "class id title lang dir role data-catalog-idref data-interaction data-gap data-hottext"
_OF_TABLE_CELLS: Final = "colspan rowspan headers scope abbr align valign"
_OF_PLAYERS: Final = "src controls loop muted width height preload"
_OF_MATH: Final = """
display mathvariant mathsize stretchy fence separator form lspace rspace linethickness bevelled open close
separators notation columnalign rowalign columnspan rowspan columnspacing rowspacing columnlines rowlines
frame accent accentunder dir width height depth alttext numalign denomalign scriptlevel displaystyle
"""
_OF_SHAPES: Final = """
viewBox preserveAspectRatio width height x y x1 y1 x2 y2 cx cy r rx ry d points transform fill stroke
stroke-width stroke-dasharray stroke-linecap stroke-linejoin fill-rule fill-opacity stroke-opacity opacity
text-anchor dominant-baseline font-size font-family font-weight font-style dx dy
"""
_BY_ELEMENT: Final = {
    "*": _EVERYWHERE,
    "a": "href hreflang",
    "img": "src alt width height",
    "audio": _OF_PLAYERS,
    "video": f"{_OF_PLAYERS} poster",
    "source": "src type media",
    "track": "src kind srclang label default",
    "time": "datetime",
    "ol": "start type reversed",
    "li": "value",
    "col": "span width",
    "colgroup": "span width",
    "table": "summary border cellpadding cellspacing width",
    "th": _OF_TABLE_CELLS,
    "td": _OF_TABLE_CELLS,
    "details": "open",
    **dict.fromkeys(MATHML, _OF_MATH),
    **dict.fromkeys(SVG, _OF_SHAPES),
}

ATTRIBUTES: Final = {element: frozenset(names.split()) for element, names in _BY_ELEMENT.items()}
"""The attributes, by element: no handlers, no style, no sets of sources, no data of authors' own."""

PREFIXES: Final = frozenset(("aria-",))
"""How attributes begin that are allowed everywhere."""

SCHEMES: Final = frozenset(("http", "https"))
"""The schemes of absolute URLs; relative ones are those of the package."""
