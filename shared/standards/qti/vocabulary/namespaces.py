"""The namespaces of QTI and of what it embeds."""

from typing import Final

QTI_12: Final = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
QTI_20: Final = "http://www.imsglobal.org/xsd/imsqti_v2p0"
QTI_21: Final = "http://www.imsglobal.org/xsd/imsqti_v2p1"
QTI_22: Final = "http://www.imsglobal.org/xsd/imsqti_v2p2"
QTI_30: Final = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
XML: Final = "http://www.w3.org/XML/1998/namespace"
MATHML: Final = "http://www.w3.org/1998/Math/MathML"
SSML: Final = "http://www.w3.org/2001/10/synthesis"
SSML_2010: Final = "http://www.w3.org/2010/10/synthesis"
"""How some profiles of 2.2 misspell SSML."""
XHTML: Final = "http://www.w3.org/1999/xhtml"
SVG: Final = "http://www.w3.org/2000/svg"
XINCLUDE: Final = "http://www.w3.org/2001/XInclude"
APIP: Final = "http://www.imsglobal.org/xsd/apip/apipv1p0/imsapip_qtiv1p0"
PCI: Final = "http://www.imsglobal.org/xsd/portableCustomInteraction"
PCI_V1: Final = "http://www.imsglobal.org/xsd/portableCustomInteraction_v1"

FOREIGN: Final = frozenset((MATHML, SSML, SSML_2010, SVG, XINCLUDE, APIP, PCI, PCI_V1))
"""Vocabularies whose names are theirs, also where they look like names of QTI."""
