"""What content brings along is shown as it is written, in 2.x and 3.0, and nothing of it is run."""

from shared.standards.qti import parse
from shared.standards.qti.documents.element import Element
from shared.standards.qti.views.catalogs import catalogs_of
from shared.standards.qti.views.files import addresses_of
from shared.standards.qti.views.materials import companion_materials_of, stimulus_refs_of
from shared.standards.qti.views.portable import Module, custom_interactions_of
from shared.standards.qti.vocabulary.namespaces import PCI_V1


def root(inside: str, name: str = "qti-assessment-item") -> Element:
    return parse(f"<{name}>{inside}</{name}>".encode()).root


def test_cards_have_entries_by_language_with_html_and_files() -> None:
    html = "<qti-html-content>two</qti-html-content>"
    file = '<qti-file-href mime-type="audio/mpeg"> dos.mp3 </qti-file-href>'
    entries = (
        f'<qti-card-entry xml:lang="en" default="true">{html}</qti-card-entry>'
        f'<qti-card-entry xml:lang="es">{file}</qti-card-entry>'
    )
    card = f'<qti-card support="keyword-translation">{entries}</qti-card>'
    (catalog,) = catalogs_of(
        root(f'<qti-catalog-info><qti-catalog id="c">{card}</qti-catalog></qti-catalog-info>')
    )
    english, spanish = catalog.cards[0].entries
    assert (catalog.identifier, catalog.cards[0].support) == ("c", "keyword-translation")
    assert (english.language, english.is_default) == ("en", True)
    assert english.html is not None
    assert english.html.text == "two"
    assert (spanish.is_default, spanish.files, spanish.html) == (False, ("dos.mp3",), None)


def test_companion_materials_have_a_kind_a_description_and_files() -> None:
    calculator = "<qti-calculator><qti-calculator-type>basic</qti-calculator-type><qti-description>four rules"
    file = '<qti-file-href mime-type="x">periodic.pdf</qti-file-href>'
    digital = f"<qti-digital-material>{file}</qti-digital-material>"
    tools = f"{calculator}</qti-description></qti-calculator>{digital}"
    found = list(
        companion_materials_of(root(f"<qti-companion-materials-info>{tools}</qti-companion-materials-info>"))
    )
    assert [(one.kind, one.description) for one in found] == [
        ("calculator", "four rules"),
        ("digital-material", ""),
    ]
    assert found[1].files == ("periodic.pdf",)


def test_stimuli_are_referred_to_in_2_2_and_3_0() -> None:
    new = '<qti-assessment-stimulus-ref identifier="s" href="s.xml" title="Passage"/>'
    old = '<assessmentStimulusRef identifier="s" href="s.xml" title="Passage"/>'
    assert list(stimulus_refs_of(root(new))) == list(stimulus_refs_of(root(old, "assessmentItem")))
    assert next(stimulus_refs_of(root(new))).title == "Passage"


def test_a_portable_custom_interaction_of_3_0_tells_modules_and_properties() -> None:
    module = '<qti-interaction-module id="m" primary-path="m.js" fallback-path="https://example.org/m.js"/>'
    attributes = 'response-identifier="R" custom-interaction-type-identifier="urn:x" module="m" data-max="3"'
    modules = f"<qti-interaction-modules>{module}</qti-interaction-modules>"
    pci = f"<qti-portable-custom-interaction {attributes}>{modules}</qti-portable-custom-interaction>"
    (found,) = custom_interactions_of(root(pci))
    assert (found.kind, found.response, found.type) == ("portable-custom-interaction", "R", "urn:x")
    assert found.modules == (Module("m", ("m.js", "https://example.org/m.js")),)
    assert found.properties == (("max", "3"),)
    assert found.needs_sandbox


def test_a_portable_custom_interaction_inside_a_custom_one_is_shown_as_such() -> None:
    library = '<resources><libraries><lib id="l" href="l.js"/></libraries></resources>'
    properties = '<properties><property key="max">3</property></properties>'
    attributes = f'xmlns="{PCI_V1}" customInteractionTypeIdentifier="urn:x" hook="main"'
    inner = f"<portableCustomInteraction {attributes}>{library}{properties}</portableCustomInteraction>"
    custom = f'<customInteraction responseIdentifier="R">{inner}</customInteraction>'
    (found,) = custom_interactions_of(root(custom, "assessmentItem"))
    assert (found.kind, found.response, found.type) == ("portable-custom-interaction", "R", "urn:x")
    assert (found.module, found.modules) == ("main", (Module("l", ("l.js",)),))
    assert found.properties == (("max", "3"),)


def test_a_custom_interaction_is_shown_by_its_class() -> None:
    (found,) = custom_interactions_of(
        root('<customInteraction responseIdentifier="R" class="map"/>', "itemBody")
    )
    assert (found.kind, found.type, found.modules) == ("custom-interaction", "map", ())


def test_the_files_that_content_needs_are_listed_links_for_readers_are_not() -> None:
    video = '<video poster="c.jpg"><source src="c.mp4"/></video>'
    body = (
        f'<p><img src="a.png" alt=""/><object data="b.svg" type="x"/>{video}'
        '<a href="https://example.org">more</a></p><qti-file-href>d.mp3</qti-file-href>'
    )
    assert list(addresses_of(root(body))) == ["a.png", "b.svg", "c.jpg", "c.mp4", "d.mp3"]
