"""The check over a frame: CRC-16 with the polynomial x16 + x15 + x2 + 1, as SL 651-2014 and Modbus have it."""

REFLECTED = 0xA001  # the polynomial, lowest power first
START = 0xFFFF


def _row(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ REFLECTED if byte & 1 else byte >> 1
    return byte


TABLE = tuple(map(_row, range(256)))  # a bit at a time would be eight times as slow


def crc16(data: bytes) -> int:
    """The check of these bytes; a frame carries it behind its last byte, high byte first."""
    check = START
    for byte in data:
        check = check >> 8 ^ TABLE[(check ^ byte) & 0xFF]
    return check
