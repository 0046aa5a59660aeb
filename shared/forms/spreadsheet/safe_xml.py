"""XML that came from outside, through defusedxml alone: DTDs and entities are refused."""

from __future__ import annotations

from typing import IO, Protocol
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import DefusedXMLParser, fromstring  # type: ignore[import-untyped]

_CHUNK = 64 * 1024


class Target(Protocol):
    """What is told of each element while a stream is read; no tree is built."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def close(self) -> None:
        """The stream is at its end."""


def scan(stream: IO[bytes], target: Target) -> None:
    """Tells the target of every element. Raises the target's errors, ParseError, defusedxml's refusals."""
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    while chunk := stream.read(_CHUNK):
        parser.feed(chunk)
    parser.close()


def parse(text: bytes) -> Element:
    """A small document as a tree. Raises ParseError or defusedxml's refusals."""
    root: Element = fromstring(text, forbid_dtd=True)
    return root


def local(name: str) -> str:
    """An element's or attribute's name without its namespace: producers differ in it."""
    return name.rpartition("}")[2]
