"""What a fiscal drive and the OFD say to each other over TCP (session protocol of the tax service).

A message is a `session` header and a body; the body is a `container`, in which lies a document. A host carries the
messages that the drive made and the answers that the OFD made; both are opaque to it, for as a rule they are encrypted.
Sources: yandex/ofd at fd8e66b (Apache-2.0), `ofd/protocol.py`, and its two real messages, which lie in
tests/vectors/ffd; the vendor's driver javapos_shtrih at af0a237b; order ММВ-7-20/229@ in the edition of 16.02.2017.
"""
