"""MurmurHash3, the 128-bit variant for 64-bit machines (Austin Appleby, public domain), with seed 0."""

MASK = 0xFFFFFFFFFFFFFFFF
C1 = 0x87C37B91114253D5
C2 = 0x4CF5AD432745937F


def _rotate(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (64 - bits))) & MASK


def _scramble_low(word: int) -> int:
    return _rotate(word * C1 & MASK, 31) * C2 & MASK


def _scramble_high(word: int) -> int:
    return _rotate(word * C2 & MASK, 33) * C1 & MASK


def _finalise(value: int) -> int:
    value = (value ^ (value >> 33)) * 0xFF51AFD7ED558CCD & MASK
    value = (value ^ (value >> 33)) * 0xC4CEB9FE1A85EC53 & MASK
    return value ^ (value >> 33)


def murmur3_128(data: bytes) -> tuple[int, int]:
    """Return the low and the high 64 bits of the hash."""
    low = high = 0
    whole = len(data) & ~15
    for at in range(0, whole, 16):
        low ^= _scramble_low(int.from_bytes(data[at : at + 8], "little"))
        low = ((_rotate(low, 27) + high) * 5 + 0x52DCE729) & MASK
        high ^= _scramble_high(int.from_bytes(data[at + 8 : at + 16], "little"))
        high = ((_rotate(high, 31) + low) * 5 + 0x38495AB5) & MASK
    high ^= _scramble_high(int.from_bytes(data[whole + 8 :], "little"))
    low ^= _scramble_low(int.from_bytes(data[whole : whole + 8], "little"))
    low = ((low ^ len(data)) + (high ^ len(data))) & MASK
    high = ((high ^ len(data)) + low) & MASK
    low, high = _finalise(low), _finalise(high)
    low = (low + high) & MASK
    return low, (high + low) & MASK
