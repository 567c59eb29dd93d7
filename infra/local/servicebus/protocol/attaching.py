"""From an attach to a link: who may attach what, and how the client is answered."""

from infra.local.servicebus.amqp.performatives import Attach
from infra.local.servicebus.amqp.types import Symbol
from infra.local.servicebus.entities.entity import Entity
from infra.local.servicebus.entities.queue import Queue
from infra.local.servicebus.faults import Fault, NotAllowed
from infra.local.servicebus.protocol.channel import Channel
from infra.local.servicebus.protocol.context import Context
from infra.local.servicebus.protocol.incoming_link import IncomingLink, into_entity
from infra.local.servicebus.protocol.nodes import REQUEST_OVERHEAD, management_node, token_node
from infra.local.servicebus.protocol.outgoing_link import OutgoingLink, ResponseLink, SessionLink
from infra.local.servicebus.protocol.termini import (
    Node,
    SessionWish,
    Terminus,
    deletes_on_receipt,
    session_wish,
    terminus_of,
    with_session,
)
from infra.local.servicebus.protocol.tokens import Grants

type Link = IncomingLink | ResponseLink | OutgoingLink
type Responders = dict[str, ResponseLink]

_LOCKED_UNTIL = Symbol("com.microsoft:locked-until-utc")
# .NET counts ticks of 100 ns from year 1, of which this many passed before 1970.
_TICKS_TO_1970 = 621_355_968_000_000_000
_TICKS_PER_MILLISECOND = 10_000


def attach_link(
    channel: Channel, attach: Attach, context: Context, grants: Grants, responders: Responders
) -> Link | None:
    """Answer an attach and return the link, or nothing when it was refused."""
    answer = AttachAnswer(channel, attach, context.tier.max_message_size)
    attaching = _Attaching(channel, attach, context, grants, responders, answer)
    try:
        return attaching.link(terminus_of(attach))
    except Fault as fault:
        answer.refuse(fault)
        return None


class AttachAnswer:
    """The broker's half of an attach."""

    def __init__(self, channel: Channel, attach: Attach, max_message_size: int) -> None:
        self._channel = channel
        self._attach = attach
        self._max_message_size = max_message_size
        self._answered = False

    def accept(self, session_id: str | None = None, locked_until: int | None = None) -> None:
        """Attach; `locked_until` (milliseconds since 1970-01-01 UTC) comes with the granted session."""
        source = self._attach.source
        properties: dict[object, object] | None = None
        if session_id is not None and locked_until is not None:
            source = with_session(source, session_id)
            properties = {_LOCKED_UNTIL: locked_until * _TICKS_PER_MILLISECOND + _TICKS_TO_1970}
        self._send(self._attach._replace(source=source, properties=properties))

    def refuse(self, fault: Fault) -> None:
        """Attach nothing, which source and target show, and detach with the reason (section 2.6.3)."""
        if not self._answered:
            self._send(self._attach._replace(source=None, target=None, properties=None))
        self._channel.end_link(self._attach.handle, fault.error_info())

    def _send(self, terms: Attach) -> None:
        self._answered = True
        self._channel.send(
            Attach(
                name=terms.name,
                handle=terms.handle,
                role=not terms.role,
                snd_settle_mode=terms.snd_settle_mode,
                rcv_settle_mode=terms.rcv_settle_mode,
                source=terms.source,
                target=terms.target,
                initial_delivery_count=0 if terms.role else None,
                max_message_size=self._max_message_size,
                properties=terms.properties,
            )
        )


class _Attaching:
    def __init__(  # noqa: PLR0913, PLR0917 - everything an attach needs, gathered for the methods below
        self,
        channel: Channel,
        attach: Attach,
        context: Context,
        grants: Grants,
        responders: Responders,
        answer: AttachAnswer,
    ) -> None:
        self._channel = channel
        self._attach = attach
        self._context = context
        self._grants = grants
        self._responders = responders
        self._answer = answer

    def link(self, terminus: Terminus) -> Link:
        """Return the link to a terminus, which the client may use and which exists."""
        if terminus.node is Node.TOKENS:
            return self._request_link(terminus, None)
        self._grants.require(terminus.path, self._context.clock())
        entity = self._context.namespace.find(terminus.path)
        if terminus.node is Node.MANAGEMENT:
            return self._request_link(terminus, entity)
        return self._receiver(entity) if terminus.client_receives else self._sender(entity)

    def _request_link(self, terminus: Terminus, entity: Entity | None) -> Link:
        node = terminus.path.lower()
        self._answer.accept()
        if terminus.client_receives:
            link = self._responders[node] = ResponseLink(self._channel, self._attach.handle)
            return link

        def respond(encoded: bytes) -> None:
            responder = self._responders.get(node)
            if responder is None:
                raise NotAllowed("A request needs a link for its response.")
            responder.respond(encoded)

        if entity is None:
            consume = token_node(self._context, self._grants, respond)
        else:
            consume = management_node(self._context, entity, respond)
        limit = self._context.tier.max_message_size + REQUEST_OVERHEAD
        return IncomingLink(self._channel, self._attach.handle, limit, consume)

    def _sender(self, entity: Entity) -> Link:
        if isinstance(entity, Queue) and not entity.takes_messages:
            raise NotAllowed(f"Messages can't be sent to '{entity.path}'.")
        self._answer.accept()
        limit = self._context.tier.max_message_size
        return IncomingLink(self._channel, self._attach.handle, limit, into_entity(entity))

    def _receiver(self, entity: Entity) -> Link:
        if not isinstance(entity, Queue):
            raise NotAllowed(f"'{entity.path}' is a topic: messages are received from its subscriptions.")
        wish = session_wish(self._attach)
        if entity.sessions is not None:
            if wish is None:
                raise NotAllowed(f"'{entity.path}' requires sessions: a receiver must ask for one.")
            return self._session_receiver(entity, wish)
        if wish is not None:
            raise NotAllowed(f"'{entity.path}' has no sessions.")
        self._answer.accept()
        handle, name = self._attach.handle, self._attach.name
        settled = deletes_on_receipt(self._attach)
        return OutgoingLink(self._channel, handle, name, entity, deletes_on_receipt=settled)

    def _session_receiver(self, queue: Queue, wish: SessionWish) -> Link:
        settled = deletes_on_receipt(self._attach)
        return SessionLink(
            self._channel,
            self._attach.handle,
            self._attach.name,
            queue,
            self._answer,
            wish,
            deletes_on_receipt=settled,
        )
