"""What people typed, as it is kept: without signs that a database refuses and blanks that nobody sees."""


def one_line(text: str) -> str:
    """Words of one line, with one blank between them."""
    return " ".join(text.replace("\x00", "").split())


def paragraphs(text: str) -> str:
    """Words of several lines, with the line ends of every browser alike and nothing blank around them."""
    return text.replace("\x00", "").replace("\r\n", "\n").strip()
