"""One connection: protocol headers, SASL, open, sessions, close (AMQP 1.0 parts 2, section 2.4, and 5)."""

import asyncio
from enum import Enum

from infra.local.servicebus.amqp.delivery_states import ErrorInfo
from infra.local.servicebus.amqp.errors import AmqpError, DecodeError, FramingError
from infra.local.servicebus.amqp.frames import (
    AMQP_HEADER,
    EMPTY_FRAME,
    MAX_FRAME_SIZE,
    SASL_FRAME,
    SASL_HEADER,
    Frame,
    FrameReader,
    encode_frame,
)
from infra.local.servicebus.amqp.performatives import (
    Attach,
    Begin,
    Close,
    Detach,
    Disposition,
    End,
    Flow,
    Open,
    Performative,
    SaslInit,
    SaslMechanisms,
    SaslOutcome,
    Transfer,
    decode_performative,
)
from infra.local.servicebus.amqp.types import Array, Symbol
from infra.local.servicebus.log import log
from infra.local.servicebus.protocol.amqp_session import AmqpSession
from infra.local.servicebus.protocol.context import Context
from infra.local.servicebus.protocol.tokens import Grants

# SASL only opens the way to $cbs, where the client proves who it is.
_MECHANISMS = ("MSSBCBS", "ANONYMOUS", "EXTERNAL")
_CHANNEL_MAX = 4999
_IDLE_TIMEOUT = 240_000
_MIN_MAX_FRAME_SIZE = 512
_DEFAULT_PING_SECONDS = 60.0


class _Phase(Enum):
    HEADER = "header"
    SASL = "sasl"
    OPENING = "opening"
    OPEN = "open"
    CLOSED = "closed"


class Connection(asyncio.Protocol):
    """A client's connection. What it writes leaves at the end of a turn, after the commit."""

    def __init__(self, context: Context, connections: set["Connection"]) -> None:
        self.max_frame_size = MAX_FRAME_SIZE
        self._context = context
        self._connections = connections
        self._transport: asyncio.Transport | None = None
        self._reader = FrameReader()
        self._phase = _Phase.HEADER
        self._authenticated = False
        self._sessions: dict[int, AmqpSession] = {}
        self._ended_channels: set[int] = set()
        self._grants = Grants()
        self._output: list[bytes | bytearray] = []
        self._ping_seconds = _DEFAULT_PING_SECONDS
        self._ping: asyncio.TimerHandle | None = None

    # Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; the client speaks first."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give back what the client held."""
        self._phase = _Phase.CLOSED
        self._connections.discard(self)
        if self._ping is not None:
            self._ping.cancel()
        self._end_sessions()

    def data_received(self, data: bytes) -> None:
        """Handle what the client sent; a client that breaks the protocol is told so and disconnected."""
        self._reader.feed(data)
        try:
            while self._phase is not _Phase.CLOSED and self._handle_received():
                pass
        except FramingError as cause:
            self._fail("amqp:connection:framing-error", cause)
        except AmqpError as cause:
            self._fail("amqp:decode-error", cause)

    def write(self, frame: bytes | bytearray) -> None:
        """Queue a frame until the turn ends."""
        self._output.append(frame)
        self._context.turn.written(self)

    def flush(self) -> None:
        """Let the queued frames leave."""
        output, self._output = self._output, []
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"".join(output))
            if self._phase is _Phase.CLOSED:
                self._transport.close()

    def abort(self) -> None:
        """Disconnect at once and send nothing more."""
        self._phase = _Phase.CLOSED
        self._output.clear()
        if self._transport is not None:
            self._transport.abort()

    def close(self, condition: str, description: str) -> None:
        """Tell the client why the connection ends, and end it with the turn."""
        if self._phase is _Phase.CLOSED:
            return
        opened = self._phase is _Phase.OPEN
        self._phase = _Phase.CLOSED
        self._end_sessions()
        if opened:
            self.write(encode_frame(0, Close(ErrorInfo(condition, description))))
        else:
            self._context.turn.written(self)

    # Protocol

    def _handle_received(self) -> bool:
        """Handle what is complete; true when the phase changed, so that the rest is read differently."""
        if self._phase is _Phase.HEADER:
            header = self._reader.take_header()
            if header is None:
                return False
            self._on_header(header)
            return True
        for frame in self._reader.take_frames():
            self._on_frame(frame)
            if self._phase in (_Phase.HEADER, _Phase.CLOSED):
                return True
        return False

    def _on_header(self, header: bytes) -> None:
        if header == SASL_HEADER and not self._authenticated:
            self._phase = _Phase.SASL
            self.write(SASL_HEADER)
            mechanisms = SaslMechanisms(Array(Symbol(name) for name in _MECHANISMS))
            self.write(encode_frame(0, mechanisms, kind=SASL_FRAME))
        elif header == AMQP_HEADER and self._authenticated:
            self._phase = _Phase.OPENING
            self.write(AMQP_HEADER)
        else:
            # Section 2.2: answer with the header that would be right, and disconnect.
            self.write(AMQP_HEADER if self._authenticated else SASL_HEADER)
            self._phase = _Phase.CLOSED

    def _on_frame(self, frame: Frame) -> None:
        if not frame.body:
            return
        performative, payload_at = decode_performative(frame.body)
        session = self._sessions.get(frame.channel)
        match performative:
            case Transfer() if session is not None:
                session.on_transfer(performative, frame.body[payload_at:])
            case Disposition() if session is not None:
                session.on_disposition(performative)
            case Flow() if session is not None:
                session.on_flow(performative)
            case Attach() if session is not None:
                session.on_attach(performative)
            case Detach() if session is not None:
                session.on_detach(performative)
            case _:
                self._on_connection_frame(frame.channel, performative)

    def _on_connection_frame(self, channel: int, performative: Performative) -> None:
        match performative:
            case SaslInit() if self._phase is _Phase.SASL:
                self._on_sasl_init(performative)
            case Open() if self._phase is _Phase.OPENING:
                self._on_open(performative)
            case Begin() if self._phase is _Phase.OPEN and channel not in self._sessions:
                session = AmqpSession(self, channel, performative, self._context, self._grants)
                self._sessions[channel] = session
                self._ended_channels.discard(channel)
                session.opened()
            case End() if channel in self._sessions:
                self._sessions.pop(channel).closed()
                self._ended_channels.add(channel)
                self.write(encode_frame(channel, End()))
            case Close():
                self._phase = _Phase.CLOSED
                self._end_sessions()
                self.write(encode_frame(0, Close()))
            case Detach() if channel in self._ended_channels:
                # The Python SDK detaches its links after it has ended their session.
                return
            case _:
                raise DecodeError(f"{type(performative).__name__} is out of place on channel {channel}")

    def _on_sasl_init(self, init: SaslInit) -> None:
        self._authenticated = init.mechanism in _MECHANISMS
        self.write(encode_frame(0, SaslOutcome(0 if self._authenticated else 1), kind=SASL_FRAME))
        self._phase = _Phase.HEADER if self._authenticated else _Phase.CLOSED

    def _on_open(self, peer: Open) -> None:
        if peer.max_frame_size is not None:
            if peer.max_frame_size < _MIN_MAX_FRAME_SIZE:
                raise DecodeError(
                    f"a maximum frame size of {peer.max_frame_size} is below {_MIN_MAX_FRAME_SIZE}"
                )
            self.max_frame_size = min(MAX_FRAME_SIZE, peer.max_frame_size)
        if peer.idle_time_out:
            self._ping_seconds = min(_DEFAULT_PING_SECONDS, peer.idle_time_out / 2000)
        self._phase = _Phase.OPEN
        self.write(encode_frame(0, Open("servicebus", None, MAX_FRAME_SIZE, _CHANNEL_MAX, _IDLE_TIMEOUT)))
        self._keep_alive()

    def _keep_alive(self) -> None:
        self.write(EMPTY_FRAME)
        self._ping = asyncio.get_running_loop().call_later(self._ping_seconds, self._keep_alive)

    def _fail(self, condition: str, cause: AmqpError) -> None:
        log("warning", "connection closed", condition=condition, cause=str(cause))
        self.close(condition, str(cause))

    def _end_sessions(self) -> None:
        sessions = list(self._sessions.values())
        self._sessions.clear()
        for session in sessions:
            session.closed()
