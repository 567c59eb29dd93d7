"""Messages between the parts: sealed envelopes, outbox and relay, consumers, back-off, quarantine, replay."""
