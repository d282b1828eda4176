"""Formats of fiscal data (ФФД 1.05, 1.1, 1.2): tags and their bytes, what a receipt says in them, and what they allow.

A fiscal document is a tree of tags. `tlv` turns it into bytes and back by the tables of `tags`; `document` and `item`
say what a host adds to a document through a register; `electronic` makes the whole document as the drive keeps it;
`rules` tells what a receipt breaks. Numbers and names are those of the order of the tax service (ЕД-7-20/662@ of
14.09.2020 with later amendments; the edition of 2017 for FFD 1.05).
"""
