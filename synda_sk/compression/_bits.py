"""Small unsigned integers packed bit by bit."""

import math

import numpy as np
from numpy.typing import NDArray


def packed_size(n_codes: int, n_bits: int) -> int:
    """Return the number of bytes of `n_codes` codes."""
    return math.ceil(n_codes * n_bits / 8)


def pack_bits(codes: NDArray[np.uint8], n_bits: int) -> NDArray[np.uint8]:
    """Pack codes below ``2**n_bits`` without gaps, low bits first.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.compression._bits import pack_bits, unpack_bits
    >>> packed = pack_bits(np.array([1, 15, 2], dtype=np.uint8), 4)
    >>> packed.tolist(), unpack_bits(packed, 4, 3).tolist()
    ([241, 2], [1, 15, 2])
    """
    bits = np.unpackbits(codes.reshape(-1, 1), axis=1, count=n_bits, bitorder="little")
    return np.packbits(bits, bitorder="little")


def unpack_bits(packed: NDArray[np.uint8], n_bits: int, n_codes: int) -> NDArray[np.uint8]:
    """Return the codes that `pack_bits` packed; raise ValueError if the length is another."""
    if packed.shape != (packed_size(n_codes, n_bits),):
        raise ValueError(f"{packed.size} bytes do not hold {n_codes} codes of {n_bits} bits")
    bits = np.unpackbits(packed, count=n_codes * n_bits, bitorder="little").reshape(n_codes, n_bits)
    return np.packbits(bits, axis=1, bitorder="little").reshape(n_codes)
