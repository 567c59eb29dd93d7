import pytest
from azure.core.exceptions import AzureError

from infra.local.functions.connections import Connections
from infra.local.functions.errors import MissingSetting
from infra.local.functions.settings import Settings

_KEY = "AccountKey=c2VjcmV0"
_STORAGE = f"DefaultEndpointsProtocol=http;AccountName=a;{_KEY};BlobEndpoint=http://127.0.0.1:1/a;"


async def test_a_connection_string_goes_before_an_identity() -> None:
    settings = Settings({"S": _STORAGE, "S__blobServiceUri": "https://other.blob.core.windows.net"})
    connections = Connections(settings)

    service = await connections.blobs("S")

    assert service.url == "http://127.0.0.1:1/a/"
    await connections.aclose()


async def test_the_platforms_prefix_of_connection_names_is_known() -> None:
    connections = Connections(Settings({"AzureWebJobsS": _STORAGE}))

    assert (await connections.blobs("S")).account_name == "a"
    await connections.aclose()


async def test_identity_settings_name_the_service() -> None:
    settings = Settings(
        {
            "Bus__fullyQualifiedNamespace": "bus.servicebus.windows.net",
            "Store__blobServiceUri": "https://store.blob.core.windows.net",
            "Store__clientId": "00000000-0000-0000-0000-000000000001",
        }
    )
    connections = Connections(settings)

    bus = await connections.service_bus("Bus")
    store = await connections.blobs("Store")

    assert bus.fully_qualified_namespace == "bus.servicebus.windows.net"
    assert store.url == "https://store.blob.core.windows.net/"
    assert await connections.blobs("Store") is store
    await connections.aclose()


@pytest.mark.parametrize(
    ("kind", "setting"),
    [
        ("service_bus", "Nowhere__fullyQualifiedNamespace"),
        ("blobs", "Nowhere__blobServiceUri"),
        ("cosmos", "Nowhere__accountEndpoint"),
    ],
)
async def test_a_connection_that_is_not_set_is_named_with_both_ways_to_set_it(
    kind: str, setting: str
) -> None:
    connections = Connections(Settings({}))

    with pytest.raises(MissingSetting, match=f"'Nowhere'.*{setting}"):
        await getattr(connections, kind)("Nowhere")


async def test_a_malformed_connection_string_is_refused_by_the_sdk() -> None:
    with pytest.raises((ValueError, AzureError)):
        await Connections(Settings({"S": "nonsense"})).blobs("S")
